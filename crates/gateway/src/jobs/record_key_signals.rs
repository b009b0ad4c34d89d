//! Writes down what requests showed about keys.

use store::audit_log::Actor;
use store::key_events::KeyEventKind;
use tokio_util::sync::CancellationToken;

use crate::app::AppState;
use crate::browsers::NOTED_EVERY_MS;
use crate::changes::Noticed;
use crate::keys::{KeySignal, KeySignalKind};

pub(super) async fn run(app: AppState, stop: CancellationToken) {
    while !stop.is_cancelled() {
        tokio::select! {
            () = app.key_signals.more() => {}
            () = stop.cancelled() => {}
        }
        while let Some(signal) = app.key_signals.take() {
            record(&app, signal).await;
        }
    }
}

async fn record(app: &AppState, signal: KeySignal) {
    let actor = Actor {
        kind: "system",
        id: String::new(),
        label: String::new(),
        address: None,
    };
    let key = signal.api_key_id.clone();
    if let Err(error) = app
        .changes(&actor)
        .record_key_event(noticed(signal))
        .await
    {
        app.browser_uses.forget(&key);
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "what was noticed about a key could not be written down"
        );
    }
}

fn noticed(signal: KeySignal) -> Noticed {
    let KeySignalKind::BrowserUse { facts } = signal.kind;
    Noticed {
        account_id: signal.account_id,
        api_key_id: signal.api_key_id,
        kind: KeyEventKind::BrowserUse,
        // What its owner chose, and at least the refusal.
        action: None,
        facts,
        unless_since_ms: Some(signal.at_ms - NOTED_EVERY_MS + 1),
    }
}
