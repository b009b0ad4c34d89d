use std::path::PathBuf;

use anyhow::bail;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// `[auth]`: the master key, the cache of API keys and the gates before it.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AuthConfig {
    #[serde(serialize_with = "super::redacted")]
    pub master_key: SecretString,
    pub master_key_file: PathBuf,
    pub cached_keys_max: usize,
    pub warm_keys_max: u32,
    pub lease_ms: u64,
    pub poll_ms: u64,
    pub lookups_max: usize,
    pub lookup_queue_max: usize,
    pub unknown_key_ttl_ms: i64,
    pub unknown_keys_max: usize,
    pub unknown_key_burst: u32,
    pub unknown_keys_per_second: u32,
}

impl AuthConfig {
    pub fn validate(&self) -> anyhow::Result<()> {
        if !(1_000..=60_000).contains(&self.lease_ms) {
            bail!("auth.lease_ms must be between 1000 and 60000");
        }
        if self.poll_ms == 0 || self.poll_ms > self.lease_ms / 5 {
            bail!("auth.poll_ms must be at least 1 and at most a fifth of auth.lease_ms");
        }
        if self.lookups_max == 0 {
            bail!("auth.lookups_max must be at least 1");
        }
        Ok(())
    }
}
