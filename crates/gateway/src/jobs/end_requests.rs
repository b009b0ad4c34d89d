//! Ends requests that run with a key that may not be used any more: revoked, frozen, expired, replaced, or of a
//! suspended account.

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::state::GatewayState;

/// The interval of looking for expired keys, and the pause after a failure of the database.
const LOOK_EVERY: Duration = Duration::from_millis(200);

pub(super) async fn run(app: GatewayState, stop: CancellationToken) {
    let mut is_failing = false;
    loop {
        tokio::select! {
            () = app.keys.in_use.doubted(), if !is_failing => {}
            () = sleep(LOOK_EVERY) => {}
            () = stop.cancelled() => return,
        }
        app.keys.in_use.end_over(app.clock.now_ms());
        if let Err(error) = app.keys.settle_doubts().await {
            if !is_failing {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the keys of requests that run cannot be read; trying again"
                );
            }
            is_failing = true;
        } else {
            is_failing = false;
        }
    }
}
