//! DeepSeek.

use crate::languages::openai::PROTOCOL;
use crate::provider::{AuthStyle, Provider, StreamUsage};

pub(super) static PROVIDER: Provider = Provider {
    kind: "deepseek",
    protocol: &PROTOCOL,
    base_url: Some("https://api.deepseek.com/v1"),
    auth: AuthStyle::Bearer,
    stream_usage: StreamUsage::Learn,
};
