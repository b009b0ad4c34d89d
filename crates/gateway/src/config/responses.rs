use std::time::Duration;

use anyhow::bail;
use serde::{Deserialize, Serialize};

/// `[responses]`: responses that are kept, so that conversations go on from them.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ResponsesConfig {
    pub store: bool,
    pub retention_days: u32,
    pub bytes_max: usize,
    pub chain_max: u64,
    pub chain_bytes_max: u64,
    pub per_account_max: u64,
    pub bytes_per_account_max: u64,
    pub write_timeout_ms: u64,
}

impl ResponsesConfig {
    /// A century: longer is a slip, and milliseconds of it still fit everywhere.
    const RETENTION_DAYS_MAX: u32 = 36_500;
    /// A chain is read by one query.
    const CHAIN_MAX: u64 = 10_000;

    pub fn validate(&self) -> anyhow::Result<()> {
        if !(1..=Self::RETENTION_DAYS_MAX).contains(&self.retention_days) {
            bail!(
                "responses.retention_days must be from 1 to {}",
                Self::RETENTION_DAYS_MAX
            );
        }
        if !(1..=Self::CHAIN_MAX).contains(&self.chain_max) {
            bail!("responses.chain_max must be from 1 to {}", Self::CHAIN_MAX);
        }
        if self.write_timeout_ms == 0 {
            bail!("responses.write_timeout_ms must be at least 1");
        }
        Ok(())
    }

    /// The time that a response is kept.
    pub(crate) fn retention_ms(&self) -> i64 {
        i64::from(self.retention_days) * 86_400_000
    }

    /// The longest that the end of a response waits until it is kept.
    pub(crate) fn write_timeout(&self) -> Duration {
        Duration::from_millis(self.write_timeout_ms)
    }
}
