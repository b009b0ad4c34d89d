//! Servers that share the database, as each says of itself while it runs.

use crate::db::{Db, Row};
use crate::error::StoreError;

/// A server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Its id among the replicas.
    pub id: String,
    pub version: String,
    pub address: String,
    /// By its own clock, as is the next.
    pub started_at_ms: i64,
    pub seen_at_ms: i64,
    /// A word for how it counts limits.
    pub limits: String,
    /// A word for where it counts them.
    pub limits_by: String,
    /// The servers among which it divides a limit while it hands out a part.
    pub limits_servers: i64,
    pub requests_in_flight: i64,
    /// Bytes of its journal that the database does not have yet.
    pub journal_lag_bytes: i64,
}

/// A server with what it applied of changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerStatus {
    pub server: Server,
    /// The last line of the auth log that it applied; `None` if it is not among the replicas.
    pub applied_seq: Option<i64>,
    /// The last renewal of its lease, by its own clock.
    pub renewed_at_ms: Option<i64>,
    /// The last change of tiers, providers, models or deployments that it serves with, as a line of the auth log; 0
    /// where all such changes are older than the log.
    pub catalogue_version: i64,
}

/// Enters a server, or says how it stands now.
///
/// # Errors
/// If the database cannot be written.
pub async fn enter(db: &Db, server: &Server) -> Result<(), StoreError> {
    let mut tx = db.begin().await?;
    let sql = "INSERT INTO servers (id, version, address, started_at_ms, seen_at_ms, limits, limits_by, limits_servers,
                   requests_in_flight, journal_lag_bytes)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
               ON CONFLICT (id) DO UPDATE SET seen_at_ms = excluded.seen_at_ms, limits = excluded.limits,
                   limits_by = excluded.limits_by, limits_servers = excluded.limits_servers,
                   requests_in_flight = excluded.requests_in_flight, journal_lag_bytes = excluded.journal_lag_bytes";
    let values = vec![
        server.id.as_str().into(),
        server.version.as_str().into(),
        server.address.as_str().into(),
        server.started_at_ms.into(),
        server.seen_at_ms.into(),
        server.limits.as_str().into(),
        server.limits_by.as_str().into(),
        server.limits_servers.into(),
        server.requests_in_flight.into(),
        server.journal_lag_bytes.into(),
    ];
    tx.execute(sql, values).await?;
    tx.commit().await
}

/// The servers, oldest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &Db) -> Result<Vec<Server>, StoreError> {
    let sql =
        "SELECT id, version, address, started_at_ms, seen_at_ms, limits, limits_by, limits_servers,
                   requests_in_flight, journal_lag_bytes
               FROM servers ORDER BY id";
    let rows = db.fetch_all(sql, vec![]).await?;
    rows.iter().map(Server::from_row).collect()
}

/// The servers with what each applied, oldest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_status(db: &Db) -> Result<Vec<ServerStatus>, StoreError> {
    let sql = "SELECT s.id, s.version, s.address, s.started_at_ms, s.seen_at_ms, s.limits, s.limits_by, s.limits_servers,
                      s.requests_in_flight, s.journal_lag_bytes,
                      r.applied_seq, r.renewed_at_ms,
                      COALESCE((SELECT MAX(l.seq) FROM auth_log l
                                WHERE l.kind = 'catalog' AND l.seq <= r.applied_seq), 0) AS catalogue_version
               FROM servers s LEFT JOIN replicas r ON r.id = s.id ORDER BY s.id";
    let rows = db.fetch_all(sql, vec![]).await?;
    let status = |row: &Row| {
        Ok(ServerStatus {
            server: Server::from_row(row)?,
            applied_seq: row.opt_int("applied_seq")?,
            renewed_at_ms: row.opt_int("renewed_at_ms")?,
            catalogue_version: row.int("catalogue_version")?,
        })
    };
    rows.iter().map(status).collect()
}

/// Removes a server that stops, or one that was not heard of for long.
///
/// # Errors
/// If the database cannot be written.
pub async fn remove(db: &Db, id: &str) -> Result<(), StoreError> {
    let mut tx = db.begin().await?;
    tx.execute("DELETE FROM servers WHERE id = $1", vec![id.into()])
        .await?;
    tx.commit().await
}

impl Server {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text("id")?,
            version: row.text("version")?,
            address: row.text("address")?,
            started_at_ms: row.int("started_at_ms")?,
            seen_at_ms: row.int("seen_at_ms")?,
            limits: row.text("limits")?,
            limits_by: row.text("limits_by")?,
            limits_servers: row.int("limits_servers")?,
            requests_in_flight: row.int("requests_in_flight")?,
            journal_lag_bytes: row.int("journal_lag_bytes")?,
        })
    }
}
