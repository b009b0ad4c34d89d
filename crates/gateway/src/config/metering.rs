use anyhow::bail;
use serde::{Deserialize, Serialize};

/// `[metering]`: how usage events reach the database.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MeteringConfig {
    pub queue_max: usize,
    pub flush_interval_ms: u64,
    pub last_use_interval_ms: i64,
}

impl MeteringConfig {
    pub(super) fn validate(&self) -> anyhow::Result<()> {
        if self.queue_max == 0 || self.flush_interval_ms == 0 {
            bail!("metering.queue_max and metering.flush_interval_ms must be at least 1");
        }
        Ok(())
    }
}
