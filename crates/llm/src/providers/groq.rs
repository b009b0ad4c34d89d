//! Groq.

use crate::languages::openai::PROTOCOL;
use crate::provider::{AuthStyle, Provider, StreamUsage};

pub(super) static PROVIDER: Provider = Provider {
    kind: "groq",
    protocol: &PROTOCOL,
    base_url: Some("https://api.groq.com/openai/v1"),
    auth: AuthStyle::Bearer,
    stream_usage: StreamUsage::Learn,
};
