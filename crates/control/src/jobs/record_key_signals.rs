//! Writes down what requests showed about keys.

use gateway::cors::NOTED_EVERY_MS;
use gateway::keys::{KeySignal, KeySignalKind};
use store::audit_log::Actor;
use store::key_events::KeyEventKind;
use tokio_util::sync::CancellationToken;

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
    let KeySignalKind::BrowserUse { facts } = signal.kind;
    NewKeyEvent {
        account_id: signal.account_id,
        api_key_id: signal.api_key_id,
        kind: KeyEventKind::BrowserUse,
        // What its owner chose, and at least the refusal.
        action: None,
        facts,
        unless_since_ms: Some(signal.at_ms - NOTED_EVERY_MS + 1),
    }
}
