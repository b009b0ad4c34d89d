use anyhow::bail;
use serde::{Deserialize, Serialize};

/// `[anomalies]`: how the use of keys is watched.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AnomaliesConfig {
    pub enabled: bool,
    pub keys_max: usize,
    queue_max: usize,
}

impl AnomaliesConfig {
    pub fn validate(&self) -> anyhow::Result<()> {
        if self.enabled && (self.keys_max == 0 || self.queue_max == 0) {
            bail!("anomalies.keys_max and anomalies.queue_max must be at least 1");
        }
        Ok(())
    }

    /// Requests that may wait to be looked at; none where nobody looks.
    pub fn queue_max(&self) -> usize {
        if self.enabled { self.queue_max } else { 0 }
    }
}
