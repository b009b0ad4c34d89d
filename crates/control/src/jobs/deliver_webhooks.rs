//! Delivers messages to webhooks, and tries again those that were not taken.

use std::time::Duration;

use futures_util::future::join_all;
use store::audit_log::{self, Change, Subject};
use store::webhooks::{self, Due, Settled};
use store::{StoreError, Tx};
use tokio_util::sync::CancellationToken;

use crate::commands::watcher;
use crate::state::{Control, ControlState};
use crate::webhooks::{Message, Sent, send};

const EVERY: Duration = Duration::from_secs(1);
/// Messages that are under way at the same time.
const AT_ONCE: u32 = 8;
/// Until when nobody else tries a message that is under way: longer than a call may take.
const CLAIM_MS: i64 = 60_000;
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// Pauses after each try that failed; after the last one the message is given up.
const PAUSES_MS: [i64; 7] = [
    5_000,
    MINUTE_MS,
    5 * MINUTE_MS,
    30 * MINUTE_MS,
    2 * HOUR_MS,
    6 * HOUR_MS,
    12 * HOUR_MS,
];
/// After so long without one success nothing is sent to a webhook any more.
const DISABLED_AFTER_MS: i64 = 5 * 24 * HOUR_MS;
/// By this the other side says that it will never take anything again.
const GONE: u16 = 410;

pub(super) async fn run(app: ControlState, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
        if let Err(error) = deliver_all(&app, &stop).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "webhooks could not be served now; trying again"
            );
        }
    }
}

async fn deliver_all(app: &Control, stop: &CancellationToken) -> Result<(), StoreError> {
    loop {
        let due = webhooks::list_due(&app.db, app.clock.now_ms(), AT_ONCE).await?;
        let calls = due.iter().map(|due| deliver(app, due));
        for result in join_all(calls).await {
            result?;
        }
        if due.is_empty() || stop.is_cancelled() {
            return Ok(());
        }
    }
}

async fn deliver(app: &Control, due: &Due) -> Result<(), StoreError> {
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin().await?;
    let is_ours = webhooks::claim(&mut tx, due, now_ms + CLAIM_MS).await?;
    tx.commit().await?;
    if !is_ours {
        return Ok(());
    }
    let place = webhooks::place_of_secret(&due.webhook_id);
    let sent = match app.gateway.master.open(&place, &due.secret) {
        Ok(secret) => {
            let message = Message {
                id: due.id.as_str(),
                body: &due.body,
                at_ms: now_ms,
            };
            send(&app.egress_client, &due.url, &secret, message).await
        }
        Err(_) => Sent::Failed("the secret cannot be opened"),
    };
    app.gateway.metrics.count_webhook(match sent {
        Sent::Taken(_) => "taken",
        Sent::Refused(_) => "refused",
        Sent::Failed(_) => "failed",
    });
    let mut tx = app.db.begin().await?;
    let failing_since_ms = webhooks::failing_since(&mut tx, &due.webhook_id).await?;
    let settled = settle(due, &sent, failing_since_ms, app.clock.now_ms());
    webhooks::settle(&mut tx, due, &settled).await?;
    if settled.is_last {
        note_end(&mut tx, due, &settled).await?;
    }
    tx.commit().await
}

/// The settlement of an attempt: done, or a backoff before the next.
fn settle(due: &Due, sent: &Sent, failing_since_ms: Option<i64>, now_ms: i64) -> Settled {
    let (status, error) = match sent {
        Sent::Taken(status) => (Some(*status), None),
        Sent::Refused(status) => (Some(*status), Some(format!("it answered {status}"))),
        Sent::Failed(why) => (None, Some((*why).to_owned())),
    };
    let has_failed = error.is_some();
    let is_tired = failing_since_ms.is_some_and(|since_ms| now_ms - since_ms >= DISABLED_AFTER_MS);
    let is_last = has_failed && (is_tired || status == Some(GONE));
    let attempts = usize::try_from(due.attempts).unwrap_or(usize::MAX);
    let pause_ms = PAUSES_MS.get(attempts).filter(|_| has_failed && !is_last);
    Settled {
        at_ms: now_ms,
        status: status.map(i64::from),
        error,
        again_at_ms: pause_ms.map(|pause_ms| now_ms + pause_ms),
        is_last,
    }
}

async fn note_end(tx: &mut Tx, due: &Due, settled: &Settled) -> Result<(), StoreError> {
    let actor = watcher();
    let change = Change {
        at_ms: settled.at_ms,
        account_id: Some(&due.account_id),
        actor: &actor,
        action: "webhook.disabled",
        subject: Subject {
            kind: "webhook",
            id: due.webhook_id.to_string(),
            label: String::new(),
        },
        before: None,
        after: Some(serde_json::json!({ "error": settled.error })),
    };
    audit_log::append(tx, &change).await
}

#[cfg(test)]
mod tests {
    use super::{DISABLED_AFTER_MS, Due, HOUR_MS, PAUSES_MS, Sent, settle};

    fn due(attempts: i64) -> Due {
        Due {
            id: "msg_1".into(),
            webhook_id: "whk_1".into(),
            account_id: "acct_1".into(),
            url: String::new(),
            secret: vec![],
            body: String::new(),
            attempts,
            due_at_ms: 0,
        }
    }

    #[test]
    fn a_message_is_tried_again_with_growing_pauses_and_given_up() {
        for (attempts, pause_ms) in PAUSES_MS.iter().enumerate() {
            let attempts = i64::try_from(attempts).unwrap();
            let settled = settle(&due(attempts), &Sent::Refused(500), Some(900), 1_000);
            assert_eq!(settled.again_at_ms, Some(1_000 + pause_ms));
            assert!(!settled.is_last);
        }
        let settled = settle(&due(7), &Sent::Failed("x"), Some(900), 1_000);
        assert_eq!((settled.again_at_ms, settled.is_last), (None, false));
        assert_eq!(settled.error.as_deref(), Some("x"));
    }

    #[test]
    fn a_message_that_is_taken_is_done() {
        let settled = settle(&due(3), &Sent::Taken(204), Some(0), HOUR_MS);
        assert_eq!((settled.again_at_ms, settled.is_last), (None, false));
        assert_eq!((settled.status, settled.error), (Some(204), None));
    }

    #[test]
    fn a_webhook_that_fails_for_days_or_is_gone_is_left_alone() {
        let tired = settle(&due(0), &Sent::Refused(500), Some(0), DISABLED_AFTER_MS);
        assert!(tired.is_last && tired.again_at_ms.is_none());
        let gone = settle(&due(0), &Sent::Refused(410), None, 1);
        assert!(gone.is_last && gone.again_at_ms.is_none());
        let well = settle(&due(0), &Sent::Taken(200), Some(0), DISABLED_AFTER_MS);
        assert!(!well.is_last);
    }
}
