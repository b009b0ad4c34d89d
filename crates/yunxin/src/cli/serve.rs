//! `serve`.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, bail};
use clap::Args;
use control::state::ControlState;
use gateway::counts_file::CountsFile;
use gateway::data_folder::FolderClaim;
use gateway::server::{Server, Signals, Sockets};
use gateway::state::{GatewayParts, GatewayState};
use llm::OPERATIONS;
use serde_json::{Map, Value, json};
use store::accounts;
use tokio_util::sync::CancellationToken;

use super::demo::{self, DemoKeys};
use super::operator;
use super::output::Printer;
use super::session::CliSession;
use crate::config::Config;
use crate::telemetry;

/// Serve the API.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Try it out: on loopback only, with an account per tier and a key each in an empty database.
    #[arg(long)]
    demo: bool,
    /// The address to listen on, instead of server.listen.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
}

impl Serve {
    pub(super) fn run(self, file: Option<&Path>, output: Printer) -> anyhow::Result<()> {
        let mut config = Config::load(file)?;
        if let Some(listen) = self.listen {
            config.server.listen = listen;
        }
        if self.demo && !config.server.listen.ip().is_loopback() {
            bail!(
                "--demo listens on loopback only, not on {}: its keys are printed on the screen",
                config.server.listen
            );
        }
        telemetry::start_logging(&config.telemetry)?;
        for warning in config.warnings() {
            tracing::warn!(
                setting = warning.setting,
                problem = warning.message,
                "a setting will not work as it is"
            );
        }
        runtime(config.server.worker_threads)?.block_on(self.serve(config, output))
    }

    async fn serve(self, config: Config, output: Printer) -> anyhow::Result<()> {
        // First of all: what lives in the folder must not have its database migrated under it.
        let claim = claim(&config)?;
        let session = CliSession::open(config).await?;
        let sockets = Sockets::bind(&session.config.server).await?;
        let has_accounts = !accounts::list_accounts(&session.db, None, 1)
            .await?
            .is_empty();
        let sandbox = if session.config.sandbox.enabled {
            Some(bind_sandbox(session.config.sandbox.listen).await?)
        } else {
            None
        };
        let seeded = if self.demo {
            demo::seed(&session).await?
        } else {
            None
        };
        let mut session = session;
        session.config.server.listen = sockets.address()?;
        let operator_link = operator::first_operator_link(&session).await?;
        let gateway = GatewayState::new(GatewayParts {
            counts: counts_file(&session.config),
            sandbox: sandbox.as_ref().map(sandbox::Sandbox::local_addr),
            config: session.config.gateway()?,
            clock: session.clock,
            db: session.db,
            master: session.master,
            claim,
            operations: OPERATIONS,
        })
        .await?;
        let control = ControlState::new(session.config.control(), gateway.clone())?;
        let stop_sandbox = CancellationToken::new();
        let sandbox_address = sandbox.as_ref().map(sandbox::Sandbox::local_addr);
        if let Some(sandbox) = sandbox {
            gateway
                .process
                .tasks
                .spawn(sandbox.run(stop_sandbox.clone()));
        }
        let router = control::router::api(&control);
        let server = Server::new(gateway.clone(), sockets, router);
        let signals = Signals::from_system(&gateway.process.tasks)?;
        let greeting = Greeting {
            url: format!("http://{}", server.address()?),
            metrics_url: server
                .metrics_address()
                .map(|address| format!("http://{address}")),
            sandbox_url: sandbox_address.map(|address| format!("http://{address}")),
            data_dir: gateway.config.server.data_dir.display().to_string(),
            is_demo: self.demo,
            has_accounts,
            operator_link: operator_link.map(|(link, _)| link),
            keys: seeded,
        };
        let result = match control::jobs::start(&control).await {
            Ok(jobs) => {
                greeting.print(output);
                server.run(jobs, signals).await;
                Ok(())
            }
            Err(error) => Err(error),
        };
        stop_sandbox.cancel();
        result
    }
}

/// The place in the data folder. A server of PostgreSQL whose master key is given needs no folder, so it may go without.
fn claim(config: &Config) -> anyhow::Result<Option<FolderClaim>> {
    let is_postgres = !config.database_url().starts_with("sqlite:");
    match FolderClaim::take(&config.server.data_dir, is_postgres) {
        Ok(claim) => Ok(Some(claim)),
        Err(error) if is_postgres => {
            tracing::warn!(
                error = format!("{error:#}"),
                "no place in the data folder: usage that is not written at a stop is lost, and a restored backup is not noticed"
            );
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// The file that limits are kept in. A server that cannot have one serves all the same: it counts in memory.
fn counts_file(config: &Config) -> Option<CountsFile> {
    if !config.limits.keep_counts {
        return None;
    }
    let opened = CountsFile::open(&config.server.data_dir);
    opened
        .inspect_err(|error| {
            tracing::warn!(
                error = error as &dyn std::error::Error,
                folder = %config.server.data_dir.display(),
                "no file for the counts of limits (limits.keep_counts): a server that is stopped forgets them"
            );
        })
        .ok()
}

/// One thread needs no scheduler that lets threads steal from each other.
fn runtime(worker_threads: usize) -> anyhow::Result<tokio::runtime::Runtime> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let threads = if worker_threads == 0 {
        cores
    } else {
        worker_threads
    };
    let mut builder = match threads {
        1 => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    builder
        .enable_all()
        .worker_threads(threads)
        .build()
        .context("cannot start the runtime")
}

async fn bind_sandbox(address: SocketAddr) -> anyhow::Result<sandbox::Sandbox> {
    sandbox::Sandbox::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address} (sandbox.listen)"))
}

/// The greeting that is printed once the server serves.
struct Greeting {
    url: String,
    metrics_url: Option<String>,
    sandbox_url: Option<String>,
    data_dir: String,
    is_demo: bool,
    has_accounts: bool,
    /// Shown as long as nobody runs the platform.
    operator_link: Option<String>,
    keys: Option<DemoKeys>,
}

impl Greeting {
    fn print(&self, output: Printer) {
        if output.is_json {
            output.object(&self.json());
        } else {
            output.text(&self.text());
        }
    }

    fn json(&self) -> Value {
        let mut value = json!({
            "url": self.url,
            "metrics_url": self.metrics_url,
            "sandbox_url": self.sandbox_url,
            "data_dir": self.data_dir,
            "operator_link": self.operator_link,
        });
        if let Some(keys) = &self.keys {
            value["keys"] = keys
                .reveal()
                .map(|(tier, key)| (tier.to_owned(), key.into()))
                .collect::<Map<_, _>>()
                .into();
        }
        value
    }

    fn text(&self) -> String {
        let mut lines = vec![format!("Yunxin serves {}/v1", self.url)];
        if let Some(url) = &self.metrics_url {
            lines.push(format!("Metrics: {url}/metrics"));
        }
        lines.push(format!("Data: {}", self.data_dir));
        if let Some(link) = &self.operator_link {
            lines.push(format!(
                "To run this platform, open this link within a day; it works once:\n  {link}"
            ));
        }
        lines.push(String::new());
        match &self.keys {
            Some(keys) => self.show_keys(keys, &mut lines),
            None if self.is_demo => lines.push(
                "The demo accounts exist already; their keys were shown when they were made and are not kept.\n\
                 For a new secret: yunxin account list, yunxin key list --account ID, yunxin key regenerate ID\n\
                 To begin afresh, stop the server and remove the data folder."
                    .to_owned(),
            ),
            None if !self.has_accounts => lines.push(
                "There is no account yet. In another terminal:\n  \
                 yunxin account create --email you@example.com --tier pro\n  \
                 yunxin key create --account ID --name \"Production Server\""
                    .to_owned(),
            ),
            None => {}
        }
        lines.join("\n").trim_end().to_owned()
    }

    fn show_keys(&self, keys: &DemoKeys, lines: &mut Vec<String>) {
        lines.push("Demo keys, shown once:".to_owned());
        let mut first = "";
        for (tier, key) in keys.reveal() {
            lines.push(format!("  {tier:<11} {key}"));
            first = if first.is_empty() { key } else { first };
        }
        lines.push(String::new());
        lines.push("Try it:".to_owned());
        lines.push(format!(
            "curl {}/v1/chat/completions -H 'Authorization: Bearer {first}' -H 'Content-Type: application/json' -d '{{\"model\": \"sandbox-small\", \"messages\": [{{\"role\": \"user\", \"content\": \"Hello!\"}}]}}'",
            self.url
        ));
    }
}
