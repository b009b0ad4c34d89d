//! Notices secrets that are older than their accounts want them to be: once per secret.

use std::time::Duration;

use serde_json::json;
use store::api_keys::{RotationDue, list_due_for_rotation};
use store::audit_log::Actor;
use store::key_events::{KeyEventAction, KeyEventKind};
use tokio_util::sync::CancellationToken;

use crate::commands::NewKeyEvent;
use crate::state::{Control, ControlState};

const EVERY: Duration = Duration::from_secs(6 * 3_600);
/// Keys that are read at once.
const PAGE: u32 = 200;
const DAY_MS: i64 = 86_400_000;

pub(super) async fn run(app: ControlState, stop: CancellationToken) {
    loop {
        if let Err(error) = remind(&app, &stop).await {
            tracing::warn!(
                error = &*error as &dyn std::error::Error,
                "old secrets could not be looked for; trying again later"
            );
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
    }
}

async fn remind(app: &Control, stop: &CancellationToken) -> anyhow::Result<()> {
    let actor = Actor {
        kind: "system",
        id: "remind_rotation".to_owned(),
        label: String::new(),
        address: None,
    };
    loop {
        let now_ms = app.clock.now_ms();
        let page = list_due_for_rotation(&app.db, now_ms, PAGE).await?;
        let mut written = 0;
        for due in page {
            if stop.is_cancelled() {
                return Ok(());
            }
            let noticed = noticed(due, now_ms);
            let event = app.commands(&actor).record_key_event(noticed).await?;
            written += u32::from(event.is_some());
        }
        // What was written down is not on the next page; of what another server wrote there may be more.
        if written < PAGE {
            return Ok(());
        }
    }
}

fn noticed(due: RotationDue, now_ms: i64) -> NewKeyEvent {
    let facts = json!({
        "hint": due.hint,
        "age_days": (now_ms - due.secret_created_at_ms).div_euclid(DAY_MS),
        "rotation_days": due.rotation_days,
    });
    NewKeyEvent {
        account_id: due.account_id,
        api_key_id: due.api_key_id,
        kind: KeyEventKind::RotationDue,
        action: Some(KeyEventAction::Notified),
        facts,
        unless_since_ms: Some(due.secret_created_at_ms + 1),
        unless_facts: None,
    }
}
