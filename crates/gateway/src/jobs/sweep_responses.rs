//! Removes kept responses that have expired.

use std::time::Duration;

use store::StoreError;
use store::kept_responses::remove_expired;
use tokio_util::sync::CancellationToken;

use crate::state::{Gateway, GatewayState};

/// The pause while there is nothing to do.
const EVERY: Duration = Duration::from_secs(60);
/// The pause between two steps of many: others write too.
const STEP_PAUSE: Duration = Duration::from_millis(50);

pub(super) async fn run(app: GatewayState, stop: CancellationToken) {
    loop {
        let removed = sweep(&app).await.unwrap_or_else(|error| {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "kept responses could not be swept; trying again"
            );
            0
        });
        let pause = if removed > 0 { STEP_PAUSE } else { EVERY };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// One step; returns how many responses it removed.
async fn sweep(app: &Gateway) -> Result<u64, StoreError> {
    let mut tx = app.db.begin().await?;
    let removed = remove_expired(&mut tx, app.clock.now_ms()).await?;
    tx.commit().await?;
    Ok(removed)
}
