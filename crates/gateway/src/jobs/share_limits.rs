//! Keeps in touch with the store that all servers count limits in, and with the servers over whether they do.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use store::StoreError;
use store::limit_sharing::{self, LimitSharing};
use tokio_util::sync::CancellationToken;

use super::keep_servers;
use crate::limits::Agreement;
use crate::state::GatewayState;

/// The wait of a server that starts for the store, before it takes requests without.
const WARM_UP: Duration = Duration::from_secs(5);

pub(super) async fn keep_in_touch(app: GatewayState, stop: CancellationToken) {
    let limiter = Arc::clone(&app.shared.limiter);
    if let Some(shared) = app.shared.limiter.shared() {
        let agreement = ByAuthLog(&app);
        shared
            .keep_in_touch(|| limiter.now(), &agreement, stop)
            .await;
    }
}

pub(super) async fn report(app: GatewayState, stop: CancellationToken) {
    if let Some(shared) = app.shared.limiter.shared() {
        shared.report(stop).await;
    }
}

/// Applies an agreement. What was counted here is with the others before they are told that it was applied.
pub(super) async fn turn_to(app: &GatewayState, agreed: LimitSharing) -> Result<(), StoreError> {
    let Some(shared) = app.shared.limiter.shared() else {
        return Ok(());
    };
    let seq = agreed.seq;
    match shared.turn_to(agreed, app.shared.limiter.now()) {
        Some(words) if !words.is_empty() => {
            limit_sharing::say(&app.db, seq, &app.process.replica_id, &words).await
        }
        _ => Ok(()),
    }
}

/// Applies the agreement that holds, for a server that missed lines of the auth log.
pub(super) async fn catch_up(app: &GatewayState) -> Result<(), StoreError> {
    turn_to(app, limit_sharing::current(&app.db).await?).await
}

/// Agreements are lines of the auth log, and every server that may use a key follows it.
struct ByAuthLog<'a>(&'a GatewayState);

impl Agreement for ByAuthLog<'_> {
    async fn current(&self) -> anyhow::Result<LimitSharing> {
        Ok(limit_sharing::current(&self.0.db).await?)
    }

    async fn change(&self, known: i64, epoch: Option<&str>) -> anyhow::Result<()> {
        let now_ms = self.0.clock.now_ms();
        match limit_sharing::change(&self.0.db, known, epoch, now_ms).await? {
            Some(seq) => self.until_everywhere(seq).await,
            None => Ok(()),
        }
    }

    async fn until_everywhere(&self, seq: i64) -> anyhow::Result<()> {
        let waited = self.0.keys.wait_until_applied(seq).await;
        waited.context("it is not known whether all servers agree on how limits are handed out")
    }

    async fn words(&self, seq: i64) -> anyhow::Result<Vec<(String, String)>> {
        Ok(limit_sharing::said(&self.0.db, seq).await?)
    }

    async fn look(&self) -> anyhow::Result<()> {
        Ok(keep_servers::begin(self.0).await?)
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
