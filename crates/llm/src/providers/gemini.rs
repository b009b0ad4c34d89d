//! Google Gemini, through its OpenAI-compatible interface.

use crate::languages::openai::PROTOCOL;
use crate::provider::{AuthStyle, Provider, StreamUsage};

pub(super) static PROVIDER: Provider = Provider {
    kind: "gemini",
    protocol: &PROTOCOL,
    base_url: Some("https://generativelanguage.googleapis.com/v1beta/openai"),
    auth: AuthStyle::Bearer,
    stream_usage: StreamUsage::Learn,
};
