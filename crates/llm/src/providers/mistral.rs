//! Mistral. Its streams end with usage unasked, and its validation refuses options that it does not know.

use crate::languages::openai::PROTOCOL;
use crate::provider::{AuthStyle, Provider, StreamUsage};

pub(super) static PROVIDER: Provider = Provider {
    kind: "mistral",
    protocol: &PROTOCOL,
    base_url: Some("https://api.mistral.ai/v1"),
    auth: AuthStyle::Bearer,
    stream_usage: StreamUsage::Never,
};
