//! Rows of the table, in the fewest words.

use crate::language::Language;
use crate::languages::{ANTHROPIC, GEMINI, OPENAI};
use crate::media::ByBytes;
use crate::provider::{AuthStyle, Group, Paths, Provider, Quirk, StreamUsage};

/// A provider that speaks OpenAI's language, takes the credential as a bearer token, and is asked for usage until
/// it refuses. Only the operator knows its address.
pub(super) const fn openai(kind: &'static str, label: &'static str, group: Group) -> Provider {
    Provider {
        kind,
        label,
        group,
        language: &OPENAI,
        further_languages: &[],
        base_url: None,
        paths: Paths::OfLanguage,
        auth: AuthStyle::Bearer,
        stream_usage: StreamUsage::Learn,
        by_bytes: None,
        quirks: &[],
    }
}

/// A provider that speaks Anthropic's language; embeddings and older completions it does not have.
pub(super) const fn anthropic(kind: &'static str, label: &'static str, group: Group) -> Provider {
    Provider {
        language: &ANTHROPIC,
        auth: AuthStyle::Header("x-api-key"),
        stream_usage: StreamUsage::Never,
        ..openai(kind, label, group)
    }
}

/// A provider that only speaks a language of its own.
pub(super) const fn native(
    kind: &'static str,
    label: &'static str,
    group: Group,
    language: &'static Language,
) -> Provider {
    Provider {
        language,
        stream_usage: StreamUsage::Never,
        ..openai(kind, label, group)
    }
}

/// The language that Google's interfaces have beside its own.
static COMPATIBLE: [&Language; 1] = [&OPENAI];

/// A provider that speaks Gemini's language below `own`, and what that lacks in OpenAI's below `compatible`.
pub(super) const fn google(
    kind: &'static str,
    label: &'static str,
    group: Group,
    paths: (&'static str, &'static str),
) -> Provider {
    let (own, compatible) = paths;
    Provider {
        language: &GEMINI,
        further_languages: &COMPATIBLE,
        paths: Paths::Google { own, compatible },
        ..openai(kind, label, group)
    }
}

impl Provider {
    /// Prefers this language, beside OpenAI's, in which the bytes of clients of it still pass.
    pub(super) const fn with_own(
        self,
        language: &'static Language,
        beside: &'static [&'static Language],
    ) -> Self {
        Self {
            language,
            further_languages: beside,
            ..self
        }
    }

    pub(super) const fn with_further(
        self,
        further_languages: &'static [&'static Language],
    ) -> Self {
        Self {
            further_languages,
            ..self
        }
    }

    pub(super) const fn at(self, base_url: &'static str) -> Self {
        Self {
            base_url: Some(base_url),
            ..self
        }
    }

    pub(super) const fn with_paths(self, paths: Paths) -> Self {
        Self { paths, ..self }
    }

    pub(super) const fn with_auth(self, auth: AuthStyle) -> Self {
        Self { auth, ..self }
    }

    pub(super) const fn with_stream_usage(self, stream_usage: StreamUsage) -> Self {
        Self {
            stream_usage,
            ..self
        }
    }

    /// Takes these media as bytes alone, whatever the language says.
    pub(super) const fn with_by_bytes(self, by_bytes: ByBytes) -> Self {
        Self {
            by_bytes: Some(by_bytes),
            ..self
        }
    }

    pub(super) const fn with_quirks(self, quirks: &'static [Quirk]) -> Self {
        Self { quirks, ..self }
    }
}
