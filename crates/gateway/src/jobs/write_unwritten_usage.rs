//! Writes what an earlier process could not write before it stopped.

use std::time::Duration;

use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::metering::write_unwritten;
use crate::state::GatewayState;

const EVERY: Duration = Duration::from_secs(10);
/// A start does not wait longer for it.
const WAIT: Duration = Duration::from_secs(10);

/// Tries before anything is served; returns true when nothing is left.
pub(super) async fn begin(app: &GatewayState) -> bool {
    timeout(WAIT, write(app)).await.unwrap_or(false)
}

pub(super) async fn run(app: GatewayState, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
        if write(&app).await {
            return;
        }
    }
}

async fn write(app: &GatewayState) -> bool {
    match write_unwritten(&app.config.server.data_dir, &app.db).await {
        Ok(recovered) => {
            if recovered.events > 0 {
                tracing::info!(
                    events = recovered.events,
                    "usage of an earlier process is written"
                );
            }
            if recovered.broken > 0 {
                tracing::error!(
                    lines = recovered.broken,
                    "lines of unwritten usage could not be read; they are set aside in the data folder"
                );
            }
            true
        }
        Err(error) => {
            tracing::error!(
                error = format!("{error:#}"),
                "usage of an earlier process could not be written; trying again"
            );
            false
        }
    }
}
