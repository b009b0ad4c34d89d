//! Calls to payment providers, by the egress client.

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::provider::ProviderFault;
use gateway::egress_client::{EgressCall, EgressClient};

/// Characters of a provider's words that are told.
const WORDS_MAX: usize = 200;

/// The client of all payment providers.
#[derive(Debug)]
pub(super) struct Calls {
    client: EgressClient,
}

/// A response, whatever its status is.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) text: String,
}

impl Calls {
    pub(super) fn new(client: EgressClient) -> Self {
        Self { client }
    }

    /// Gets an address.
    ///
    /// # Errors
    /// If there is no response.
    pub(super) async fn get(&self, url: &str, headers: HeaderMap) -> Result<Answer, ProviderFault> {
        self.call(url, Method::GET, headers, String::new()).await
    }

    /// Sends a form.
    ///
    /// # Errors
    /// If there is no response.
    pub(super) async fn post_form(
        &self,
        url: &str,
        mut headers: HeaderMap,
        form: String,
    ) -> Result<Answer, ProviderFault> {
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(CONTENT_TYPE, kind);
        self.call(url, Method::POST, headers, form).await
    }

    async fn call(
        &self,
        url: &str,
        method: Method,
        headers: HeaderMap,
        body: String,
    ) -> Result<Answer, ProviderFault> {
        let target = self.client.target(url);
        // The address is the operator's: what is wrong with it is said, and nothing was sent.
        let target = target.map_err(|error| ProviderFault::Refused(error.to_string()))?;
        let call = EgressCall {
            method,
            headers,
            body: body.into(),
        };
        let answer = self.client.call(&target, call).await;
        let (status, bytes) =
            answer.map_err(|error| ProviderFault::Unavailable(error.to_string()))?;
        Ok(Answer {
            status,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        })
    }
}

impl Answer {
    /// The text of a success.
    ///
    /// # Errors
    /// If the status is no success: those of 4xx are refusals, the others say nothing of what was done.
    pub(super) fn success(self) -> Result<String, ProviderFault> {
        match self.status {
            200..300 => Ok(self.text),
            // A conflict of idempotency keys and a limit of the rate are to be tried again.
            400..500 if !matches!(self.status, 408 | 409 | 425 | 429) => {
                Err(ProviderFault::Refused(self.words()))
            }
            _ => Err(ProviderFault::Unavailable(self.words())),
        }
    }

    fn words(&self) -> String {
        let text: String = self.text.chars().take(WORDS_MAX).collect();
        format!("it answered {}: {text}", self.status)
    }
}

/// A header with a bearer of `secret`.
pub(super) fn bearer(secret: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if let Ok(mut value) = HeaderValue::from_str(&format!("Bearer {secret}")) {
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    headers
}

/// Adds a header whose value is text of ours.
pub(super) fn with(mut headers: HeaderMap, name: &'static str, value: &str) -> HeaderMap {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
    headers
}
