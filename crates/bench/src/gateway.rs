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
const LIMIT_TIER: &str = "import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as db:
    db.execute(\"UPDATE tiers SET requests_per_minute=1000000000, tokens_per_minute=1000000000000, requests_per_day=1000000000, concurrent_requests=100000, account_multiplier=2 WHERE id='enterprise'\")
";
const COMMAND_LIMIT: Duration = Duration::from_secs(30);
/// Milliseconds between two transactions of usage below a counter, which makes everything but the clock fifty times
/// slower: as many requests are in each as without it. At the usual 200 ms the count says how busy the machine was.
const FLUSH_MS_COUNTED: &str = "5000";
/// From a start to behind its first transaction, which is another than those that follow.
pub(crate) const FIRST_FLUSH: Duration = Duration::from_millis(5_500);

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
        gateway.limit_tier().await?;
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
        copy_folder(&gateway.data(), &gateway.pristine())?;
        Ok(gateway)
    }

    /// Gives the tier limits of every kind that are never reached: the suggested one has none.
    async fn limit_tier(&self) -> Result<()> {
        let mut migrate = Command::new(&self.program);
        migrate
            .arg("migrate")
            .arg("--config")
            .arg(self.config_file());
        command::output(migrate, COMMAND_LIMIT).await?;
        let mut python = Command::new("python3");
        python.args(["-c", LIMIT_TIER]).arg(self.database_file());
        command::output(python, COMMAND_LIMIT)
            .await
            .context("cannot set limits (python3 with its sqlite3 module is needed)")?;
        Ok(())
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

    /// Puts the data back as it was before the first start: what a start finds costs it.
    pub(crate) fn reset(&self) -> Result<()> {
        std::fs::remove_dir_all(self.data())?;
        copy_folder(&self.pristine(), &self.data())
    }

    fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    fn pristine(&self) -> PathBuf {
        self.directory.join("pristine")
    }

    pub(crate) fn database_file(&self) -> PathBuf {
        self.data().join("yunxin.db")
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

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
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
prices.input = \"1.00\"
prices.output = \"5.00\"
[[deployments]]
model = \"{name}\"
provider = \"{name}\"
"
        )
    };
    Provider::ALL.map(entry).concat()
}
