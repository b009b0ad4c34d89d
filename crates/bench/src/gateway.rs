//! Yunxin with a database of its own, one account and one key.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;
use tokio::process::Command;

use crate::command::{self, free_address};
use crate::pin;
use crate::process::Process;
use crate::provider::{Provider, Providers};

/// Long, because the copies of the key differ in its last characters.
const KEY_NAME: &str = "bench-0000000000000000";
const COMMAND_LIMIT: Duration = Duration::from_secs(30);
/// Milliseconds between two transactions of usage below a counter, which makes everything but the clock fifty times
/// slower: as many requests are in each as without it. At the usual 200 ms the count says how busy the machine was.
const FLUSH_MS_COUNTED: &str = "10000";

#[derive(Debug)]
pub(crate) struct Gateway {
    program: PathBuf,
    directory: PathBuf,
    pub(crate) address: SocketAddr,
    pub(crate) key: String,
}

impl Gateway {
    pub(crate) async fn new(
        program: &Path,
        providers: &Providers,
        directory: PathBuf,
    ) -> Result<Self> {
        std::fs::create_dir_all(directory.join("data"))?;
        let (address, metrics) = (free_address()?, free_address()?);
        std::fs::write(
            directory.join("yunxin.toml"),
            config(address, metrics, &directory),
        )?;
        std::fs::write(directory.join("catalog.toml"), catalog(providers))?;
        let mut gateway = Self {
            program: program.to_owned(),
            directory,
            address,
            key: String::new(),
        };
        let account = [
            "account",
            "create",
            "--email",
            "bench@example.com",
            "--tier",
            "enterprise",
        ];
        let account = gateway.create(&account, "id").await?;
        gateway.key = gateway
            .create(
                &["key", "create", "--account", &account, "--name", KEY_NAME],
                "key",
            )
            .await?;
        Ok(gateway)
    }

    /// Starts it below `prefix`, a program that runs others, if it is not empty.
    pub(crate) fn start(&self, prefix: &[OsString]) -> Result<Process> {
        let mut command = pin::on_core_under(pin::MEASURED, prefix, &self.program);
        command
            .arg("serve")
            .arg("--config")
            .arg(self.config_file())
            .current_dir(&self.directory);
        if !prefix.is_empty() {
            command.env("YUNXIN__METERING__FLUSH_INTERVAL_MS", FLUSH_MS_COUNTED);
        }
        Process::start(command, &self.directory.join("yunxin.log"))
    }

    pub(crate) fn database_file(&self) -> PathBuf {
        self.directory.join("data/yunxin.db")
    }

    fn config_file(&self) -> PathBuf {
        self.directory.join("yunxin.toml")
    }

    /// The field of what was created.
    async fn create(&self, arguments: &[&str], field: &str) -> Result<String> {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .arg("--config")
            .arg(self.config_file())
            .arg("--json")
            .current_dir(&self.directory);
        let output = command::output(command, COMMAND_LIMIT)
            .await
            .with_context(|| format!("cannot {}", arguments.join(" ")))?;
        let created: Value =
            serde_json::from_str(&output).with_context(|| format!("not JSON: {output}"))?;
        let value = created[field]
            .as_str()
            .with_context(|| format!("no {field} in {output}"))?;
        Ok(value.to_owned())
    }
}

fn config(listen: SocketAddr, metrics: SocketAddr, directory: &Path) -> String {
    let directory = directory.display();
    format!(
        "[server]
listen = \"{listen}\"
metrics_listen = \"{metrics}\"
data_dir = \"{directory}/data\"
[database]
url = \"sqlite:{directory}/data/yunxin.db\"
[catalog]
file = \"{directory}/catalog.toml\"
[sandbox]
enabled = false
"
    )
}

/// Each provider has a model of its own.
fn catalog(providers: &Providers) -> String {
    let entry = |provider: Provider| {
        let (name, address) = (provider.model(), providers.address(provider));
        format!(
            "[[providers]]
name = \"{name}\"
kind = \"openai_compatible\"
base_url = \"http://{address}/v1\"
[[models]]
id = \"{name}\"
model_type = \"chat\"
display_name = \"Bench\"
min_tier = \"free\"
context_length = 1000000
max_output_tokens = 100000
capabilities = [\"chat\", \"streaming\"]
[[deployments]]
model = \"{name}\"
provider = \"{name}\"
"
        )
    };
    Provider::ALL.map(entry).concat()
}
