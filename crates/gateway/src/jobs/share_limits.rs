//! Keeps in touch with the store that all servers count limits in.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::state::GatewayState;

/// The wait of a server that starts for the store, before it takes requests without.
const WARM_UP: Duration = Duration::from_secs(5);

pub(super) async fn keep_in_touch(app: GatewayState, stop: CancellationToken) {
    let limiter = Arc::clone(&app.shared.limiter);
    if let Some(shared) = app.shared.limiter.shared() {
        shared.keep_in_touch(|| limiter.now(), stop).await;
    }
}

pub(super) async fn report(app: GatewayState, stop: CancellationToken) {
    if let Some(shared) = app.shared.limiter.shared() {
        shared.report(stop).await;
    }
}

/// Waits until the store decides, for a while.
pub(super) async fn warm_up(app: &GatewayState) {
    let Some(shared) = app.shared.limiter.shared() else {
        return;
    };
    if tokio::time::timeout(WARM_UP, shared.joined())
        .await
        .is_err()
    {
        tracing::warn!(
            servers = shared.servers(),
            "the shared store of limits (shared_state.redis_url) is out of reach; this server hands out its part of each limit"
        );
    }
}
