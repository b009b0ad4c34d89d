//! Reads the catalogue file again when its text changes. Polled: the files of containers are swapped in
//! ways that watchers miss.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::app::AppState;

pub(super) async fn run(app: AppState, stop: CancellationToken) {
    if app.sources.file.is_none() {
        return;
    }
    let every = Duration::from_millis(app.config.catalog.poll_ms);
    let mut seen = app.sources.file_text().await;
    loop {
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            () = stop.cancelled() => return,
        }
        let text = app.sources.file_text().await;
        // A file that is gone for a moment is being replaced.
        if text.is_some() && text != seen {
            seen = text;
            app.reload_catalog_or_log().await;
        }
    }
}
