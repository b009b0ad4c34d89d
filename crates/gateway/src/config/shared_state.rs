use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::{read_secret, trim_secret};

/// `[shared_state]`: where servers that share a database count together.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SharedStateConfig {
    #[serde(serialize_with = "super::redacted")]
    redis_url: SecretString,
    redis_url_file: String,
    decision_timeout_ms: u64,
}

impl SharedStateConfig {
    /// Reads the file that takes the place of the URL.
    ///
    /// # Errors
    /// If it cannot be read, or both are given.
    pub fn read_files(&mut self) -> anyhow::Result<()> {
        if self.redis_url_file.is_empty() {
            self.redis_url = trim_secret(self.redis_url.expose_secret()).into();
            return Ok(());
        }
        if !self.redis_url.expose_secret().is_empty() {
            bail!("shared_state.redis_url and shared_state.redis_url_file are both set; keep one");
        }
        let path = Path::new(&self.redis_url_file);
        self.redis_url = read_secret("shared_state.redis_url_file", path)?;
        Ok(())
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// If the URL names no Redis, or a decision could not wait at all.
    pub fn validate(&self) -> anyhow::Result<()> {
        if self.decision_timeout_ms == 0 || self.decision_timeout_ms > 1_000 {
            bail!("shared_state.decision_timeout_ms must be 1 to 1000");
        }
        if let Some(url) = self.redis_url() {
            // The error quotes nothing of the URL, which has a password.
            let opened = redis::Client::open(url).map(drop);
            opened.map_err(|error| error.category().to_owned())
                .map_err(anyhow::Error::msg)
                .context("shared_state.redis_url: give redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE], or rediss:// for TLS")?;
        }
        Ok(())
    }

    /// The Redis or Valkey of all servers, if there is one.
    pub fn redis_url(&self) -> Option<&str> {
        Some(self.redis_url.expose_secret()).filter(|url| !url.is_empty())
    }

    /// The longest wait of a decision for it.
    pub fn decision_timeout(&self) -> Duration {
        Duration::from_millis(self.decision_timeout_ms)
    }
}
