//! OpenAI.

use crate::languages::openai::PROTOCOL;
use crate::provider::{AuthStyle, Provider, StreamUsage};

pub(super) static PROVIDER: Provider = Provider {
    kind: "openai",
    protocol: &PROTOCOL,
    base_url: Some("https://api.openai.com/v1"),
    auth: AuthStyle::Bearer,
    stream_usage: StreamUsage::Learn,
};
