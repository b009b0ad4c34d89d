//! Loads the keys that were used lately before the server is ready, so that a restart does not send every
//! caller to the database.

use std::time::Duration;

use tokio::time::timeout;

use crate::state::GatewayState;

const LATELY_MS: i64 = 30 * 86_400_000;
/// A start does not wait longer for it: keys that are not loaded yet are read when they are used.
const WAIT: Duration = Duration::from_millis(500);

pub(super) async fn run(app: &GatewayState) {
    let since_ms = app.clock.now_ms() - LATELY_MS;
    match timeout(
        WAIT,
        app.keys.warm_up(since_ms, app.config.auth.warm_keys_max),
    )
    .await
    {
        Ok(Ok(count)) => tracing::debug!(count, "keys loaded"),
        Ok(Err(error)) => tracing::warn!(
            error = &error as &dyn std::error::Error,
            "keys could not be loaded ahead"
        ),
        Err(_) => {
            tracing::info!("keys are read as they are used: loading them ahead takes too long");
        }
    }
}
