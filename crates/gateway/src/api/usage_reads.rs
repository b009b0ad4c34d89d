//! Turns at reading usage: such reads must not take the database from those who look up keys.

use std::time::Duration;

use tokio::sync::SemaphorePermit;
use tokio::time::timeout;

use crate::error::ApiError;
use crate::state::Gateway;

/// The time that a caller waits for a place to read.
const TURN_WAIT: Duration = Duration::from_secs(2);
/// The wait for the newest requests; the sums are right without them, only older.
const FLUSH_WAIT: Duration = Duration::from_secs(2);

/// Waits for a turn, and until what was metered so far can be read: who asks right after a request expects to
/// find it.
///
/// # Errors
/// If too many read.
pub async fn turn(app: &Gateway) -> Result<SemaphorePermit<'_>, ApiError> {
    let turn = timeout(TURN_WAIT, app.usage_reads.acquire()).await;
    let Ok(Ok(turn)) = turn else {
        return Err(ApiError::busy());
    };
    let _ = timeout(FLUSH_WAIT, app.metering.flush()).await;
    Ok(turn)
}
