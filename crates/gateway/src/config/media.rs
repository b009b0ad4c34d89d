use std::time::Duration;

use anyhow::bail;
use serde::{Deserialize, Serialize};

/// `[media]`: files that requests name by URL, for providers that take bytes alone.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MediaConfig {
    pub bytes_per_item_max: usize,
    pub bytes_max: usize,
    pub items_max: usize,
    pub timeout_ms: u64,
    pub redirects_max: u32,
    pub fetches_max: usize,
    pub allow_private_networks: bool,
}

impl MediaConfig {
    /// The timeout of all files of a request.
    pub fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }

    pub fn validate(&self) -> anyhow::Result<()> {
        if self.bytes_max < self.bytes_per_item_max {
            bail!("media.bytes_max must not be below bytes_per_item_max");
        }
        if self.fetches_max == 0 {
            bail!("media.fetches_max must be at least 1; media.items_max = 0 turns fetching off");
        }
        Ok(())
    }
}
