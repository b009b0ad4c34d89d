//! OpenRouter.

use crate::languages::openai::PROTOCOL;
use crate::provider::{AuthStyle, Provider, StreamUsage};

pub(super) static PROVIDER: Provider = Provider {
    kind: "openrouter",
    protocol: &PROTOCOL,
    base_url: Some("https://openrouter.ai/api/v1"),
    auth: AuthStyle::Bearer,
    stream_usage: StreamUsage::Learn,
};
