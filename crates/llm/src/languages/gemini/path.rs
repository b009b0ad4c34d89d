//! Paths of the language, which say the model and what it is to do: `/v1beta/models/{model}:generateContent`.

use crate::operation::{CHAT, EMBEDDINGS, Operation};

/// Begin of the paths that no other language has.
const ROOT: &str = "/v1beta/";
/// Begins of the paths of models. Some of Google's clients can be told to ask for the older version.
const MODELS: [&str; 2] = ["/v1beta/models/", "/v1/models/"];

/// The methods of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GeminiMethod {
    /// `generateContent`
    Generate,
    /// `streamGenerateContent`
    Stream,
    /// `countTokens`
    CountTokens,
    /// `embedContent`
    Embed,
    /// `batchEmbedContents`
    EmbedBatch,
}

/// The methods by their names.
const METHODS: [(&str, GeminiMethod); 5] = [
    ("generateContent", GeminiMethod::Generate),
    ("streamGenerateContent", GeminiMethod::Stream),
    ("countTokens", GeminiMethod::CountTokens),
    ("embedContent", GeminiMethod::Embed),
    ("batchEmbedContents", GeminiMethod::EmbedBatch),
];

impl GeminiMethod {
    /// The model and the method that the last part of a path names; `None` for any other text.
    pub fn split(text: &str) -> Option<(&str, Self)> {
        let (model, name) = text.rsplit_once(':')?;
        let (_, method) = METHODS.iter().find(|(own, _)| *own == name)?;
        Some((model, *method))
    }

    /// The operation that a method is; `None` for an estimate, which is none.
    pub fn operation(self) -> Option<&'static Operation> {
        match self {
            Self::Generate | Self::Stream => Some(&CHAT),
            Self::Embed | Self::EmbedBatch => Some(&EMBEDDINGS),
            Self::CountTokens => None,
        }
    }

    /// The method of a path; `None` for a path of anything else.
    pub fn of_path(path: &str) -> Option<Self> {
        let rest = MODELS.iter().find_map(|begin| path.strip_prefix(begin))?;
        Self::split(rest).map(|(_, method)| method)
    }
}

/// True for a path that Google's clients ask for and no others.
pub fn is_gemini_path(path: &str) -> bool {
    path.starts_with(ROOT) || GeminiMethod::of_path(path).is_some()
}

#[cfg(test)]
mod tests {
    use super::{GeminiMethod, is_gemini_path};

    #[test]
    fn the_method_stands_behind_the_last_colon() {
        assert_eq!(
            GeminiMethod::split("llama3:8b:streamGenerateContent"),
            Some(("llama3:8b", GeminiMethod::Stream))
        );
        for other in ["llama3:8b", "m", "m:paint", ""] {
            assert_eq!(GeminiMethod::split(other), None, "{other}");
        }
    }

    #[test]
    fn paths_of_google_are_known_in_both_versions() {
        for path in [
            "/v1beta/models",
            "/v1beta/models/m:countTokens",
            "/v1/models/vendor/m:generateContent",
        ] {
            assert!(is_gemini_path(path), "{path}");
        }
        assert!(!is_gemini_path("/v1/models/m") && !is_gemini_path("/v1/messages"));
    }
}
