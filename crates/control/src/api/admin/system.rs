//! The state of this server and of those beside it.

use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::State;
use gateway::error::ApiError;
use serde::Serialize;
use store::auth_log;
use utoipa::ToSchema;

use crate::api::time::Time;
use crate::auth::Operator;
use crate::state::{Control, ControlState};

/// The state of the system: versions, database, replicas, queues.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SystemResponse {
    version: &'static str,
    started_at: Time,
    replica_id: String,
    database: DatabaseResponse,
    replicas: Vec<ReplicaResponse>,
    queues: QueuesResponse,
    journal: JournalResponse,
    catalogue: CatalogueResponse,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DatabaseResponse {
    /// `sqlite` or `postgres`.
    engine: &'static str,
    size_bytes: Option<u64>,
    /// The newest migration that was applied.
    migration: Option<i64>,
}

/// A server that shares the database.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReplicaResponse {
    id: String,
    renewed_at: Time,
    applied_seq: i64,
    is_self: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QueuesResponse {
    keys_cached: usize,
    requests_in_flight: i64,
    connections: i64,
    /// Mails that wait to be sent.
    mails_pending: usize,
}

/// The journal of usage on this server, and its way to the database.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JournalResponse {
    /// Events that are not written yet.
    pending: u64,
    /// Bytes of the journal on the disk.
    bytes: u64,
    /// From so many bytes on no request is let in.
    bytes_max: u64,
    /// Events written since this server started.
    written: u64,
    written_at: Option<Time>,
    /// Writes that failed and were tried again.
    failures: u64,
    /// Events of refused requests that the journal did not take.
    lost: u64,
}

impl JournalResponse {
    fn of(app: &Control) -> Self {
        let state = app.gateway.metering.state();
        Self {
            pending: state.pending,
            bytes: state.bytes,
            bytes_max: state.bytes_max,
            written: state.written,
            written_at: state.written_at_ms.map(Time),
            failures: app.gateway.metrics.metering_failures.get(),
            lost: app.gateway.metrics.metering_lost.get(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CatalogueResponse {
    models: usize,
    deployments: usize,
    loaded_at: Time,
    /// Warnings: definitions that had to be left out, and why.
    warnings: Vec<String>,
}

impl CatalogueResponse {
    fn of(app: &Control) -> Self {
        let catalog = app.gateway.catalog.load();
        let models = catalog.all_models();
        Self {
            models: models.len(),
            deployments: models
                .iter()
                .map(|model| model.distinct_deployments().count())
                .sum(),
            loaded_at: Time(app.gateway.catalog.loaded_at_ms.load(Ordering::Relaxed)),
            warnings: catalog.warnings().to_vec(),
        }
    }
}

/// The state of the system.
#[utoipa::path(get, path = "/admin/system", tag = "admin", operation_id = "get_system",
    responses((status = 200, body = SystemResponse)))]
pub(crate) async fn get_system(
    State(app): State<ControlState>,
    _: Operator,
) -> Result<Json<SystemResponse>, ApiError> {
    let replicas = auth_log::list_replicas(&app.db).await?;
    let database = DatabaseResponse {
        engine: app.db.engine(),
        size_bytes: app.db.size_bytes().await?,
        migration: app.db.schema_version().await?,
    };
    Ok(Json(SystemResponse {
        version: env!("CARGO_PKG_VERSION"),
        started_at: Time(app.gateway.process.started_at_ms),
        replica_id: app.gateway.process.replica_id.clone(),
        database,
        replicas: replicas
            .into_iter()
            .map(|replica| ReplicaResponse {
                is_self: replica.id == app.gateway.process.replica_id,
                id: replica.id,
                renewed_at: Time(replica.renewed_at_ms),
                applied_seq: replica.applied_seq,
            })
            .collect(),
        queues: QueuesResponse {
            keys_cached: app.gateway.keys.len(),
            requests_in_flight: app.gateway.metrics.in_flight.get(),
            connections: app.gateway.metrics.connections.get(),
            mails_pending: app.mail.pending(),
        },
        journal: JournalResponse::of(&app),
        catalogue: CatalogueResponse::of(&app),
    }))
}

/// Reads the catalogue's file and tables again.
#[utoipa::path(post, path = "/admin/catalog/reload", tag = "admin", operation_id = "reload_catalog",
    responses((status = 200, body = CatalogueResponse)))]
pub(crate) async fn reload_catalog(
    State(app): State<ControlState>,
    _: Operator,
) -> Result<Json<CatalogueResponse>, ApiError> {
    if let Err(error) = app.gateway.reload_catalog().await {
        let message = format!("The last good catalogue stays: {error}.");
        return Err(ApiError::conflict("catalogue_broken", message));
    }
    Ok(Json(CatalogueResponse::of(&app)))
}
