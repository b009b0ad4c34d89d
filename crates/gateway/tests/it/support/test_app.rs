//! The server, whole, in this process: real sockets, a database in a folder of its own, a clock that stands still.

use std::fmt::Display;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use gateway::clock::Clock;
use gateway::config::{GatewayConfig, PublicUrl, layers};
use gateway::counts_file::CountsFile;
use gateway::data_folder::FolderClaim;
use gateway::server::{Server, Signal, Signals, Sockets};
use gateway::state::{GatewayParts, GatewayState};
use llm::{OPERATIONS, Operations};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, Executor, SqliteConnection};
use store::Db;
use store::sealed::MasterKey;
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use toml::Table;

use super::plane::{self, State};
use super::{Caller, Stub, logs, soon, until};

/// Five seconds into a minute, in the middle of a day.
pub(crate) const NOW_MS: i64 = 1_790_000_045_000;
/// The credential of the stub: it may appear nowhere but there.
pub(crate) const CREDENTIAL: &str = "sk-upstream-5ecret-0123456789";
pub(crate) const MASTER: [u8; 32] = [7; 32];

type Action = Box<dyn FnOnce(&Path) + Send>;

/// A server that is going to be started.
pub(crate) struct Builder {
    settings: Vec<(String, String)>,
    clock: Clock,
    catalog: Option<String>,
    folder: Option<Arc<TempDir>>,
    stubs: Option<(Stub, Stub)>,
    sandbox: Option<SocketAddr>,
    before_run: Option<Action>,
    config: Option<String>,
    operations: Operations,
    database: Option<String>,
}

/// A server that runs.
pub(crate) struct TestApp {
    pub(crate) app: State,
    pub(crate) stub: Stub,
    /// The second deployment of the model `pair`.
    pub(crate) second: Stub,
    pub(crate) folder: Arc<TempDir>,
    pub(crate) address: SocketAddr,
    pub(crate) metrics_address: SocketAddr,
    pub(crate) signals: mpsc::Sender<Signal>,
    server: Option<JoinHandle<anyhow::Result<()>>>,
    settings: Vec<(String, String)>,
    database: Option<String>,
}

impl TestApp {
    pub(crate) async fn new() -> Self {
        Self::builder().start().await
    }

    pub(crate) fn builder() -> Builder {
        let settings = [
            ("server.listen", "127.0.0.1:0"),
            ("server.metrics_listen", "127.0.0.1:0"),
            ("server.drain_timeout_ms", "5000"),
            ("auth.poll_ms", "5"),
            ("catalog.poll_ms", "10"),
            ("metering.flush_interval_ms", "10"),
            ("journal.sync", "process"),
            ("journal.reserve_bytes", "0"),
            ("telemetry.access_log", "all"),
        ];
        Builder {
            settings: settings
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            clock: Clock::manual(NOW_MS),
            catalog: None,
            folder: None,
            stubs: None,
            sandbox: None,
            before_run: None,
            config: None,
            operations: OPERATIONS,
            database: None,
        }
    }

    pub(crate) fn anonymous(&self) -> Caller {
        Caller::anonymous(self.address)
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.gateway().clock.now_ms()
    }

    /// Moves the clock, and waits until the lease, which ran out by that, is held again.
    pub(crate) async fn advance(&self, by: Duration) {
        self.gateway().clock.advance(by);
        until("the lease", || self.gateway().keys.has_lease()).await;
    }

    pub(crate) fn catalog_path(&self) -> PathBuf {
        self.folder.path().join("catalog.toml")
    }

    pub(crate) fn database_path(&self) -> PathBuf {
        self.folder.path().join("yunxin.db")
    }

    /// A connection of somebody else's to the database.
    pub(crate) async fn sql(&self) -> SqliteConnection {
        let mut connection =
            SqliteConnection::connect(&format!("sqlite:{}", self.database_path().display()))
                .await
                .unwrap();
        connection
            .execute("PRAGMA busy_timeout = 5000")
            .await
            .unwrap();
        connection
    }

    pub(crate) async fn execute(&self, sql: &str) {
        self.sql()
            .await
            .execute(AssertSqlSafe(sql.to_owned()))
            .await
            .unwrap();
    }

    /// Usage events, oldest first, once everything that is waiting is written.
    pub(crate) async fn events(&self) -> Vec<Value> {
        soon("the metering", self.gateway().metering.flush()).await;
        self.stored_events().await
    }

    /// Usage events as far as they are written.
    pub(crate) async fn stored_events(&self) -> Vec<Value> {
        let sql = "SELECT json_object('endpoint', endpoint, 'model', model_id, 'provider', provider_name,
            'upstream_model', COALESCE(json_extract(detail, '$.attempts[#-1].upstream_model'), ''),
            'attempts', json_array_length(detail, '$.attempts'), 'input', input_tokens, 'output', output_tokens,
            'cached', cached_tokens, 'reasoning', reasoning_tokens, 'counted_by', counted_by, 'status', status,
            'code', error_code, 'end', end_reason, 'admitted', is_admitted, 'streamed', is_streamed,
            'has_first_token', first_token_us IS NOT NULL, 'key', api_key_id) FROM usage_events ORDER BY request_id";
        let rows: Vec<String> = sqlx::query_scalar(sql)
            .fetch_all(&mut self.sql().await)
            .await
            .unwrap();
        rows.iter()
            .map(|row| serde_json::from_str(row).unwrap())
            .collect()
    }

    /// The charge of the one request, and the parameters that were left out of it.
    pub(crate) async fn bill(&self) -> Value {
        self.event(1).await;
        let sql = "SELECT json_object('charge', charge_nanos, 'dropped', json_extract(detail, '$.dropped')) FROM usage_events";
        let row: String = sqlx::query_scalar(sql)
            .fetch_one(&mut self.sql().await)
            .await
            .unwrap();
        serde_json::from_str(&row).unwrap()
    }

    /// The last usage event, once there are `count`.
    pub(crate) async fn event(&self, count: usize) -> Value {
        let events = soon("a usage event", async {
            loop {
                let events = self.events().await;
                if events.len() >= count {
                    return events;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        })
        .await;
        assert_eq!(events.len(), count, "{events:?}");
        events.last().unwrap().clone()
    }

    pub(crate) async fn metrics(&self) -> String {
        Caller::anonymous(self.metrics_address)
            .get("/metrics")
            .await
            .text()
    }

    /// The value of one line of the metrics, 0 when it is not there.
    pub(crate) async fn metric(&self, line: &str) -> f64 {
        let text = self.metrics().await;
        let value = text
            .lines()
            .find_map(|one| one.strip_prefix(line)?.strip_prefix(' '));
        value.map_or(0.0, |value| value.parse().unwrap())
    }

    pub(crate) async fn signal(&self, signal: Signal) {
        self.signals.send(signal).await.unwrap();
    }

    /// Waits until the server has stopped.
    pub(crate) async fn stopped(&mut self) {
        let server = self.server.take().unwrap();
        soon("the server's end", server).await.unwrap().unwrap();
    }

    /// Stops the server in good order.
    pub(crate) async fn stop(&mut self) {
        self.signal(Signal::Stop).await;
        self.stopped().await;
    }

    /// Stops the server, and starts another on the same folder and upstreams, with the clock where it is.
    pub(crate) async fn restart(mut self) -> Self {
        self.stop().await;
        self.start_again().await
    }

    /// This caller at a server that was started since.
    pub(crate) fn caller(&self, caller: &Caller) -> Caller {
        Caller {
            address: self.address,
            ..caller.clone()
        }
    }

    /// Starts another server on the folder and upstreams of one that has stopped, with the clock where it is.
    pub(crate) async fn start_again(self) -> Self {
        self.successor(Arc::clone(&self.folder)).start().await
    }

    /// Starts a server on a copy of the folder, as it would be found if this one were killed now.
    pub(crate) async fn killed(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy_files(self.folder.path(), folder.path());
        // Nobody waits for the lease of the dead.
        let url = format!("sqlite:{}", folder.path().join("yunxin.db").display());
        let mut database = SqliteConnection::connect(&url).await.unwrap();
        database.execute("DELETE FROM replicas").await.unwrap();
        database.close().await.unwrap();
        self.successor(Arc::new(folder)).start().await
    }

    fn successor(&self, folder: Arc<TempDir>) -> Builder {
        Builder {
            settings: self.settings.clone(),
            clock: self.gateway().clock.clone(),
            catalog: None,
            folder: Some(folder),
            stubs: Some((self.stub.clone(), self.second.clone())),
            sandbox: None,
            before_run: None,
            config: None,
            operations: self.gateway().operations,
            database: self.database.clone(),
        }
    }

    /// Starts another server on the same database, with a folder of its own.
    pub(crate) async fn beside(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let name = "catalog.toml";
        std::fs::copy(self.folder.path().join(name), folder.path().join(name)).unwrap();
        self.successor(Arc::new(folder)).start().await
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            server.abort();
        }
    }
}

impl Builder {
    /// Changes a setting: `server.body_bytes_max`.
    pub(crate) fn set(mut self, name: &str, value: impl Display) -> Self {
        self.settings.push((name.to_owned(), value.to_string()));
        self
    }

    pub(crate) fn system_clock(mut self) -> Self {
        self.clock = Clock::System;
        self
    }

    /// Another catalogue file; `STUB` and `SECOND` stand for the upstreams' addresses.
    pub(crate) fn catalog(mut self, text: &str) -> Self {
        self.catalog = Some(text.to_owned());
        self
    }

    /// Settings that no variable can express, as a configuration file.
    pub(crate) fn config(mut self, text: &str) -> Self {
        self.config = Some(text.to_owned());
        self
    }

    /// Changes a line of that file.
    pub(crate) fn edit_config(mut self, from: &str, to: &str) -> Self {
        self.config = self.config.map(|text| text.replace(from, to));
        self
    }

    pub(crate) fn sandbox(mut self, address: SocketAddr) -> Self {
        self.sandbox = Some(address);
        self
    }

    /// Another table of operations.
    pub(crate) fn operations(mut self, operations: Operations) -> Self {
        self.operations = operations;
        self
    }

    /// A database in place of the one in the folder.
    pub(crate) fn database(mut self, url: String) -> Self {
        self.database = Some(url);
        self
    }

    /// Does something to the folder when the state is built and the jobs do not run yet.
    pub(crate) fn before_run(mut self, action: impl FnOnce(&Path) + Send + 'static) -> Self {
        self.before_run = Some(Box::new(action));
        self
    }

    pub(crate) async fn start(self) -> TestApp {
        // A large future, which every test would carry.
        Box::pin(self.serve()).await
    }

    async fn serve(self) -> TestApp {
        logs::capture();
        let folder = self
            .folder
            .unwrap_or_else(|| Arc::new(tempfile::tempdir().unwrap()));
        let (stub, second) = match self.stubs {
            Some(stubs) => stubs,
            None => (Stub::start().await, Stub::start().await),
        };
        let catalog_path = folder.path().join("catalog.toml");
        if !catalog_path.exists() {
            std::fs::write(folder.path().join("credential"), CREDENTIAL).unwrap();
            let text = self.catalog.as_deref().unwrap_or(CATALOG);
            std::fs::write(&catalog_path, fill_in(text, &stub, &second, &folder)).unwrap();
        }
        let mut settings = self.settings.clone();
        settings.push((
            "server.data_dir".to_owned(),
            folder.path().display().to_string(),
        ));
        settings.push((
            "catalog.file".to_owned(),
            catalog_path.display().to_string(),
        ));
        let environment = settings.into_iter().map(|(name, value)| {
            (
                format!("YUNXIN__{}", name.replace('.', "__").to_uppercase()),
                value,
            )
        });
        let config_path = folder.path().join("config.toml");
        if let Some(text) = &self.config {
            std::fs::write(&config_path, text).unwrap();
        }
        let file = config_path.exists().then_some(config_path.as_path());
        let settings_read = settings_of(file, environment);
        let config = gateway_config(&settings_read);
        let claim = FolderClaim::take(folder.path(), false).unwrap();
        let database = folder.path().join("yunxin.db");
        let sockets = Sockets::bind(&config.server).await.unwrap();
        let in_folder = || format!("sqlite:{}", database.display());
        let url = self.database.clone().unwrap_or_else(in_folder);
        let db = Db::open(&url).await.unwrap();
        db.migrate().await.unwrap();
        let gateway = GatewayState::new(GatewayParts {
            config,
            clock: self.clock,
            db,
            master: MasterKey::from_bytes(&MASTER).unwrap(),
            sandbox: self.sandbox,
            claim: Some(claim),
            counts: Some(CountsFile::open(folder.path()).unwrap()),
            operations: self.operations,
        })
        .await
        .unwrap();
        let app = plane::state(&gateway, &settings_read);
        if let Some(action) = self.before_run {
            action(folder.path());
        }
        let server = Server::new(gateway, sockets, plane::router(&app));
        let (address, metrics_address) =
            (server.address().unwrap(), server.metrics_address().unwrap());
        let (signals, receiver) = mpsc::channel(8);
        let (ready, is_ready) = tokio::sync::oneshot::channel();
        let state = app.clone();
        let running = tokio::spawn(async move {
            let jobs = plane::start_jobs(&state).await?;
            let _ = ready.send(());
            server.run(jobs, Signals::from_channel(receiver)).await;
            Ok(())
        });
        soon("the server's start", is_ready).await.unwrap();
        TestApp {
            app,
            stub,
            second,
            folder,
            address,
            metrics_address,
            signals,
            server: Some(running),
            settings: self.settings,
            database: self.database,
        }
    }
}

fn copy_files(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let copy = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_files(&path, &copy);
        } else {
            std::fs::copy(&path, copy).unwrap();
        }
    }
}

/// The reference with a file and the environment laid over it.
fn settings_of(file: Option<&Path>, environment: impl Iterator<Item = (String, String)>) -> Table {
    let reference = include_str!("../../../../../config.default.toml");
    let mut table = layers::parse(reference).unwrap();
    if let Some(file) = file {
        let over = layers::parse(&std::fs::read_to_string(file).unwrap()).unwrap();
        layers::merge(&mut table, over, "").unwrap();
    }
    layers::overlay(&mut table, environment).unwrap();
    table
}

/// A section of the settings.
pub(crate) fn section<T: DeserializeOwned>(settings: &Table, name: &str) -> T {
    settings[name].clone().try_into().unwrap()
}

fn gateway_config(settings: &Table) -> GatewayConfig {
    let anomalies = &settings["anomalies"];
    let queue_max = anomalies["queue_max"].as_integer().unwrap();
    let is_watched = anomalies["enabled"].as_bool().unwrap();
    GatewayConfig {
        server: section(settings, "server"),
        auth: section(settings, "auth"),
        browsers: section(settings, "browsers"),
        catalog: section(settings, "catalog"),
        upstream: section(settings, "upstream"),
        media: section(settings, "media"),
        limits: section(settings, "limits"),
        journal: section(settings, "journal"),
        credits: section(settings, "credits"),
        files: section(settings, "files"),
        batches: section(settings, "batches"),
        responses: section(settings, "responses"),
        shared_state: section(settings, "shared_state"),
        metering: section(settings, "metering"),
        access_log: settings["telemetry"]["access_log"]
            .clone()
            .try_into()
            .unwrap(),
        public_url: PublicUrl::parse(settings["accounts"]["public_url"].as_str().unwrap()).unwrap(),
        observations_max: if is_watched {
            queue_max.try_into().unwrap()
        } else {
            0
        },
    }
}

pub(crate) fn fill_in(text: &str, stub: &Stub, second: &Stub, folder: &TempDir) -> String {
    text.replace("STUB", &stub.url())
        .replace("SECOND", &second.url())
        .replace(
            "CREDENTIAL",
            &folder.path().join("credential").display().to_string(),
        )
}

pub(crate) const CATALOG: &str = include_str!("catalog.toml");
