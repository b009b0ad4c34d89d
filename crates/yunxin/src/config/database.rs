use std::path::Path;

use anyhow::bail;
use gateway::config::{read_secret, trim_secret};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use store::Db;

/// `[database]`: where everything durable is.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    #[serde(serialize_with = "gateway::config::redacted")]
    url: SecretString,
    url_file: String,
    pub migrate: bool,
}

impl DatabaseConfig {
    pub(super) fn read_files(&mut self) -> anyhow::Result<()> {
        if self.url_file.is_empty() {
            self.url = trim_secret(self.url.expose_secret()).into();
            return Ok(());
        }
        if !self.is_default() {
            bail!("database.url and database.url_file are both set; keep one");
        }
        self.url = read_secret("database.url_file", Path::new(&self.url_file))?;
        Ok(())
    }

    pub(super) fn validate(&self) -> anyhow::Result<()> {
        if !self.is_default() {
            Db::check_url(self.url.expose_secret())?;
        }
        Ok(())
    }

    /// Returns whether the database is the one in the data folder.
    pub fn is_default(&self) -> bool {
        self.url.expose_secret().is_empty()
    }

    /// The URL as configured, password included.
    pub(super) fn url(&self) -> String {
        self.url.expose_secret().to_owned()
    }
}
