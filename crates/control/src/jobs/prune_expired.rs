//! Forgets what has ended and nobody asks for any more: sessions, links, responds to writes.

use std::time::Duration;

use store::{
    StoreError, auth_log, docs_feedback, idempotency, one_time_links, operator_notices, sessions,
};
use tokio_util::sync::CancellationToken;

use crate::state::ControlState;

const EVERY: Duration = Duration::from_secs(3_600);
const DAY_MS: i64 = 86_400_000;
/// The time that an ended session is remembered, so that a sign-in from its address is not taken for a new one.
const SESSIONS_MS: i64 = 90 * DAY_MS;
/// The time that a notice for operators is shown after its end.
const NOTICES_MS: i64 = 30 * DAY_MS;
/// Responses of readers of the documentation that are kept, the newest.
const DOCS_FEEDBACK_MAX: u32 = 100_000;

pub(super) async fn run(app: ControlState, stop: CancellationToken) {
    loop {
        if let Err(error) = prune(&app).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "what has ended could not be forgotten; trying again later"
            );
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
    }
}

async fn prune(app: &ControlState) -> Result<(), StoreError> {
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin().await?;
    sessions::delete_before(&mut tx, now_ms - SESSIONS_MS).await?;
    one_time_links::delete_before(&mut tx, now_ms - DAY_MS).await?;
    idempotency::delete_before(&mut tx, now_ms - DAY_MS).await?;
    operator_notices::delete_before(&mut tx, now_ms - NOTICES_MS).await?;
    docs_feedback::keep_newest(&mut tx, DOCS_FEEDBACK_MAX).await?;
    tx.commit().await?;
    auth_log::prune(&app.db, now_ms).await
}
