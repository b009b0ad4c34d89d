//! Where a model is served, resolved to what a call needs.

use std::sync::{Arc, OnceLock};

use http::{HeaderName, HeaderValue};
use llm::error::ErrorDetail;
use llm::provider::StreamUsage;
use llm::{Endpoint, Protocol, UpstreamError};

use super::health::Health;
use super::origin::Origin;
use super::request_head::{GetRequest, RequestHead};

/// What is shown in place of words that quote our credential.
const WORDS_WITHHELD: &str =
    "The provider refused the request; its reason is not shown because it quotes a secret.";

/// One place that serves one model.
#[derive(Debug)]
pub struct Deployment {
    pub provider: Arc<ConfiguredProvider>,
    pub upstream_model: Arc<str>,
    pub weight: u64,
    health: OnceLock<Arc<Health>>,
}

impl Deployment {
    pub fn new(provider: Arc<ConfiguredProvider>, upstream_model: Arc<str>, weight: u64) -> Self {
        Self {
            provider,
            upstream_model,
            weight,
            health: OnceLock::new(),
        }
    }

    /// Counts go on where those of the same deployment in an earlier snapshot stand.
    pub fn set_health(&self, health: Arc<Health>) {
        let _ = self.health.set(health);
    }

    pub fn health(&self) -> &Arc<Health> {
        self.health.get_or_init(Arc::default)
    }
}

/// A provider with its address and credential.
#[derive(Debug)]
pub struct ConfiguredProvider {
    pub name: Arc<str>,
    pub protocol: &'static dyn Protocol,
    pub stream_usage: StreamUsage,
    /// How the credential is sent; marked sensitive, so that it does not print.
    pub auth: Option<(HeaderName, HeaderValue)>,
    /// Whether `test` keys may reach it.
    pub serves_test_keys: bool,
    pub origin: Origin,
    /// How requests begin.
    pub chat_completions: RequestHead,
    pub completions: RequestHead,
    pub embeddings: RequestHead,
    /// The list of the provider's models.
    pub models: GetRequest,
}

impl ConfiguredProvider {
    /// The error without the upstream's words, if they quote our credential.
    pub fn without_credential(&self, mut error: UpstreamError) -> UpstreamError {
        let Some((_, value)) = &self.auth else {
            return error;
        };
        let value = String::from_utf8_lossy(value.as_bytes());
        let credential = value.strip_prefix("Bearer ").unwrap_or(&value);
        if let Some(detail) = error.detail_mut() {
            let quotes_credential = [
                Some(&detail.message),
                detail.code.as_ref(),
                detail.param.as_ref(),
            ]
            .into_iter()
            .flatten()
            .any(|text| text.contains(credential));
            if quotes_credential {
                *detail = ErrorDetail {
                    message: WORDS_WITHHELD.to_owned(),
                    ..ErrorDetail::default()
                };
            }
        }
        error
    }

    /// How requests to an endpoint begin.
    pub(super) fn head(&self, endpoint: Endpoint) -> &RequestHead {
        match endpoint {
            Endpoint::ChatCompletions => &self.chat_completions,
            Endpoint::Completions => &self.completions,
            Endpoint::Embeddings => &self.embeddings,
        }
    }
}
