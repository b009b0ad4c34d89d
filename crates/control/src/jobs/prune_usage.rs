//! Forgets sums per minute that are older than anybody may ask for, and requests that the log need not keep.

use std::time::Duration;

use store::{AccountId, accounts, error_rollups, platform_rollups, usage_events, usage_rollups};
use tokio_util::sync::CancellationToken;

use crate::api::usage_report::MINUTES_KEPT_MS;
use crate::state::{Control, ControlState};

const EVERY: Duration = Duration::from_secs(3_600);
/// Requests that are forgotten in one transaction.
const REQUESTS_PER_WRITE: u32 = 2_000;
/// Accounts that are read at once.
const ACCOUNTS_PER_PAGE: u32 = 500;

pub(super) async fn run(app: ControlState, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
        if let Err(error) = prune(&app, &stop).await {
            tracing::warn!(
                error = &*error as &dyn std::error::Error,
                "old usage could not be removed; trying again in an hour"
            );
        }
    }
}

/// An account in a transaction: others wait for the same writer.
async fn prune(app: &Control, stop: &CancellationToken) -> anyhow::Result<()> {
    let before_ms = app.clock.now_ms() - MINUTES_KEPT_MS;
    let mut after: Option<AccountId> = None;
    loop {
        let page = accounts::list_accounts(&app.db, after.as_ref(), ACCOUNTS_PER_PAGE).await?;
        for account in &page {
            if stop.is_cancelled() {
                return Ok(());
            }
            let mut tx = app.db.begin().await?;
            usage_rollups::prune_minutes(&mut tx, &account.id, before_ms).await?;
            tx.commit().await?;
            prune_requests(app, &account.id, stop).await?;
        }
        let Some(last) = page.last() else { break };
        after = Some(last.id.clone());
    }
    let mut tx = app.db.begin().await?;
    platform_rollups::prune_minutes(&mut tx, before_ms).await?;
    let now_ms = app.clock.now_ms();
    if let Some(before_ms) = app.gateway.config.metering.request_log_begin_ms(now_ms) {
        error_rollups::prune(&mut tx, before_ms).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// In transactions of a bounded size, until nothing old is left.
async fn prune_requests(
    app: &Control,
    id: &AccountId,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let now_ms = app.clock.now_ms();
    let Some(before_ms) = app.gateway.config.metering.request_log_begin_ms(now_ms) else {
        return Ok(());
    };
    while !stop.is_cancelled() {
        let mut tx = app.db.begin().await?;
        let gone = usage_events::prune(&mut tx, id, before_ms, REQUESTS_PER_WRITE).await?;
        tx.commit().await?;
        if gone < u64::from(REQUESTS_PER_WRITE) {
            break;
        }
    }
    Ok(())
}
