use serde::{Deserialize, Serialize};

/// `[browsers]`: what pages may do.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BrowsersConfig {
    pub secret_keys: SecretKeysInBrowsers,
}

/// What happens to a request that a browser sends with the secret of an API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SecretKeysInBrowsers {
    /// It is refused, and the key's account is told.
    Refuse,
    /// It is answered, and any page may read the answer.
    Allow,
}
