//! Ollama, on the operator's own machine.

use crate::languages::openai::PROTOCOL;
use crate::provider::{AuthStyle, Provider, StreamUsage};

pub(super) static PROVIDER: Provider = Provider {
    kind: "ollama",
    protocol: &PROTOCOL,
    base_url: Some("http://127.0.0.1:11434/v1"),
    auth: AuthStyle::Bearer,
    stream_usage: StreamUsage::Learn,
};
