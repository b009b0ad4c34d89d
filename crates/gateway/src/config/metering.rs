use anyhow::bail;
use serde::{Deserialize, Serialize};

const DAY_MS: i64 = 86_400_000;

/// `[metering]`: how usage events reach the database.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MeteringConfig {
    pub flush_interval_ms: u64,
    pub last_use_interval_ms: i64,
    pub request_log_days: u32,
}

impl MeteringConfig {
    pub fn validate(&self) -> anyhow::Result<()> {
        if self.flush_interval_ms == 0 {
            bail!("metering.flush_interval_ms must be at least 1");
        }
        Ok(())
    }

    /// Requests from before this moment are not in the log any more; `None` where it is kept for ever.
    pub fn request_log_begin_ms(&self, now_ms: i64) -> Option<i64> {
        let days = i64::from(self.request_log_days);
        (days > 0).then(|| now_ms - days * DAY_MS)
    }

    /// The begin of the first UTC day of which every request is in the log still.
    pub fn complete_days_begin_ms(&self, now_ms: i64) -> i64 {
        let begin_ms = self.request_log_begin_ms(now_ms).unwrap_or_default();
        begin_ms + (-begin_ms).rem_euclid(DAY_MS)
    }
}

/// Which requests get a line of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AccessLog {
    Off,
    Errors,
    All,
}
