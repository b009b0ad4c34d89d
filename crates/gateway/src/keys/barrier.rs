//! Waiting until a change of rights holds everywhere.

use std::time::Duration;

use store::{Db, StoreError, auth_log};

use crate::clock::Clock;

const ASK_AGAIN: Duration = Duration::from_millis(5);
/// What a lease is stretched by, so that a clock of ours running a little fast does no harm.
const MARGIN: f64 = 1.02;
const SLACK: Duration = Duration::from_millis(50);

/// Returns when no replica can act on what was true before line `seq`: each has reported that it applied
/// the line, or its lease has run out since. Call it after the commit of the change.
///
/// # Errors
/// When the database cannot be asked: the change is made, but may not hold everywhere yet.
pub async fn wait_until_applied(db: &Db, clock: &Clock, seq: i64) -> Result<(), StoreError> {
    let committed_at = clock.uptime();
    while let Some(lease_ms) = auth_log::behind(db, seq).await? {
        let lease = Duration::from_millis(lease_ms).mul_f64(MARGIN) + SLACK;
        if clock.uptime() >= committed_at + lease {
            return auth_log::evict_behind(db, seq).await;
        }
        tokio::time::sleep(ASK_AGAIN).await;
    }
    Ok(())
}
