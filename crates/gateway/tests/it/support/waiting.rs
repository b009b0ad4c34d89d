//! Waiting for what comes, but not for ever.

use std::future::Future;
use std::time::Duration;

/// The time after which a test gives up. Nothing waits this long if all is well.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Awaits `future`, but not for ever.
pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(value) => value,
        Err(_) => panic!("waited in vain for {what}"),
    }
}

/// Awaits a condition that nobody announces, by looking again and again.
pub(crate) async fn until(what: &str, mut condition: impl FnMut() -> bool) {
    soon(what, async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    })
    .await;
}
