use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// `[sandbox]`: the built-in provider.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SandboxConfig {
    pub enabled: bool,
    pub listen: SocketAddr,
}
