use std::path::Path;

use clap::Subcommand;

use super::output::Printer;
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Say whether the configuration is sound.
    Check,
    /// Print every setting as it is in force, secrets redacted.
    Dump,
}

impl ConfigCommand {
    pub(super) fn run(self, file: Option<&Path>, output: Printer) -> anyhow::Result<()> {
        let config = Config::load(file)?;
        match self {
            Self::Check => check(&config, output),
            Self::Dump if output.is_json => output.object(&serde_json::to_value(&config)?),
            Self::Dump => output.document(&toml::to_string(&config)?),
        }
        Ok(())
    }
}

fn check(config: &Config, output: Printer) {
    let warnings = config.warnings();
    if output.is_json {
        output.object(&serde_json::json!({ "config": "ok", "warnings": warnings }));
        return;
    }
    output.object(&serde_json::json!({ "config": "ok" }));
    for warning in warnings {
        output.text(&format!(
            "warning: {} {}.",
            warning.setting, warning.message
        ));
    }
}
