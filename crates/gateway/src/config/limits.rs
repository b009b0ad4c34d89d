use serde::{Deserialize, Serialize};

/// `[limits]`: how requests are counted. The limits themselves are tiers, in the database.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LimitsConfig {
    pub output_tokens_assumed: u64,
    pub keep_counts: bool,
}
