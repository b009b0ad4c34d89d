use std::time::Duration;

use anyhow::bail;
use serde::{Deserialize, Serialize};

/// `[files]`: files of accounts, for batches.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FilesConfig {
    pub bytes_max: usize,
    pub line_bytes_max: usize,
    pub per_account_max: u64,
    pub bytes_per_account_max: u64,
    pub retention_days: u32,
    pub uploads_max: usize,
    pub uploads_per_account_max: usize,
}

impl FilesConfig {
    /// A century: longer is a slip, and milliseconds of it still fit everywhere.
    const RETENTION_DAYS_MAX: u32 = 36_500;
    /// A line is held whole in memory while it is checked and run.
    const LINE_BYTES_MAX: usize = 64 * 1024 * 1024;

    pub fn validate(&self) -> anyhow::Result<()> {
        if !(1..=Self::RETENTION_DAYS_MAX).contains(&self.retention_days) {
            bail!(
                "files.retention_days must be from 1 to {}",
                Self::RETENTION_DAYS_MAX
            );
        }
        if !(1..=Self::LINE_BYTES_MAX).contains(&self.line_bytes_max) {
            bail!(
                "files.line_bytes_max must be from 1 to {}",
                Self::LINE_BYTES_MAX
            );
        }
        Ok(())
    }

    /// The time that a file is kept.
    pub(crate) fn retention(&self) -> Duration {
        Duration::from_secs(u64::from(self.retention_days) * 86_400)
    }
}
