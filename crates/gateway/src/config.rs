//! How this process runs. What the business is (accounts, tiers, models) is in the store.
//!
//! The only room that reads the environment.

mod accounts;
mod anomalies;
mod auth;
mod browsers;
mod catalog;
mod database;
mod layers;
mod leak_reports;
mod limits;
mod mail;
mod metering;
pub mod origins;
mod public_url;
mod sandbox;
mod secret;
mod server;
mod sign_in_providers;
mod telemetry;
mod upstream;
mod warnings;
mod webhooks;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

pub use accounts::{AccountsConfig, SignUp};
pub use anomalies::AnomaliesConfig;
pub use auth::AuthConfig;
pub use browsers::{BrowsersConfig, SecretKeysInBrowsers};
pub use catalog::CatalogConfig;
pub use database::DatabaseConfig;
pub use leak_reports::LeakReportsConfig;
pub use limits::LimitsConfig;
pub use mail::{MailConfig, MailTls};
pub use metering::MeteringConfig;
pub use public_url::{PublicUrl, Transport};
pub use sandbox::SandboxConfig;
pub(crate) use secret::read_secret;
pub use secret::{CredentialFault, checked_credential, trim_secret};
pub use server::ServerConfig;
pub use sign_in_providers::{SignInProviderConfig, SignInProviderKind, safe_url};
pub use telemetry::{AccessLog, LogFormat, TelemetryConfig, terminal_takes_colours};
pub use upstream::UpstreamConfig;
pub use warnings::Warning;
pub use webhooks::WebhooksConfig;

/// The embedded reference: every key, its default, its meaning.
pub const DEFAULT_TOML: &str = include_str!("../config.default.toml");

/// All settings, one struct per section of the file.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub server: ServerConfig,
    pub database: DatabaseConfig,
    pub auth: AuthConfig,
    pub browsers: BrowsersConfig,
    pub accounts: AccountsConfig,
    pub leak_reports: LeakReportsConfig,
    pub mail: MailConfig,
    pub catalog: CatalogConfig,
    pub sandbox: SandboxConfig,
    pub upstream: UpstreamConfig,
    pub limits: LimitsConfig,
    pub metering: MeteringConfig,
    pub anomalies: AnomaliesConfig,
    pub webhooks: WebhooksConfig,
    pub telemetry: TelemetryConfig,
}

impl Config {
    /// Reads the defaults, `file` and the environment of this process.
    ///
    /// # Errors
    /// When a file cannot be read, a name is unknown, a value has the wrong type or contradicts another.
    pub fn load(file: Option<&Path>) -> anyhow::Result<Self> {
        Self::from_layers(
            file,
            std::env::vars_os().filter_map(|(name, value)| {
                Some((name.into_string().ok()?, value.into_string().ok()?))
            }),
        )
    }

    /// The same with an environment of the caller's.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn from_layers(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> anyhow::Result<Self> {
        let mut table = layers::parse(DEFAULT_TOML).context("the embedded defaults")?;
        if let Some(path) = file {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("cannot read the config file {}", path.display()))?;
            let over = layers::parse(&text)
                .with_context(|| format!("the config file {}", path.display()))?;
            layers::merge(&mut table, over, "")
                .with_context(|| format!("the config file {}", path.display()))?;
        }
        layers::overlay(&mut table, environment)?;
        let mut config: Self = toml::Value::Table(table)
            .try_into()
            .context("the configuration")?;
        config.database.read_files()?;
        config.mail.read_files()?;
        config.accounts.read_files()?;
        config.leak_reports.read_files()?;
        config.validate()?;
        Ok(config)
    }

    fn validate(&self) -> anyhow::Result<()> {
        self.server.validate()?;
        self.database.validate()?;
        self.auth.validate()?;
        self.browsers.validate()?;
        self.accounts.validate()?;
        self.leak_reports.validate()?;
        self.mail.validate(self.accounts.public_url())?;
        self.upstream.validate()?;
        self.metering.validate()?;
        self.anomalies.validate()?;
        if self.sandbox.enabled && !self.sandbox.listen.ip().is_loopback() {
            bail!("sandbox.listen must be a loopback address: the sandbox answers anybody");
        }
        Ok(())
    }

    /// The database's URL, with the default filled in.
    pub fn database_url(&self) -> String {
        if !self.database.is_default() {
            return self.database.url();
        }
        format!(
            "sqlite:{}",
            self.server.data_dir.join("yunxin.db").display()
        )
    }

    /// Where the master key is kept when it is not given itself.
    pub fn master_key_path(&self) -> PathBuf {
        if self.auth.master_key_file.as_os_str().is_empty() {
            return self.server.data_dir.join("master.key");
        }
        self.auth.master_key_file.clone()
    }
}

/// The value of an environment variable that holds a provider's credential.
pub fn credential_from_environment(name: &str) -> Option<secrecy::SecretString> {
    std::env::var_os(name)?
        .into_string()
        .ok()
        .filter(|value| !value.is_empty())
        .map(Into::into)
}

/// Shows a secret as set or not set, never as itself.
fn redacted<S: serde::Serializer>(
    secret: &secrecy::SecretString,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    use secrecy::ExposeSecret;
    serializer.serialize_str(if secret.expose_secret().is_empty() {
        ""
    } else {
        "[redacted]"
    })
}

#[cfg(test)]
mod tests;
