use serde::{Deserialize, Serialize};

/// `[webhooks]`: how accounts are told of what happens.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct WebhooksConfig {
    pub allow_private_networks: bool,
}
