//! The commands. Each opens what it needs, does one thing and prints it: for people, or with `--json`
//! for programs.

mod account;
mod catalog;
mod cluster;
mod config;
mod credits;
mod demo;
mod generate_usage;
mod import;
mod key;
mod ledger;
mod migrate_to;
mod model;
mod openapi;
mod operator;
mod output;
mod provider;
mod receipt;
mod restore_fence;
mod route;
mod sandbox;
mod serve;
mod session;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use output::Printer;

/// One OpenAI-compatible API in front of many model providers.
#[derive(Debug, Parser)]
#[command(name = "yunxin", version)]
struct Cli {
    /// Configuration file; `yunxin config dump` shows what there is to set.
    #[arg(long, global = true, value_name = "FILE", env = "YUNXIN_CONFIG")]
    config: Option<PathBuf>,
    /// Print JSON instead of text.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API.
    Serve(serve::Serve),
    /// Bring the database's schema up to date.
    Migrate,
    /// Copy the database from SQLite to PostgreSQL.
    MigrateTo(migrate_to::MigrateTo),
    /// Take accounts, keys, providers, prices and balances over from another program.
    Import(import::Import),
    /// Check or print the configuration.
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Create, list, move or suspend accounts.
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// Give credits, take them back, look at balances.
    #[command(subcommand)]
    Credits(credits::CreditsCommand),
    /// Prove that the books are right.
    #[command(subcommand)]
    Ledger(ledger::LedgerCommand),
    /// Print everything that is known of one request.
    Receipt(receipt::Receipt),
    /// Create, list, revoke or regenerate API keys.
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Become the first operator.
    #[command(subcommand)]
    Operator(operator::OperatorCommand),
    /// List, disable, promote users, or give them a new password.
    #[command(subcommand)]
    User(user::UserCommand),
    /// List models.
    #[command(subcommand)]
    Model(model::ModelCommand),
    /// Test providers.
    #[command(subcommand)]
    Provider(provider::ProviderCommand),
    /// Explain where requests go.
    #[command(subcommand)]
    Route(route::RouteCommand),
    /// Put providers and models into the database.
    #[command(subcommand)]
    Catalog(catalog::CatalogCommand),
    /// Look at the servers that share the database.
    #[command(subcommand)]
    Cluster(cluster::ClusterCommand),
    /// After a backup was restored: take away again what was taken since it was made.
    RestoreFence(restore_fence::RestoreFence),
    /// Fill the database with made-up accounts, keys and usage, to look at screens and to measure them.
    GenerateUsage(generate_usage::GenerateUsage),
    /// Serve the sandbox provider alone.
    Sandbox(sandbox::Sandbox),
    /// Print the `OpenAPI` document.
    Openapi,
}

/// Runs the command of this process' arguments.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    match cli.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::print_error(&error);
            ExitCode::FAILURE
        }
    }
}

impl Cli {
    fn run(self) -> anyhow::Result<()> {
        let output = Printer { is_json: self.json };
        let file = self.config.as_deref();
        match self.command {
            Command::Serve(serve) => serve.run(file, output),
            Command::Config(command) => command.run(file, output),
            Command::Sandbox(sandbox) => sandbox.run(output),
            Command::Openapi => openapi::run(),
            Command::Migrate => {
                output.object(&serde_json::json!({ "schema_version": session::migrate(file)? }));
                Ok(())
            }
            Command::Account(command) => {
                session::run(file, async |session| command.run(&session, output).await)
            }
            Command::Credits(command) => {
                session::run(file, async |session| command.run(&session, output).await)
            }
            Command::Receipt(command) => {
                session::run(file, async |session| command.run(&session, output).await)
            }
            Command::Ledger(command) => {
                session::run(file, async |session| command.run(&session, output).await)
            }
            // Needs no database.
            Command::Key(key::KeyCommand::CheckFormat(check)) => check.run(output),
            Command::Key(command) => {
                session::run(file, async |session| command.run(&session, output).await)
            }
            Command::Operator(command) => {
                session::run(file, async |session| command.run(&session, output).await)
            }
            Command::User(command) => {
                session::run(file, async |session| command.run(&session, output).await)
            }
            Command::Import(command) => {
                session::run(file, async |session| command.run(&session, output).await)
            }
            Command::MigrateTo(command) => {
                session::run(file, async |session| command.run(&session, output).await)
            }
            Command::RestoreFence(command) => {
                session::run(file, async |session| command.run(&session, output).await)
            }
            Command::Model(command) => {
                session::run(file, async |session| command.run(&session, output).await)
            }
            Command::Provider(command) => {
                session::run(file, async |session| command.run(&session, output).await)
            }
            Command::Route(command) => {
                session::run(file, async |session| command.run(&session, output).await)
            }
            Command::GenerateUsage(command) => {
                session::run(file, async |session| command.run(&session, output).await)
            }
            Command::Catalog(command) => {
                session::run(file, async |session| command.run(&session, output).await)
            }
            Command::Cluster(command) => {
                session::run(file, async |session| command.run(&session, output).await)
            }
        }
    }
}
