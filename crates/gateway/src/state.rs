//! Everything that requests share, built once.

use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::Arc;

use anyhow::Context;
use bytes::Bytes;
use llm::Operations;
use store::Db;
use store::sealed::MasterKey;
use tokio::sync::{Notify, Semaphore};

use crate::catalog::{CatalogError, CatalogInForce, ProviderLookup, Reload, Sources};
use crate::clock::Clock;
use crate::config::GatewayConfig;
use crate::counts_file::CountsFile;
use crate::credits::Credits;
use crate::data_folder::FolderClaim;
use crate::egress_client::EgressClient;
use crate::files::Files;
use crate::ingress::Ingress;
use crate::journal::{self, Journal};
use crate::kept_responses::KeptResponses;
use crate::keys::{Keys, KeysInUse};
use crate::limits::{Place, SharedLimits, SharedLimitsParts};
use crate::metering::{Metering, MeteringParts};
use crate::metrics::Metrics;
use crate::process::Process;
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
    pub process: Process,
    pub db: Db,
    pub master: MasterKey,
    /// The operations that clients can ask for.
    pub operations: Operations,
    pub catalog: CatalogInForce,
    pub keys: Keys,
    pub upstream: Upstream,
    /// Fetches the media that requests name by URL.
    pub media_client: EgressClient,
    /// Requests as they will be accounted for, before they are sent.
    pub journal: Arc<Journal>,
    pub metering: Arc<Metering>,
    /// The credits of accounts that pay in advance, as far as this server holds them.
    pub credits: Arc<Credits>,
    /// Files of accounts.
    pub files: Files,
    /// Responses that conversations go on from.
    pub kept_responses: KeptResponses,
    /// A batch was created or cancelled here.
    pub batch_wanted: Notify,
    pub metrics: Arc<Metrics>,
    pub ingress: Ingress,
    /// The record of revoked rights beside the database; `None` where the data folder cannot be written.
    pub rights_record: Option<RightsRecord>,
    /// State that other processes on the same database do not know.
    pub shared: SharedState,
    /// Bounds the reads of usage: they must not take the database from those who look up keys.
    pub usage_reads: Semaphore,
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
        let process = Process::begin(clock.now_ms(), claim);
        let limits = shared_limits(&config, (&db, &master), &process)?;
        let shared = SharedState::open(&clock, counts, limits)?;
        let from = Reload {
            db: &db,
            master: &master,
            health: &shared.health,
            pools: &shared.pools,
        };
        let catalog = CatalogInForce::load_first(sources, from, clock.now_ms()).await?;
        let rights_record = open_record(&config, &db, &master).await;
        let metrics = Arc::<Metrics>::default();
        let journal = Arc::new(open_journal(&config, &process, &metrics)?);
        let metering = MeteringParts {
            journal: Arc::clone(&journal),
            metrics: Arc::clone(&metrics),
            clock: clock.clone(),
            access_log: config.access_log,
            observations_max: config.observations_max,
        };
        let tls = upstream::tls()?;
        let media_client = EgressClient::new(tls.clone(), config.media.allow_private_networks)
            .with_calls_max(config.media.fetches_max);
        Ok(Self(Arc::new(Gateway {
            keys: Keys::new(
                &config.auth,
                db.clone(),
                clock.clone(),
                Arc::clone(&shared.limiter),
                KeysInUse::new(process.stopping.clone()),
                process.replica_id.clone(),
            ),
            upstream: Upstream::new(&config.upstream, tls, Arc::clone(&metrics), clock.clone()),
            metering: Arc::new(Metering::new(metering)),
            credits: Arc::new(Credits::new(&process.replica_id)),
            batch_wanted: Notify::new(),
            files: Files::new(&config.files, db.clone(), clock.clone()),
            kept_responses: KeptResponses::new(
                &config.responses,
                db.clone(),
                clock.clone(),
                Arc::clone(&metrics),
            ),
            journal,
            ingress: Ingress::new(&config.server)?,
            usage_reads: Semaphore::new(USAGE_READS_MAX),
            media_client,
            process,
            catalog,
            rights_record,
            metrics,
            operations,
            config,
            clock,
            db,
            master,
            shared,
        })))
    }
}

/// The journal in the data folder. A server of PostgreSQL may have none that can be written.
fn open_journal(
    config: &GatewayConfig,
    process: &Process,
    metrics: &Arc<Metrics>,
) -> anyhow::Result<Journal> {
    let folder = journal::folder_in(&config.server.data_dir);
    let error = match Journal::open(&folder, &config.journal, Arc::clone(metrics)) {
        Ok(journal) => return Ok(journal),
        Err(error) => error,
    };
    // Its name cannot be guessed: others may write in the same folder.
    let own = format!("yunxin-{}", process.replica_id);
    let elsewhere = journal::folder_in(&std::env::temp_dir().join(own));
    let opened = Journal::open(&elsewhere, &config.journal, Arc::clone(metrics));
    let journal = opened.map_err(|_| error.context("the data folder takes no journal"))?;
    tracing::warn!(
        folder = %elsewhere.display(),
        "the data folder takes no journal; it is in a temporary folder: usage that runs when that is lost is lost with it"
    );
    Ok(journal)
}

/// The limits over all servers, if there is something to share them by.
fn shared_limits(
    config: &GatewayConfig,
    (db, master): (&Db, &MasterKey),
    process: &Process,
) -> anyhow::Result<Option<SharedLimits>> {
    let place = match config.shared_state.redis_url() {
        Some(url) => Place::Redis {
            url,
            installation: master.fingerprint(),
        },
        None if db.engine() == "postgres" => Place::Database(db.clone()),
        None => return Ok(None),
    };
    let shared = SharedLimits::new(SharedLimitsParts {
        place,
        decision_timeout: config.shared_state.decision_timeout(),
        server: &process.replica_id,
    });
    shared.context("shared_state.redis_url").map(Some)
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

/// The outcome of a probe, with the label of the credential where there are several.
pub type LabelledProbe = (Option<String>, ProbeOutcome);

impl Gateway {
    /// Asks a provider whether it is there and takes its credentials: an outcome for each, with its label where it has
    /// one; none if there is no such provider.
    ///
    /// # Errors
    /// If the catalogue cannot be read.
    pub async fn probe_provider(&self, name: &str) -> Result<Vec<LabelledProbe>, CatalogError> {
        let found = self
            .catalog
            .sources
            .provider(&self.db, &self.master, name)
            .await?;
        Ok(match found {
            ProviderLookup::Unknown => Vec::new(),
            ProviderLookup::Misconfigured(mistake) => {
                vec![(None, ProbeOutcome::Misconfigured(mistake))]
            }
            ProviderLookup::Usable(provider) => {
                let mut outcomes = Vec::with_capacity(provider.len());
                for one in provider {
                    let label = one.credential_label().map(str::to_owned);
                    outcomes.push((label, self.upstream.probe(&one).await));
                }
                outcomes
            }
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
            ProviderLookup::Usable(provider) => {
                let first = provider.first()?;
                Some(self.upstream.list_models(first).await)
            }
        }
    }

    /// Reads the catalogue again and puts it in place of the one before.
    ///
    /// # Errors
    /// If it has a mistake or cannot be read; the one before stays.
    pub async fn reload_catalog(&self) -> Result<(), CatalogError> {
        let from = Reload {
            db: &self.db,
            master: &self.master,
            health: &self.shared.health,
            pools: &self.shared.pools,
        };
        if let Err(error) = self.catalog.reload(from, self.clock.now_ms()).await {
            self.metrics.catalog_failures.inc();
            return Err(error);
        }
        let models = self.catalog.load().all_models().len();
        tracing::info!(models, "catalogue loaded");
        Ok(())
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
