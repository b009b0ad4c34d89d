//! vLLM, on the operator's own machines.

use crate::languages::openai::PROTOCOL;
use crate::provider::{AuthStyle, Provider, StreamUsage};

pub(super) static PROVIDER: Provider = Provider {
    kind: "vllm",
    protocol: &PROTOCOL,
    base_url: None,
    auth: AuthStyle::Bearer,
    stream_usage: StreamUsage::Learn,
};
