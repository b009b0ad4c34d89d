//! Everything that requests share, built once.

use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::Context;
use arc_swap::ArcSwap;
use bytes::Bytes;
use llm::Operations;
use parking_lot::Mutex;
use rustls::ClientConfig;
use store::sealed::MasterKey;
use store::{Db, RequestId, RequestIds};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::catalog::{Catalog, CatalogError, ProviderLookup, Sources};
use crate::clock::Clock;
use crate::config::GatewayConfig;
use crate::counts_file::CountsFile;
use crate::data_folder::FolderClaim;
use crate::ingress::BodyBudget;
use crate::keys::{KeySignals, Keys, KeysInUse};
use crate::metering::{Metering, ObservationQueue};
use crate::metrics::Metrics;
use crate::rights_record::RightsRecord;
use crate::shared_state::SharedState;
use crate::upstream::{self, AddressPolicy, CredentialSources, ProbeOutcome, Upstream};

/// Reads of usage that run at the same time.
const USAGE_READS_MAX: usize = 2;

/// The state of the data plane.
#[derive(Debug)]
pub struct Gateway {
    pub config: GatewayConfig,
    pub clock: Clock,
    pub started_at_ms: i64,
    pub db: Db,
    pub master: MasterKey,
    /// The operations that clients can ask for.
    pub operations: Operations,
    pub catalog: ArcSwap<Catalog>,
    pub sources: Sources,
    /// A line of the auth log that the first catalogue is at least as new as.
    pub catalog_seq: i64,
    /// The text of the catalogue file that is in force.
    pub catalog_text: Mutex<Option<String>>,
    /// One reload at a time: what was read later must not be replaced by what was read earlier.
    catalog_reload: tokio::sync::Mutex<()>,
    pub keys: Keys,
    pub upstream: Upstream,
    /// For calls to others: reading the system's roots takes longer than all else of a start.
    pub tls: ClientConfig,
    pub catalog_loaded_at_ms: AtomicI64,
    pub metering: Arc<Metering>,
    /// The queue of observations for the detectors of anomalies.
    pub observations: Arc<ObservationQueue>,
    pub metrics: Arc<Metrics>,
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// Bytes of request bodies in memory.
    pub bodies: Arc<BodyBudget>,
    /// The id of this process among those that share its database.
    pub replica_id: String,
    /// The record of revoked rights beside the database; `None` where the data folder cannot be written.
    pub rights_record: Option<RightsRecord>,
    /// The place of this process in its data folder, until it has stopped.
    pub claim: Mutex<Option<FolderClaim>>,
    pub request_ids: RequestIds,
    pub tasks: TaskTracker,
    /// State that other processes on the same database do not know.
    pub shared: SharedState,
    /// Signals about keys that requests show.
    pub key_signals: KeySignals,
    /// Bounds the reads of usage: they must not take the database from those who look up keys.
    pub usage_reads: Semaphore,
    /// The server takes no new connection and responds to `/readyz` with 503.
    pub draining: CancellationToken,
    /// Responses that still run are cut.
    pub stopping: CancellationToken,
}

/// The parts that a [`Gateway`] is built from.
#[derive(Debug)]
pub struct GatewayParts {
    pub config: GatewayConfig,
    pub clock: Clock,
    pub db: Db,
    pub master: MasterKey,
    /// The address of the sandbox, if it runs.
    pub sandbox: Option<SocketAddr>,
    /// The place of this process in its data folder, if that can be written.
    pub claim: Option<FolderClaim>,
    /// Keeps the counts of limits over the end of the process.
    pub counts: Option<CountsFile>,
    /// The operations that clients can ask for.
    pub operations: Operations,
}

/// A handle on the [`Gateway`], cheap to clone.
#[derive(Debug, Clone)]
pub struct GatewayState(Arc<Gateway>);

impl GatewayState {
    /// Builds the state and loads the catalogue.
    ///
    /// # Errors
    /// If the catalogue has a mistake or the database cannot be read.
    pub async fn new(parts: GatewayParts) -> anyhow::Result<Self> {
        let GatewayParts {
            config,
            clock,
            db,
            master,
            sandbox,
            claim,
            counts,
            operations,
        } = parts;
        let sources = Sources {
            sandbox,
            file: config.catalog.file().map(Into::into),
            addresses: AddressPolicy::new(&config.upstream),
            operations,
            credentials: CredentialSources::default(),
        };
        let catalog_seq = store::auth_log::head(&db).await?;
        let shared = SharedState::open(&clock, counts)?;
        let loaded = sources
            .load(&db, &master, &shared.health, &shared.pools)
            .await;
        let (catalog, text) = loaded.context("the catalogue")?;
        let rights_record = open_record(&config, &db, &master).await;
        let tasks = TaskTracker::new();
        let tls = upstream::tls()?;
        let metrics = Arc::<Metrics>::default();
        let stopping = CancellationToken::new();
        let replica_id = RequestId::generate().as_str().replace("req_", "replica_");
        Ok(Self(Arc::new(Gateway {
            key_signals: KeySignals::default(),
            keys: Keys::new(
                &config.auth,
                db.clone(),
                clock.clone(),
                Arc::clone(&shared.limiter),
                KeysInUse::new(stopping.clone()),
                replica_id.clone(),
            ),
            upstream: Upstream::new(
                &config.upstream,
                tls.clone(),
                Arc::clone(&metrics),
                clock.clone(),
            ),
            catalog_loaded_at_ms: AtomicI64::new(clock.now_ms()),
            tls,
            metering: Arc::new(Metering::new(&config.metering)),
            observations: Arc::new(ObservationQueue::new(config.observations_max)),
            metrics,
            trusted_proxies: config.server.proxies()?,
            bodies: Arc::new(BodyBudget::new(&config.server)?),
            replica_id,
            claim: Mutex::new(claim),
            rights_record,
            request_ids: RequestIds::default(),
            tasks,
            draining: CancellationToken::new(),
            stopping,
            catalog: ArcSwap::from_pointee(catalog),
            catalog_text: Mutex::new(text),
            catalog_seq,
            catalog_reload: tokio::sync::Mutex::default(),
            usage_reads: Semaphore::new(USAGE_READS_MAX),
            started_at_ms: clock.now_ms(),
            operations,
            config,
            clock,
            db,
            master,
            sources,
            shared,
        })))
    }
}

/// The record of revocations. Without it requests are served as well, so it stops no start.
async fn open_record(config: &GatewayConfig, db: &Db, master: &MasterKey) -> Option<RightsRecord> {
    let opened = RightsRecord::open(&config.server.data_dir, db, master.fingerprint()).await;
    opened
        .inspect_err(|error| {
            tracing::error!(
                error = format!("{error:#}"),
                "no record of revocations beside the database: a backup that is restored revives them"
            );
        })
        .ok()
}

impl Gateway {
    /// Asks a provider whether it is there and takes its credential; `None` if there is no such provider.
    ///
    /// # Errors
    /// If the catalogue cannot be read.
    pub async fn probe_provider(&self, name: &str) -> Result<Option<ProbeOutcome>, CatalogError> {
        let found = self.sources.provider(&self.db, &self.master, name).await?;
        Ok(match found {
            ProviderLookup::Unknown => None,
            ProviderLookup::Misconfigured(mistake) => Some(ProbeOutcome::Misconfigured(mistake)),
            ProviderLookup::Usable(provider) => Some(self.upstream.probe(&provider).await),
        })
    }

    /// Asks a provider that was looked up for its list of models; `None` if there is no such provider.
    pub async fn list_provider_models(
        &self,
        found: ProviderLookup,
    ) -> Option<(ProbeOutcome, Option<Bytes>)> {
        match found {
            ProviderLookup::Unknown => None,
            ProviderLookup::Misconfigured(mistake) => {
                Some((ProbeOutcome::Misconfigured(mistake), None))
            }
            ProviderLookup::Usable(provider) => Some(self.upstream.list_models(&provider).await),
        }
    }

    /// Reads the catalogue again and puts it in place of the one before.
    ///
    /// # Errors
    /// If it has a mistake or cannot be read; the one before stays.
    pub async fn reload_catalog(&self) -> Result<(), CatalogError> {
        let _turn = self.catalog_reload.lock().await;
        let loaded = self.sources.load(
            &self.db,
            &self.master,
            &self.shared.health,
            &self.shared.pools,
        );
        match loaded.await {
            Ok((catalog, text)) => {
                self.catalog.store(Arc::new(catalog));
                self.catalog_loaded_at_ms
                    .store(self.clock.now_ms(), Ordering::Relaxed);
                *self.catalog_text.lock() = text;
                tracing::info!(
                    models = self.catalog.load().all_models().len(),
                    "catalogue loaded"
                );
                Ok(())
            }
            Err(error) => {
                self.metrics.catalog_failures.inc();
                Err(error)
            }
        }
    }

    /// Reloads for callers that can only go on: a mistake is logged.
    pub async fn reload_catalog_or_log(&self) {
        if let Err(error) = self.reload_catalog().await {
            tracing::error!(
                error = format!("{error:#}"),
                "the catalogue is refused; the last good one stays"
            );
        }
    }
}

impl Deref for GatewayState {
    type Target = Gateway;

    fn deref(&self) -> &Gateway {
        &self.0
    }
}
