//! The state of this server and of those beside it.

use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use store::auth_log;
use utoipa::ToSchema;

use crate::api::time::Time;
use crate::app::{App, AppState};
use crate::auth::Operator;
use crate::error::ApiError;

/// What runs, on what, and how full its queues are.
#[derive(Debug, Serialize, ToSchema)]
pub struct SystemResponse {
    version: &'static str,
    started_at: Time,
    replica_id: String,
    database: DatabaseResponse,
    replicas: Vec<ReplicaResponse>,
    queues: QueuesResponse,
    catalogue: CatalogueResponse,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DatabaseResponse {
    /// `sqlite` or `postgres`.
    engine: &'static str,
    size_bytes: Option<u64>,
    /// The newest migration that was applied.
    migration: Option<i64>,
}

/// A server that shares the database.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplicaResponse {
    id: String,
    renewed_at: Time,
    applied_seq: i64,
    is_self: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct QueuesResponse {
    metering_pending: u64,
    metering_lost: u64,
    keys_cached: usize,
    requests_in_flight: i64,
    connections: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CatalogueResponse {
    models: usize,
    deployments: usize,
    loaded_at: Time,
    /// What had to be left out, and why.
    warnings: Vec<String>,
}

impl CatalogueResponse {
    fn of(app: &App) -> Self {
        let catalog = app.catalog.load();
        let models = catalog.all_models();
        Self {
            models: models.len(),
            deployments: models.iter().map(|model| model.deployments().len()).sum(),
            loaded_at: Time(app.catalog_loaded_at_ms.load(Ordering::Relaxed)),
            warnings: catalog.warnings().to_vec(),
        }
    }
}

/// The state of the system.
#[utoipa::path(get, path = "/admin/system", tag = "admin", operation_id = "get_system",
    responses((status = 200, body = SystemResponse)))]
pub async fn get_system(
    State(app): State<AppState>,
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
        started_at: Time(app.started_at_ms),
        replica_id: app.replica_id.clone(),
        database,
        replicas: replicas
            .into_iter()
            .map(|replica| ReplicaResponse {
                is_self: replica.id == app.replica_id,
                id: replica.id,
                renewed_at: Time(replica.renewed_at_ms),
                applied_seq: replica.applied_seq,
            })
            .collect(),
        queues: QueuesResponse {
            metering_pending: u64::try_from(app.metrics.metering_queue.get()).unwrap_or_default(),
            metering_lost: app.metrics.metering_lost.get(),
            keys_cached: app.keys.len(),
            requests_in_flight: app.metrics.in_flight.get(),
            connections: app.metrics.connections.get(),
        },
        catalogue: CatalogueResponse::of(&app),
    }))
}

/// Reads the catalogue's file and tables again.
#[utoipa::path(post, path = "/admin/catalog/reload", tag = "admin", operation_id = "reload_catalog",
    responses((status = 200, body = CatalogueResponse)))]
pub async fn reload_catalog(
    State(app): State<AppState>,
    _: Operator,
) -> Result<Json<CatalogueResponse>, ApiError> {
    if let Err(error) = app.reload_catalog().await {
        let message = format!("The last good catalogue stays: {error}.");
        return Err(ApiError::conflict("catalogue_broken", message));
    }
    Ok(Json(CatalogueResponse::of(&app)))
}
