//! Asking a provider whether it is there and takes our credential.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, HOST, USER_AGENT};
use http::{HeaderValue, Request};
use http_body_util::Full;
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
        let mut call = Request::new(Full::new(Bytes::new()));
        *call.uri_mut() = provider.models.clone();
        let headers = call.headers_mut();
        headers.insert(HOST, provider.origin.host.clone());
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        headers.insert(
            USER_AGENT,
            HeaderValue::from_static(concat!("yunxin/", env!("CARGO_PKG_VERSION"))),
        );
        if let Some((name, value)) = &provider.auth {
            headers.insert(name.clone(), value.clone());
        }
        match timeout(PROBE_WAIT, self.exchange(&provider.origin, call)).await {
            Err(_) => Err(format!("no answer within {} seconds", PROBE_WAIT.as_secs())),
            Ok(Err(detail)) => Err(detail),
            Ok(Ok(response)) => Ok(response.status().as_u16()),
        }
    }
}
