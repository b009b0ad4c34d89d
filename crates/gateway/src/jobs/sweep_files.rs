//! Removes files that have expired, those that were never finished, and the content of those that were deleted.

use std::time::Duration;

use store::StoreError;
use store::files::{remove_chunks, retire_expired};
use tokio_util::sync::CancellationToken;

use crate::files::UNFINISHED_MS;
use crate::state::{Gateway, GatewayState};

/// The pause while there is nothing to do.
const EVERY: Duration = Duration::from_secs(30);
/// The pause between two steps of many: others write too.
const STEP_PAUSE: Duration = Duration::from_millis(50);

pub(super) async fn run(app: GatewayState, stop: CancellationToken) {
    loop {
        let swept = sweep(&app).await.unwrap_or_else(|error| {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "files could not be swept; trying again"
            );
            0
        });
        let pause = if swept > 0 { STEP_PAUSE } else { EVERY };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// One step; returns how many rows it changed.
async fn sweep(app: &Gateway) -> Result<u64, StoreError> {
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin().await?;
    let retired = retire_expired(&mut tx, now_ms, now_ms - UNFINISHED_MS).await?;
    tx.commit().await?;
    let mut tx = app.db.begin().await?;
    let removed = remove_chunks(&mut tx).await?;
    tx.commit().await?;
    Ok(retired + removed)
}
