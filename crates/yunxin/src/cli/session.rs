//! The session of a command: the configuration, the database, the master key.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, bail};
use control::commands::Commands;
use gateway::catalog::Sources;
use gateway::clock::Clock;
use gateway::config::{read_secret, trim_secret};
use gateway::data_folder;
use gateway::keys::wait_until_applied;
use gateway::rights_record::RightsRecord;
use gateway::upstream::{AddressPolicy, CredentialSources};
use llm::OPERATIONS;
use secrecy::ExposeSecret;
use store::audit_log::Actor;
use store::sealed::{MASTER_KEY_BYTES, MasterKey};
use store::{Db, instance_metadata};
use zeroize::Zeroizing;

use crate::config::Config;

/// An open database with everything that belongs to it.
#[derive(Debug)]
pub(super) struct CliSession {
    pub(super) config: Config,
    pub(super) db: Db,
    pub(super) master: MasterKey,
    pub(super) clock: Clock,
    pub(super) sources: Sources,
    /// As whom the audit log knows whoever typed the command.
    pub(super) actor: Actor,
}

impl CliSession {
    /// Opens the database, brings its schema up to date and checks that the master key is the right one.
    pub(super) async fn open(config: Config) -> anyhow::Result<Self> {
        let uses_folder =
            config.database.is_default() || config.auth.master_key.expose_secret().is_empty();
        if uses_folder {
            data_folder::make(&config.server.data_dir)?;
        }
        let db = Db::open(&config.database_url())
            .await
            .context("database.url")?;
        if config.database.migrate {
            db.migrate().await.context("cannot migrate the database")?;
        } else {
            db.require_schema()
                .await
                .context("cannot use the database")?;
        }
        let master = master_key(&config)?;
        let known = instance_metadata::keep(&db, "master_key", master.fingerprint()).await?;
        if known != master.fingerprint() {
            bail!(
                "the master key is not the one that this database was made with: its keys could not be checked and its credentials not opened. Give the right one by auth.master_key_file ({})",
                config.master_key_path().display()
            );
        }
        Ok(Self {
            sources: Sources {
                sandbox: config.sandbox.enabled.then_some(config.sandbox.listen),
                file: config.catalog.file().map(Into::into),
                addresses: AddressPolicy::new(&config.upstream),
                operations: OPERATIONS,
                credentials: CredentialSources::default(),
            },
            config,
            db,
            master,
            clock: Clock::System,
            actor: Actor {
                kind: "cli",
                id: "cli".to_owned(),
                label: "command line".to_owned(),
                address: None,
            },
        })
    }

    /// The commands of the command line.
    pub(super) fn commands(&self) -> Commands<'_> {
        Commands {
            db: &self.db,
            clock: &self.clock,
            master: &self.master,
            sources: &self.sources,
            accounts: &self.config.accounts,
            invoices: &self.config.invoices,
            keys: None,
            actor: &self.actor,
        }
    }

    /// Returns when a change holds in every server that runs on this database.
    pub(super) async fn wait_until_applied(&self, seq: i64) -> anyhow::Result<()> {
        let wait = wait_until_applied(&self.db, &self.clock, seq).await;
        wait.context("the change is made, but it is not known whether running servers have seen it")
    }
}

/// Opens a session and runs one command in it.
pub(super) fn run<F>(file: Option<&Path>, command: F) -> anyhow::Result<()>
where
    F: AsyncFnOnce(CliSession) -> anyhow::Result<()>,
{
    let config = Config::load(file)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let session = CliSession::open(config).await?;
        let db = session.db.clone();
        let (folder, master_key) = (
            session.config.server.data_dir.clone(),
            session.master.fingerprint().to_owned(),
        );
        let result = command(session).await;
        record(&folder, &db, &master_key).await;
        db.close().await;
        result
    })
}

/// Writes down beside the database what a command took away: no server may be running that does.
async fn record(folder: &Path, db: &Db, master_key: &str) {
    match RightsRecord::open_existing(folder, db, master_key).await {
        Ok(Some(record)) => record.catch_up(db).await,
        Ok(None) => {}
        Err(error) => tracing::error!(
            error = format!("{error:#}"),
            "the record of revocations beside the database cannot be written"
        ),
    }
}

/// `migrate`: brings the schema up to date, whatever `database.migrate` says; returns its version.
pub(super) fn migrate(file: Option<&Path>) -> anyhow::Result<Option<i64>> {
    let config = Config::load(file)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        if config.database.is_default() {
            data_folder::make(&config.server.data_dir)?;
        }
        let db = Db::open(&config.database_url())
            .await
            .context("database.url")?;
        db.migrate().await.context("cannot migrate the database")?;
        let version = db.schema_version().await?;
        db.close().await;
        Ok(version)
    })
}

fn master_key(config: &Config) -> anyhow::Result<MasterKey> {
    let given = config.auth.master_key.expose_secret();
    if !given.is_empty() {
        return parse(trim_secret(given)).context("auth.master_key");
    }
    let path = config.master_key_path();
    if is_ours(config) && !path.try_exists().unwrap_or(true) {
        return make_master_key(&path);
    }
    let text = read_secret("the master key file (auth.master_key_file)", &path)?;
    parse(text.expose_secret()).with_context(|| format!("the master key file {}", path.display()))
}

/// A key is made only in the data folder: a path that was configured and is empty is a mistake.
fn is_ours(config: &Config) -> bool {
    config.auth.master_key_file.as_os_str().is_empty()
}

fn make_master_key(path: &Path) -> anyhow::Result<MasterKey> {
    let bytes = MasterKey::generate()?;
    let text: Zeroizing<String> =
        Zeroizing::new(bytes.iter().map(|byte| format!("{byte:02x}")).collect());
    let write = || {
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().with_context(|| format!("cannot write the master key file {}", path.display()))?;
    Ok(MasterKey::from_bytes(&bytes)?)
}

fn parse(text: &str) -> anyhow::Result<MasterKey> {
    let mut bytes = Zeroizing::new([0u8; MASTER_KEY_BYTES]);
    if text.len() != 2 * MASTER_KEY_BYTES || !text.is_ascii() {
        bail!("expected {} hexadecimal digits", 2 * MASTER_KEY_BYTES);
    }
    for (index, byte) in bytes.iter_mut().enumerate() {
        let digits = text.get(2 * index..2 * index + 2).unwrap_or_default();
        *byte = u8::from_str_radix(digits, 16).context("expected hexadecimal digits")?;
    }
    Ok(MasterKey::from_bytes(&bytes)?)
}
