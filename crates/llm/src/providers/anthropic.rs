//! Anthropic, through its OpenAI-compatible interface.

use crate::languages::openai::PROTOCOL;
use crate::provider::{AuthStyle, Provider, StreamUsage};

pub(super) static PROVIDER: Provider = Provider {
    kind: "anthropic",
    protocol: &PROTOCOL,
    base_url: Some("https://api.anthropic.com/v1"),
    auth: AuthStyle::Bearer,
    stream_usage: StreamUsage::Learn,
};
