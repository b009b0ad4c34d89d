//! What the suite stands on: a server in this process, callers, a scripted upstream, a look into the database.

pub(crate) mod builders;
pub(crate) mod client;
pub(crate) mod logs;
pub(crate) mod personas;
pub(crate) mod provider_stub;
pub(crate) mod raw_client;
pub(crate) mod smtp_stub;
pub(crate) mod snapshot;
pub(crate) mod test_app;
pub(crate) mod upstream_stub;
pub(crate) mod webhook_stub;

use std::future::Future;
use std::time::Duration;

pub(crate) use client::{Answer, Caller, OpenAnswer};
pub(crate) use raw_client::RawClient;
pub(crate) use test_app::{NOW_MS, TestApp};
pub(crate) use upstream_stub::{Gate, Script, Stub};

/// How long anything may take before a test gives up. Nothing waits this long when all is well.
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

/// A chat request to `model`, with more fields, each with a comma before it.
pub(crate) fn chat(model: &str, more: &str) -> String {
    format!(r#"{{"model":"{model}","messages":[{{"role":"user","content":"Hello there"}}]{more}}}"#)
}
