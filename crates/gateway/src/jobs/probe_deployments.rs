//! Probes ejected deployments of the providers that are to be probed, so that no request of a client has to find out.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::inference::probe_what_is_due;
use crate::routing::mix;
use crate::state::GatewayState;

/// Time between two looks, of which up to half is left out (jitter): processes do not probe together.
const EVERY_MS: u64 = 1_000;

pub(super) async fn run(app: GatewayState, stop: CancellationToken) {
    loop {
        let now = app.clock.uptime().as_nanos();
        let seed = u64::try_from(now).unwrap_or(u64::MAX);
        let pause = EVERY_MS - mix(seed) % (EVERY_MS / 2);
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(pause)) => {}
            () = stop.cancelled() => return,
        }
        tokio::select! {
            () = probe_what_is_due(&app) => {}
            () = stop.cancelled() => return,
        }
    }
}
