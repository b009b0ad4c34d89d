//! Reads the catalogue file again when its text changes. Polled: the files of containers are swapped in
//! ways that watchers miss.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::catalog::CatalogError;
use crate::state::GatewayState;

pub(super) async fn run(app: GatewayState, stop: CancellationToken) {
    if app.catalog.sources.file.is_none() {
        return;
    }
    let every = Duration::from_millis(app.config.catalog.poll_ms);
    let mut refused = None;
    loop {
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            () = stop.cancelled() => return,
        }
        // A file that is gone for a moment is being replaced.
        let Some(text) = app.catalog.sources.file_text().await else {
            continue;
        };
        if refused.as_ref() == Some(&text) || app.catalog.text.lock().as_ref() == Some(&text) {
            continue;
        }
        match app.reload_catalog().await {
            Ok(()) => refused = None,
            // The database may be back at the next look, and the file is as new then as it is now.
            Err(CatalogError::Store(error)) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the catalogue cannot be read now"
                );
            }
            Err(error) => {
                tracing::error!(
                    error = format!("{error:#}"),
                    "the catalogue is refused; the last good one stays"
                );
                refused = Some(text);
            }
        }
    }
}
