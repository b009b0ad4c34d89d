//! Writes down what requests showed about keys.

use gateway::budgets::{BudgetAlert, BudgetSource};
use gateway::cors::NOTED_EVERY_MS;
use gateway::keys::{KeySignal, KeySignalKind};
use serde_json::{Value, json};
use store::ApiKeyId;
use store::audit_log::Actor;
use store::key_events::{KeyEventAction, KeyEventKind};
use tokio_util::sync::CancellationToken;

use crate::api::time::Time;
use crate::commands::NewKeyEvent;
use crate::state::ControlState;

pub(super) async fn run(app: ControlState, stop: CancellationToken) {
    while !stop.is_cancelled() {
        tokio::select! {
            () = app.gateway.keys.signals.more() => {}
            () = stop.cancelled() => {}
        }
        while let Some(signal) = app.gateway.keys.signals.take() {
            record(&app, signal).await;
        }
    }
}

async fn record(app: &ControlState, signal: KeySignal) {
    let actor = Actor {
        kind: "system",
        id: String::new(),
        label: String::new(),
        address: None,
    };
    let key = signal.api_key_id.clone();
    if let Err(error) = app.commands(&actor).record_key_event(noticed(signal)).await {
        app.gateway.shared.browser_uses.forget(&key);
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "what was noticed about a key could not be written down"
        );
    }
}

fn noticed(signal: KeySignal) -> NewKeyEvent {
    let KeySignal {
        account_id,
        api_key_id,
        at_ms,
        kind,
    } = signal;
    match kind {
        KeySignalKind::BrowserUse { facts } => NewKeyEvent {
            account_id,
            api_key_id,
            kind: KeyEventKind::BrowserUse,
            // What its owner chose, and at least the refusal.
            action: None,
            facts,
            unless_since_ms: Some(at_ms - NOTED_EVERY_MS + 1),
            unless_facts: None,
        },
        KeySignalKind::Budget(alert) => {
            let name = name_of(&alert, &api_key_id);
            NewKeyEvent {
                account_id,
                api_key_id,
                kind: KeyEventKind::BudgetAlert,
                action: Some(if alert.is_refused {
                    KeyEventAction::Refused
                } else {
                    KeyEventAction::Notified
                }),
                facts: facts_of(&alert, &name),
                // Each level once in each window, also by several servers and after a start.
                unless_since_ms: Some(alert.status.from_ms.max(0)),
                unless_facts: Some(name),
            }
        }
    }
}

/// A text that is the same for the same level of the same budget with the same amount.
fn name_of(alert: &BudgetAlert, key: &ApiKeyId) -> String {
    let status = &alert.status;
    let of_key = match alert.source {
        BudgetSource::Key => key.as_str(),
        _ => "",
    };
    format!(
        "{}:{of_key}:{}:{}:{}:{}",
        alert.source.as_str(),
        status.budget.window.as_str(),
        status.budget.mode.as_str(),
        status.amount_nanos,
        alert.percent
    )
}

fn facts_of(alert: &BudgetAlert, name: &str) -> Value {
    let status = &alert.status;
    json!({
        "budget": name,
        "source": alert.source.as_str(),
        "window": status.budget.window.as_str(),
        "mode": status.budget.mode.as_str(),
        "action": status.budget.action.as_str(),
        "percent": alert.percent,
        "amount_nanos": status.amount_nanos,
        "spent_nanos": status.spent_nanos,
        "resets_at": status.resets_at_ms.map(|at_ms| Time(at_ms).to_text()),
    })
}
