//! Asking a provider whether it is there and takes our credential.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tokio::time::timeout;

use super::{ConfiguredProvider, Upstream};

/// How long an answer is waited for.
const PROBE_WAIT: Duration = Duration::from_secs(10);

impl Upstream {
    /// Asks for the provider's list of models; returns the status of the answer.
    ///
    /// # Errors
    /// Why there was none, in words.
    pub async fn probe(&self, provider: &ConfiguredProvider) -> Result<u16, String> {
        let call = provider.models.call();
        let is_sent = AtomicBool::default();
        let exchange = self.exchange(&provider.origin, &call, &is_sent);
        match timeout(PROBE_WAIT, exchange).await {
            Err(_) => Err(format!("no answer within {} seconds", PROBE_WAIT.as_secs())),
            Ok(Err(detail)) => Err(detail),
            Ok(Ok((head, _))) => Ok(head.status),
        }
    }
}
