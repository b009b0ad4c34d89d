//! Any server that speaks OpenAI's protocol.

use crate::languages::openai::PROTOCOL;
use crate::provider::{AuthStyle, Provider, StreamUsage};

pub(super) static PROVIDER: Provider = Provider {
    kind: "openai_compatible",
    protocol: &PROTOCOL,
    base_url: None,
    auth: AuthStyle::Bearer,
    stream_usage: StreamUsage::Learn,
};
