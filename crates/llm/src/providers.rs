//! The one table of provider kinds. Adding a provider is a file and a line here.

mod anthropic;
mod azure_openai;
mod deepseek;
mod gemini;
mod groq;
mod mistral;
mod ollama;
mod openai;
mod openai_compatible;
mod openrouter;
mod together;
mod vllm;

use crate::provider::Provider;

static PROVIDERS: [&Provider; 12] = [
    &anthropic::PROVIDER,
    &azure_openai::PROVIDER,
    &deepseek::PROVIDER,
    &gemini::PROVIDER,
    &groq::PROVIDER,
    &mistral::PROVIDER,
    &ollama::PROVIDER,
    &openai::PROVIDER,
    &openai_compatible::PROVIDER,
    &openrouter::PROVIDER,
    &together::PROVIDER,
    &vllm::PROVIDER,
];

/// The provider of that kind.
pub fn find(kind: &str) -> Option<&'static Provider> {
    PROVIDERS.into_iter().find(|provider| provider.kind == kind)
}

/// Every kind, in alphabetical order.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    PROVIDERS.into_iter().map(|provider| provider.kind)
}
