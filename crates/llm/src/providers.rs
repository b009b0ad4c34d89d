//! The one table of provider kinds. To add a provider on a known language is to add a row here and a line to
//! `docs/site/providers.md`.

use crate::language::Language;
use crate::languages::{ANTHROPIC, OPENAI, RESPONSES};
use crate::provider::{AuthStyle, Provider, StreamUsage};

/// Every kind, in alphabetical order.
pub static PROVIDERS: [Provider; 13] = [
    ANTHROPIC_API,
    // Any server that speaks Anthropic's language.
    Provider {
        kind: "anthropic_compatible",
        label: "Anthropic-compatible",
        base_url: None,
        ..ANTHROPIC_API
    },
    // Its v1 interface: `https://RESOURCE.openai.azure.com/openai/v1`.
    openai("azure_openai", "Azure OpenAI").with_auth(AuthStyle::Header("api-key")),
    openai_at("deepseek", "DeepSeek", "https://api.deepseek.com/v1"),
    // Through its OpenAI-compatible interface.
    openai_at(
        "gemini",
        "Google Gemini",
        "https://generativelanguage.googleapis.com/v1beta/openai",
    ),
    openai_at("groq", "Groq", "https://api.groq.com/openai/v1"),
    // Streams end with usage unasked, and options that are not known are refused.
    openai_at("mistral", "Mistral", "https://api.mistral.ai/v1")
        .with_stream_usage(StreamUsage::Never),
    // On the operator's own machine.
    openai_at("ollama", "Ollama", "http://127.0.0.1:11434/v1"),
    openai_at("openai", "OpenAI", "https://api.openai.com/v1").with_further(&[&RESPONSES]),
    // Any server that speaks OpenAI's language.
    openai("openai_compatible", "OpenAI-compatible"),
    openai_at("openrouter", "OpenRouter", "https://openrouter.ai/api/v1"),
    openai_at("together", "Together", "https://api.together.xyz/v1"),
    // On the operator's own machines.
    openai("vllm", "vLLM"),
];

/// Anthropic, in its own language; embeddings and older completions it does not have.
const ANTHROPIC_API: Provider = Provider {
    language: &ANTHROPIC,
    auth: AuthStyle::Header("x-api-key"),
    stream_usage: StreamUsage::Never,
    ..openai_at("anthropic", "Anthropic", "https://api.anthropic.com/v1")
};

/// The provider of that kind.
pub fn find(kind: &str) -> Option<&'static Provider> {
    PROVIDERS.iter().find(|provider| provider.kind == kind)
}

/// A provider that speaks OpenAI's language, takes the credential as a bearer token, and is asked for usage until
/// it refuses. Only the operator knows its address.
const fn openai(kind: &'static str, label: &'static str) -> Provider {
    Provider {
        kind,
        label,
        language: &OPENAI,
        further_languages: &[],
        base_url: None,
        auth: AuthStyle::Bearer,
        stream_usage: StreamUsage::Learn,
    }
}

/// The provider with its address.
const fn openai_at(kind: &'static str, label: &'static str, base_url: &'static str) -> Provider {
    Provider {
        base_url: Some(base_url),
        ..openai(kind, label)
    }
}

impl Provider {
    const fn with_further(self, further_languages: &'static [&'static Language]) -> Self {
        Self {
            further_languages,
            ..self
        }
    }

    const fn with_auth(self, auth: AuthStyle) -> Self {
        Self { auth, ..self }
    }

    const fn with_stream_usage(self, stream_usage: StreamUsage) -> Self {
        Self {
            stream_usage,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PROVIDERS;

    #[test]
    fn kinds_are_in_alphabetical_order_and_unique() {
        let kinds: Vec<&str> = PROVIDERS.iter().map(|provider| provider.kind).collect();
        assert!(kinds.is_sorted_by(|one, next| one < next), "{kinds:?}");
    }

    #[test]
    fn every_kind_is_described_for_operators() {
        let page = include_str!("../../../docs/site/providers.md");
        for provider in &PROVIDERS {
            let kind = format!("`{}`", provider.kind);
            assert!(
                page.contains(&kind),
                "{kind} is not in docs/site/providers.md"
            );
        }
    }
}
