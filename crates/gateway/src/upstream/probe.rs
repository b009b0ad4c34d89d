//! Asking a provider whether it is there and takes our credential, and which models it has.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, timeout_at};

use super::{ConfiguredProvider, ForwardedHeaders, ResponseStream, SUCCESS, Upstream};

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
        let until = Instant::now() + PROBE_WAIT;
        match self.ask_for_models(provider, until).await {
            Ok((status, _)) => ProbeOutcome::Responded(status),
            Err(outcome) => outcome,
        }
    }

    /// The outcome of a probe, and the provider's list of models as it came, if it did.
    pub async fn list_models(
        &self,
        provider: &ConfiguredProvider,
    ) -> (ProbeOutcome, Option<Bytes>) {
        let until = Instant::now() + PROBE_WAIT;
        let (status, body) = match self.ask_for_models(provider, until).await {
            Ok(response) => response,
            Err(outcome) => return (outcome, None),
        };
        if !SUCCESS.contains(&status) {
            return (ProbeOutcome::Responded(status), None);
        }
        match self.collect(body, until).await {
            Ok(list) => (ProbeOutcome::Responded(status), Some(list)),
            Err(error) => (ProbeOutcome::Unreachable(error.to_string()), None),
        }
    }

    async fn ask_for_models(
        &self,
        provider: &ConfiguredProvider,
        until: Instant,
    ) -> Result<(u16, ResponseStream), ProbeOutcome> {
        let request = provider.models().map_err(ProbeOutcome::Misconfigured)?;
        let is_sent = AtomicBool::default();
        let exchange = async {
            let forwarded = ForwardedHeaders::default();
            let auth = provider.auth.ready(&self.fetch).await;
            let auth = auth.map_err(|error| error.to_string())?;
            let call = request.call(&auth, &forwarded, Bytes::new());
            let call = call.map_err(|error| error.to_string())?;
            self.exchange(&provider.origin, &call, &is_sent).await
        };
        match timeout_at(until, exchange).await {
            Err(_) => Err(ProbeOutcome::Unreachable(format!(
                "no response within {} seconds",
                PROBE_WAIT.as_secs()
            ))),
            Ok(Err(detail)) => Err(ProbeOutcome::Unreachable(detail)),
            Ok(Ok((head, body))) => Ok((head.status, body)),
        }
    }
}
