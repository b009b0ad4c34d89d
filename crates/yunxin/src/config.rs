//! The configuration of this process. The business (accounts, tiers, models) is in the store.
//!
//! The only room that reads the environment.

mod database;
mod sandbox;
mod telemetry;
mod warnings;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use control::config::{
    AccountsConfig, AnomaliesConfig, ControlConfig, InvoicesConfig, LeakReportsConfig, MailConfig,
    PaymentsConfig, WebhooksConfig,
};
use gateway::config::{
    AuthConfig, BatchesConfig, BrowsersConfig, CatalogConfig, CreditsConfig, FilesConfig,
    GatewayConfig, JournalConfig, LimitsConfig, MediaConfig, MeteringConfig, ResponsesConfig,
    ServerConfig, SharedStateConfig, UpstreamConfig, layers,
};
use serde::{Deserialize, Serialize};

pub use database::DatabaseConfig;
pub use sandbox::SandboxConfig;
pub use telemetry::{LogFormat, TelemetryConfig, terminal_takes_colours};
pub use warnings::Warning;

/// The embedded reference: every key, its default, its meaning.
pub const DEFAULT_TOML: &str = include_str!("../../../config.default.toml");

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
    pub payments: PaymentsConfig,
    pub invoices: InvoicesConfig,
    pub catalog: CatalogConfig,
    pub sandbox: SandboxConfig,
    pub upstream: UpstreamConfig,
    pub media: MediaConfig,
    pub limits: LimitsConfig,
    pub journal: JournalConfig,
    pub credits: CreditsConfig,
    pub files: FilesConfig,
    pub batches: BatchesConfig,
    pub responses: ResponsesConfig,
    pub shared_state: SharedStateConfig,
    pub metering: MeteringConfig,
    pub anomalies: AnomaliesConfig,
    pub webhooks: WebhooksConfig,
    pub telemetry: TelemetryConfig,
}

impl Config {
    /// Reads the defaults, `file` and the environment of this process.
    ///
    /// # Errors
    /// If a file cannot be read, a name is unknown, a value has the wrong type or contradicts another.
    pub fn load(file: Option<&Path>) -> anyhow::Result<Self> {
        Self::from_layers(
            file,
            std::env::vars_os().filter_map(|(name, value)| {
                Some((name.into_string().ok()?, value.into_string().ok()?))
            }),
        )
    }

    /// Loads with an environment of the caller's.
    ///
    /// # Errors
    /// If [`Config::load`] would fail on the same layers.
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
        config.shared_state.read_files()?;
        config.mail.read_files()?;
        config.accounts.read_files()?;
        config.leak_reports.read_files()?;
        config.payments.read_files()?;
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
        self.payments.validate(self.accounts.public_url())?;
        self.invoices.validate()?;
        self.upstream.validate()?;
        self.media.validate()?;
        self.journal.validate()?;
        self.files.validate()?;
        self.responses.validate()?;
        self.shared_state.validate()?;
        self.metering.validate()?;
        self.anomalies.validate()?;
        if self.sandbox.enabled && !self.sandbox.listen.ip().is_loopback() {
            bail!("sandbox.listen must be a loopback address: the sandbox responds to anybody");
        }
        Ok(())
    }

    /// The settings of the data plane.
    ///
    /// # Errors
    /// If the public URL cannot be served, which [`Config::load`] rules out.
    pub fn gateway(&self) -> anyhow::Result<GatewayConfig> {
        Ok(GatewayConfig {
            server: self.server.clone(),
            auth: self.auth.clone(),
            browsers: self.browsers.clone(),
            catalog: self.catalog.clone(),
            upstream: self.upstream.clone(),
            media: self.media.clone(),
            limits: self.limits.clone(),
            journal: self.journal.clone(),
            credits: self.credits.clone(),
            files: self.files.clone(),
            batches: self.batches.clone(),
            responses: self.responses.clone(),
            shared_state: self.shared_state.clone(),
            metering: self.metering.clone(),
            access_log: self.telemetry.access_log,
            public_url: self.accounts.parsed_public_url()?,
            observations_max: self.anomalies.queue_max(),
        })
    }

    /// The settings of the control plane.
    pub fn control(&self) -> ControlConfig {
        ControlConfig {
            accounts: self.accounts.clone(),
            leak_reports: self.leak_reports.clone(),
            mail: self.mail.clone(),
            payments: self.payments.clone(),
            invoices: self.invoices.clone(),
            anomalies: self.anomalies.clone(),
            webhooks: self.webhooks.clone(),
        }
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

    /// The file of the master key where it is not given itself.
    pub fn master_key_path(&self) -> PathBuf {
        if self.auth.master_key_file.as_os_str().is_empty() {
            return self.server.data_dir.join("master.key");
        }
        self.auth.master_key_file.clone()
    }
}

#[cfg(test)]
mod tests;
