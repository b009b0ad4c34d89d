//! Keeps in touch with the store that all servers count limits in.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::keep_servers;
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
    let warm = async {
        shared.joined().await;
        if shared.is_active() {
            let _ = keep_servers::until_shared(app).await;
        }
    };
    if tokio::time::timeout(WARM_UP, warm).await.is_err() {
        tracing::warn!(
            servers = shared.servers(),
            "the shared store of limits is out of reach, or a server counts for itself; this one hands out its part of each limit"
        );
    }
}
