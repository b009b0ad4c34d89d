//! Where a model is served, resolved to what a call needs.

use std::sync::Arc;

use http::{HeaderName, HeaderValue, Uri};
use llm::provider::StreamUsage;
use llm::{Endpoint, Protocol};

/// One place that serves one model.
#[derive(Debug)]
pub struct Deployment {
    pub provider: Arc<ConfiguredProvider>,
    pub upstream_model: Arc<str>,
    pub weight: u64,
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
    pub chat_completions: Uri,
    pub completions: Uri,
    pub embeddings: Uri,
}

impl ConfiguredProvider {
    /// Where an endpoint is.
    pub fn uri(&self, endpoint: Endpoint) -> &Uri {
        match endpoint {
            Endpoint::ChatCompletions => &self.chat_completions,
            Endpoint::Completions => &self.completions,
            Endpoint::Embeddings => &self.embeddings,
        }
    }
}
