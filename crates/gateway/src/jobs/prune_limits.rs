//! Forgets the counters of keys that were not used today.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::state::GatewayState;

const EVERY: Duration = Duration::from_secs(3_600);

pub(super) async fn run(app: GatewayState, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {
                app.shared.limiter.prune();
                app.shared.budgets.prune();
                app.shared.client_token_uses.prune(app.clock.now_ms());
            }
            () = stop.cancelled() => return,
        }
    }
}
