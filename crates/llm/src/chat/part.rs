//! The parts of turns and responses.

use super::tool_call::ToolCall;
use crate::json::Value;

/// One part of a turn or of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub content: Content,
    /// The prompt may be cached up to and with this part.
    pub cache: Option<CacheMark>,
    /// The maker's proof of a thought, which the maker wants back as it is.
    pub signature: Option<Signature>,
}

/// The content of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    Text {
        text: String,
        citations: Vec<Citation>,
    },
    Image(Media),
    Audio(Media),
    File(Media),
    Video(Media),
    /// A call of a tool of the client's.
    ToolCall(ToolCall),
    /// The outcome of a call.
    ToolResult(ToolResult),
    /// A thought that may be shown; the text is empty where only the proof was given.
    Reasoning {
        text: String,
        /// The text is a summary of the thought.
        is_summary: bool,
        /// The name that the maker gave it.
        id: Option<String>,
    },
    /// A thought that may not be shown: all of it is the signature.
    Redacted,
    Refusal(String),
    /// A part that only one language knows, such as the run of a tool on the provider's side.
    Opaque {
        language: &'static str,
        value: Value,
    },
}

/// A proof, and the language of its maker: no other may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The name of the language, or of the format where another's is carried by a language.
    pub origin: String,
    pub data: String,
}

/// A mark up to which the prompt may be cached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheMark {
    FiveMinutes,
    OneHour,
}

/// A picture, sound, film or document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    pub source: MediaSource,
    /// The media type, where it is known: `image/png`.
    pub media_type: Option<String>,
    /// The name of the file.
    pub name: Option<String>,
    /// The level of detail at which a picture is looked at.
    pub detail: Option<String>,
}

/// The place of the bytes of media.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaSource {
    /// The bytes, in base64.
    Inline(String),
    Url(String),
    /// A file that the provider has, by its id there.
    Stored(String),
    /// The text of a document.
    Text(String),
}

/// A source of what a text says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    pub url: Option<String>,
    pub title: Option<String>,
    /// The words that are cited.
    pub quote: Option<String>,
    /// Offsets in the text that cites, in characters.
    pub span: Option<(u64, u64)>,
    /// The citation as it came, with its language.
    pub native: Option<(&'static str, Value)>,
}

/// The outcome of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolResult {
    pub call_id: String,
    /// The name of the tool, where the language says it.
    pub name: Option<String>,
    pub parts: Vec<Part>,
    pub is_error: bool,
    pub is_custom: bool,
}

impl ToolResult {
    /// The texts of the outcome, joined by line feeds.
    pub fn text(&self) -> String {
        let texts: Vec<&str> = self.parts.iter().filter_map(Part::as_text).collect();
        texts.join("\n")
    }

    /// True if all parts are text.
    pub fn is_text(&self) -> bool {
        self.parts.iter().all(|part| part.as_text().is_some())
    }
}

impl Part {
    /// A part with nothing beside its content.
    pub fn new(content: Content) -> Self {
        Self {
            content,
            cache: None,
            signature: None,
        }
    }

    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::new(Content::Text {
            text: text.into(),
            citations: Vec::new(),
        })
    }

    /// A thought.
    pub fn reasoning(text: impl Into<String>) -> Self {
        Self::new(Content::Reasoning {
            text: text.into(),
            is_summary: false,
            id: None,
        })
    }

    /// The part with a cache mark.
    #[must_use]
    pub fn with_cache(mut self, cache: Option<CacheMark>) -> Self {
        self.cache = cache;
        self
    }

    /// The part with a signature.
    #[must_use]
    pub fn with_signature(mut self, signature: Option<Signature>) -> Self {
        self.signature = signature;
        self
    }

    /// The text of a text part.
    pub fn as_text(&self) -> Option<&str> {
        match &self.content {
            Content::Text { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The signature, if a maker of this language made it.
    pub fn signature_of(&self, origin: &str) -> Option<&str> {
        let signature = self.signature.as_ref()?;
        (signature.origin == origin).then_some(signature.data.as_str())
    }
}

impl Signature {
    /// Separates the origin from the data where a language has one field for both.
    const MARK: char = '#';

    /// A signature of this language.
    pub fn new(origin: impl Into<String>, data: impl Into<String>) -> Self {
        Self {
            origin: origin.into(),
            data: data.into(),
        }
    }

    /// Reads the field of a language that has one for signatures: its own as it is, another's behind its name.
    pub fn read(field: &str, own: &str) -> Self {
        let foreign = field
            .strip_prefix("yx:")
            .and_then(|rest| rest.split_once(Self::MARK));
        match foreign {
            Some((origin, data)) => Self::new(origin, data),
            None => Self::new(own, field),
        }
    }

    /// The field of a language that has one for signatures.
    pub fn write(&self, own: &str) -> String {
        if self.origin == own {
            return self.data.clone();
        }
        format!("yx:{}{}{}", self.origin, Self::MARK, self.data)
    }
}

impl CacheMark {
    /// The mark of Anthropic's `cache_control`.
    pub fn read(control: &Value) -> Self {
        match control.text_of("ttl") {
            Some("1h") => Self::OneHour,
            _ => Self::FiveMinutes,
        }
    }
}

impl Media {
    /// Media at a URL; the bytes, where it is a `data:` URL.
    pub fn at(url: &str) -> Self {
        let inline = url
            .strip_prefix("data:")
            .and_then(|rest| rest.split_once(";base64,"));
        let (source, media_type) = match inline {
            Some((media_type, data)) => {
                let media_type = media_type.split(';').next().unwrap_or_default();
                let media_type = (!media_type.is_empty()).then(|| media_type.to_owned());
                (MediaSource::Inline(data.to_owned()), media_type)
            }
            None => (MediaSource::Url(url.to_owned()), None),
        };
        Self::of(source, media_type)
    }

    /// Media from this place.
    pub fn of(source: MediaSource, media_type: Option<String>) -> Self {
        Self {
            source,
            media_type,
            name: None,
            detail: None,
        }
    }

    /// The URL of the media, a `data:` URL where the bytes are here; `None` for a file that only its provider has.
    pub fn url(&self, fallback_type: &str) -> Option<String> {
        let media_type = self.media_type.as_deref().unwrap_or(fallback_type);
        match &self.source {
            MediaSource::Url(url) => Some(url.clone()),
            MediaSource::Inline(data) => Some(format!("data:{media_type};base64,{data}")),
            MediaSource::Stored(_) | MediaSource::Text(_) => None,
        }
    }
}

/// Puts proofs in their places: one that Gemini hangs on what follows stands, in a language without a place for it, before
/// it in a thought without text.
pub fn proofs_in_place(parts: Vec<Part>) -> Vec<Part> {
    let mut placed: Vec<Part> = Vec::with_capacity(parts.len());
    let mut proof = None;
    for mut part in parts {
        let is_proof = matches!(&part.content, Content::Reasoning { text, .. } if text.is_empty())
            && part.signature_of("gemini").is_some();
        if is_proof {
            proof = part.signature.take();
            continue;
        }
        if part.signature.is_none() {
            part.signature = proof.take();
        }
        placed.push(part);
    }
    placed
}
