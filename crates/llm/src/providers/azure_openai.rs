//! Azure OpenAI, its v1 interface: `https://RESOURCE.openai.azure.com/openai/v1`.

use crate::languages::openai::PROTOCOL;
use crate::provider::{AuthStyle, Provider, StreamUsage};

pub(super) static PROVIDER: Provider = Provider {
    kind: "azure_openai",
    protocol: &PROTOCOL,
    base_url: None,
    auth: AuthStyle::Header("api-key"),
    stream_usage: StreamUsage::Learn,
};
