use serde::{Deserialize, Serialize};

/// `[batches]`: files of requests that are run when there is room.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BatchesConfig {
    pub lines_max: u64,
    pub running_max: usize,
    pub lines_at_once: usize,
    pub unfinished_per_account_max: u64,
}
