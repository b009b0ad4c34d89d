use anyhow::bail;
use serde::{Deserialize, Serialize};

/// The least that a segment may hold: a few records.
const SEGMENT_BYTES_MIN: u64 = 4_096;
/// Room for the ends of requests that run is kept in memory while it is made.
const RESERVE_BYTES_MAX: usize = 1 << 30;

/// `[journal]`: what is written down before it happens.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct JournalConfig {
    pub sync: JournalSync,
    pub bytes_max: u64,
    pub segment_bytes: u64,
    pub reserve_bytes: usize,
}

/// The moment at which a record counts as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum JournalSync {
    /// Once the system has it: outlives the process.
    Process,
    /// Once the disk has it: outlives a power cut.
    Full,
}

impl JournalSync {
    pub(crate) fn is_full(self) -> bool {
        self == Self::Full
    }
}

impl JournalConfig {
    pub fn validate(&self) -> anyhow::Result<()> {
        if self.segment_bytes < SEGMENT_BYTES_MIN || self.bytes_max < self.segment_bytes {
            bail!(
                "journal.segment_bytes must be at least {SEGMENT_BYTES_MIN}, and journal.bytes_max at least as much"
            );
        }
        if self.reserve_bytes > RESERVE_BYTES_MAX {
            bail!("journal.reserve_bytes must be at most {RESERVE_BYTES_MAX}");
        }
        Ok(())
    }
}
