//! Closes connections to providers that nobody has used for long.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::state::GatewayState;

/// Time between two looks: as long as a connection may wait, within these.
const EVERY_MIN: Duration = Duration::from_millis(100);
const EVERY_MAX: Duration = Duration::from_secs(5);

pub(super) async fn run(app: GatewayState, stop: CancellationToken) {
    let idle_max = Duration::from_millis(app.config.upstream.idle_timeout_ms);
    let every = idle_max.clamp(EVERY_MIN, EVERY_MAX);
    loop {
        tokio::select! {
            () = tokio::time::sleep(every) => app.upstream.prune(),
            () = stop.cancelled() => return,
        }
    }
}
