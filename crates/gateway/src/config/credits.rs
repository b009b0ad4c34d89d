use serde::{Deserialize, Serialize};
use store::tiers::CreditsMode;

/// `[credits]`: paying in advance.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CreditsConfig {
    /// The way in which accounts pay whose tier does not say.
    pub mode: CreditsMode,
}
