//! Together AI.

use crate::languages::openai::PROTOCOL;
use crate::provider::{AuthStyle, Provider, StreamUsage};

pub(super) static PROVIDER: Provider = Provider {
    kind: "together",
    protocol: &PROTOCOL,
    base_url: Some("https://api.together.xyz/v1"),
    auth: AuthStyle::Bearer,
    stream_usage: StreamUsage::Learn,
};
