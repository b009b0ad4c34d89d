//! Asking a provider whether it is there and takes our credential.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::timeout;

use super::{ConfiguredProvider, ForwardedHeaders, Upstream};

/// The time that a response is waited for.
const PROBE_WAIT: Duration = Duration::from_secs(10);

/// The outcome of a probe of a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProbeOutcome {
    /// The provider responded, with this status.
    Responded(u16),
    /// There was no response, for this reason.
    Unreachable(String),
    /// The provider is configured in a way in which it cannot be called, such as without its credential.
    Misconfigured(String),
}

impl Upstream {
    /// Asks for the provider's list of models.
    pub async fn probe(&self, provider: &ConfiguredProvider) -> ProbeOutcome {
        let request = match provider.models() {
            Ok(request) => request,
            Err(mistake) => return ProbeOutcome::Misconfigured(mistake),
        };
        let is_sent = AtomicBool::default();
        let exchange = async {
            let forwarded = ForwardedHeaders::default();
            let call = request.call(&provider.auth, &forwarded, Bytes::new()).await;
            let call = call.map_err(|error| error.to_string())?;
            self.exchange(&provider.origin, &call, &is_sent).await
        };
        match timeout(PROBE_WAIT, exchange).await {
            Err(_) => ProbeOutcome::Unreachable(format!(
                "no response within {} seconds",
                PROBE_WAIT.as_secs()
            )),
            Ok(Err(detail)) => ProbeOutcome::Unreachable(detail),
            Ok(Ok((head, _))) => ProbeOutcome::Responded(head.status),
        }
    }
}
