//! Loads the keys that were used lately, so that a restart does not send every caller to the database.

use crate::app::AppState;

const LATELY_MS: i64 = 30 * 86_400_000;

pub(super) async fn run(app: AppState) {
    let since_ms = app.clock.now_ms() - LATELY_MS;
    match app
        .keys
        .warm_up(since_ms, app.config.auth.warm_keys_max)
        .await
    {
        Ok(count) => tracing::debug!(count, "keys loaded"),
        // Each will be loaded when it is used.
        Err(error) => tracing::warn!(
            error = &error as &dyn std::error::Error,
            "keys could not be loaded ahead"
        ),
    }
}
