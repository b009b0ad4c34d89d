//! Waiting until a change of rights holds everywhere.

use std::time::Duration;

use store::{Db, StoreError, auth_log};
use tokio::time::{sleep, timeout};

use super::Keys;
use crate::clock::Clock;

const ASK_AGAIN: Duration = Duration::from_millis(5);
/// The factor that a lease is stretched by, so that a clock of ours running a little fast does no harm.
const MARGIN: f64 = 1.02;
const SLACK: Duration = Duration::from_millis(50);
/// An author that is no replica: all replicas are others.
const NO_REPLICA: &str = "";

/// Returns when no replica can act on what was true before line `seq`: each has reported that it applied
/// the line, or its lease has run out since. Call it after the commit of the change.
///
/// # Errors
/// If the database cannot be asked: the change is made, but may not hold everywhere yet.
pub async fn wait_until_applied(db: &Db, clock: &Clock, seq: i64) -> Result<(), StoreError> {
    wait_for_others(db, clock, seq, NO_REPLICA).await
}

async fn wait_for_others(db: &Db, clock: &Clock, seq: i64, own: &str) -> Result<(), StoreError> {
    let committed_at = clock.uptime();
    while let Some(lease_ms) = auth_log::behind(db, seq, own).await? {
        if clock.uptime() >= committed_at + stretched(Duration::from_millis(lease_ms)) {
            return auth_log::evict_behind(db, seq, own).await;
        }
        sleep(ASK_AGAIN).await;
    }
    Ok(())
}

fn stretched(lease: Duration) -> Duration {
    lease.mul_f64(MARGIN) + SLACK
}

impl Keys {
    /// Waits for a change that this process made. What it knows itself needs no report: the job that follows
    /// the log is woken and applies the line at once, and only the other replicas are asked about in the
    /// database.
    ///
    /// # Errors
    /// If the database cannot be asked: the change is made, but may not hold everywhere yet.
    pub async fn wait_until_applied(&self, seq: i64) -> Result<(), StoreError> {
        let own = self.wait_until_applied_here(seq);
        let others = wait_for_others(&self.db, &self.clock, seq, &self.replica_id);
        let ((), others) = tokio::join!(own, others);
        others
    }

    /// Returns when line `seq` is applied here, or when the lease has run out, without which nothing that is
    /// cached here is used.
    pub async fn wait_until_applied_here(&self, seq: i64) {
        let committed_at = self.clock.uptime();
        self.own_changes.notify_one();
        let mut followed = self.followed.subscribe();
        let has_come = followed.wait_for(|applied| *applied >= seq);
        tokio::pin!(has_come);
        while timeout(ASK_AGAIN, &mut has_come).await.is_err() {
            if self.clock.uptime() >= committed_at + stretched(self.lease) {
                return;
            }
        }
    }
}
