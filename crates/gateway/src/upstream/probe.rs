//! Asking a provider whether it is there and takes our credential.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::timeout;

use super::{ConfiguredProvider, ForwardedHeaders, Upstream};

/// How long an answer is waited for.
const PROBE_WAIT: Duration = Duration::from_secs(10);

impl Upstream {
    /// Asks for the provider's list of models; returns the status of the answer.
    ///
    /// # Errors
    /// Why there was none, in words.
    pub async fn probe(&self, provider: &ConfiguredProvider) -> Result<u16, String> {
        let request = provider.models()?;
        let is_sent = AtomicBool::default();
        let exchange = async {
            let forwarded = ForwardedHeaders::default();
            let call = request.call(&provider.auth, &forwarded, Bytes::new()).await;
            let call = call.map_err(|error| error.to_string())?;
            self.exchange(&provider.origin, &call, &is_sent).await
        };
        match timeout(PROBE_WAIT, exchange).await {
            Err(_) => Err(format!("no answer within {} seconds", PROBE_WAIT.as_secs())),
            Ok(Err(detail)) => Err(detail),
            Ok(Ok((head, _))) => Ok(head.status),
        }
    }
}
