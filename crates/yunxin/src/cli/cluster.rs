//! `cluster`.

use clap::Subcommand;
use control::ServersResponse;
use store::servers;

use super::output::Printer;
use super::session::CliSession;

#[derive(Debug, Subcommand)]
pub(super) enum ClusterCommand {
    /// The servers that share the database: versions, leases, catalogue versions, how each counts limits.
    Status,
}

const COLUMNS: [&str; 9] = [
    "id",
    "version",
    "address",
    "started_at",
    "seconds_since_seen",
    "lease_renewed_at",
    "catalogue_version",
    "limits",
    "requests_in_flight",
];

impl ClusterCommand {
    pub(super) async fn run(self, session: &CliSession, output: Printer) -> anyhow::Result<()> {
        match self {
            Self::Status => {
                let servers = servers::list_status(&session.db).await?;
                let now_ms = session.clock.now_ms();
                let shown = serde_json::to_value(ServersResponse::of(servers, "", now_ms))?;
                let rows = shown["servers"].as_array().cloned().unwrap_or_default();
                output.list(&rows, &COLUMNS);
            }
        }
        Ok(())
    }
}
