//! The servers that share the database.

use axum::Json;
use axum::extract::State;
use gateway::error::ApiError;
use serde::Serialize;
use store::servers::{self, ServerStatus};
use utoipa::ToSchema;

use crate::api::time::Time;
use crate::auth::Operator;
use crate::state::ControlState;

/// The servers that share the database, each as it said of itself within the last seconds.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServersResponse {
    servers: Vec<ServerResponse>,
    /// The catalogue version that every server serves with; `null` while they differ.
    catalogue_version: Option<i64>,
}

/// A server.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ServerResponse {
    id: String,
    /// The server that responds.
    is_self: bool,
    /// The version of the program.
    version: String,
    /// The address that it listens on.
    address: String,
    started_at: Time,
    /// The last sign of life.
    seen_at: Time,
    seconds_since_seen: u64,
    /// The last renewal of the lease by which it may use keys that it knows; `null` if it has none.
    lease_renewed_at: Option<Time>,
    /// The last change of rights that it applied.
    applied_seq: Option<i64>,
    /// The last change of tiers, providers, models or deployments that it serves with: the number of its line in the log
    /// of changes; 0 when all such changes are older than the log.
    catalogue_version: i64,
    /// The way in which it counts limits: `joined` (together with the others), `joining` (it can, and waits for the others), `alone`
    /// (within its part of each limit, because a server cannot reach the shared store), or `single` (for itself, because there is no
    /// shared store).
    limits: String,
    /// The place where limits are counted: `redis`, `database`, or `process` where this server is the only one.
    limits_by: String,
    /// The servers among which each limit is divided while `limits` is not `joined`.
    limits_servers: i64,
    requests_in_flight: i64,
    /// Bytes of its usage journal that the database does not have yet.
    journal_lag_bytes: i64,
}

impl ServerResponse {
    fn of(status: ServerStatus, me: &str, now_ms: i64) -> Self {
        let server = status.server;
        Self {
            is_self: server.id == me,
            id: server.id,
            version: server.version,
            address: server.address,
            started_at: Time(server.started_at_ms),
            seen_at: Time(server.seen_at_ms),
            seconds_since_seen: u64::try_from(now_ms - server.seen_at_ms).unwrap_or(0) / 1_000,
            lease_renewed_at: status.renewed_at_ms.map(Time),
            applied_seq: status.applied_seq,
            catalogue_version: status.catalogue_version,
            limits: server.limits,
            limits_by: server.limits_by,
            limits_servers: server.limits_servers,
            requests_in_flight: server.requests_in_flight,
            journal_lag_bytes: server.journal_lag_bytes,
        }
    }
}

impl ServersResponse {
    /// The servers of a database, as `me` sees them.
    pub fn of(servers: Vec<ServerStatus>, me: &str, now_ms: i64) -> Self {
        let servers: Vec<_> = servers
            .into_iter()
            .map(|status| ServerResponse::of(status, me, now_ms))
            .collect();
        let newest = servers.iter().map(|server| server.catalogue_version).max();
        let is_same = |version: &i64| servers.iter().all(|one| one.catalogue_version == *version);
        Self {
            catalogue_version: newest.filter(is_same),
            servers,
        }
    }
}

/// The servers that share the database.
#[utoipa::path(get, path = "/admin/servers", tag = "admin", operation_id = "list_servers",
    responses((status = 200, body = ServersResponse)))]
pub(crate) async fn list_servers(
    State(app): State<ControlState>,
    _: Operator,
) -> Result<Json<ServersResponse>, ApiError> {
    let servers = servers::list_status(&app.db).await?;
    let me = &app.gateway.process.replica_id;
    Ok(Json(ServersResponse::of(
        servers,
        me,
        app.gateway.clock.now_ms(),
    )))
}
