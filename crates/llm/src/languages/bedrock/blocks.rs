//! Writing blocks of content.

use super::NAME;
use crate::chat::{CacheMark, Content, Losses, Media, MediaSource, Part, ToolResult};
use crate::error::TranslateError;
use crate::json::{Object, Value};

/// The formats of pictures, by the second word of their media type.
const PICTURES: [&str; 4] = ["png", "jpeg", "gif", "webp"];
/// The formats of films, by the second word of their media type.
const FILMS: [(&str, &str); 9] = [
    ("mp4", "mp4"),
    ("webm", "webm"),
    ("quicktime", "mov"),
    ("x-matroska", "mkv"),
    ("mpeg", "mpeg"),
    ("x-flv", "flv"),
    ("x-ms-wmv", "wmv"),
    ("3gpp", "three_gp"),
    ("mpg", "mpg"),
];
/// The formats of documents, by their media type.
const DOCUMENTS: [(&str, &str); 9] = [
    ("application/pdf", "pdf"),
    ("text/csv", "csv"),
    ("application/msword", "doc"),
    (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "docx",
    ),
    ("application/vnd.ms-excel", "xls"),
    (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xlsx",
    ),
    ("text/html", "html"),
    ("text/plain", "txt"),
    ("text/markdown", "md"),
];
/// The longest name of a document.
const NAME_CHARS_MAX: usize = 200;

/// Writes blocks; documents are counted, because each needs a name of its own.
#[derive(Debug)]
pub(super) struct Writer<'a> {
    losses: &'a Losses,
    /// The model is one of Anthropic's, to whom Anthropic's proofs belong.
    is_anthropic: bool,
    documents: u64,
}

impl<'a> Writer<'a> {
    pub(super) fn new(losses: &'a Losses, is_anthropic: bool) -> Self {
        Self {
            losses,
            is_anthropic,
            documents: 0,
        }
    }

    /// Adds the blocks that a part is: none for one that is left out, and one more for a cache mark.
    ///
    /// # Errors
    /// If the part has no place in the language.
    pub(super) fn add(&mut self, part: &Part, out: &mut Vec<Object>) -> Result<(), TranslateError> {
        let Some(block) = self.block(part)? else {
            return Ok(());
        };
        out.push(block);
        out.extend(part.cache.map(cache_point));
        Ok(())
    }

    fn block(&mut self, part: &Part) -> Result<Option<Object>, TranslateError> {
        let block = match &part.content {
            // A blank text is refused.
            Content::Text { text, .. } | Content::Refusal(text) if text.trim().is_empty() => {
                return Ok(None);
            }
            Content::Text { text, .. } | Content::Refusal(text) => {
                Object::new().with("text", text.as_str())
            }
            Content::Reasoning { text, .. } => match self.proof(part) {
                Some(signature) => {
                    let thought = Object::new()
                        .with("text", text.as_str())
                        .with("signature", signature);
                    reasoning("reasoningText", thought)
                }
                None => return Ok(None),
            },
            Content::Redacted => match part.signature_of(NAME) {
                Some(data) => reasoning("redactedContent", data),
                None => return Ok(None),
            },
            Content::ToolCall(call) => {
                let call = Object::new()
                    .with("toolUseId", call.id.as_str())
                    .with("name", call.name.as_str())
                    .with("input", call.arguments_object());
                Object::new().with("toolUse", call)
            }
            Content::ToolResult(result) => self.result(result)?,
            Content::Image(media) => {
                let image = picture(media).ok_or_else(|| self.losses.refusal("image"))?;
                Object::new().with("image", image)
            }
            Content::Video(media) => {
                let video = film(media).ok_or_else(|| self.losses.refusal("video_url"))?;
                Object::new().with("video", video)
            }
            Content::File(media) => {
                self.documents += 1;
                let document = document(media, self.documents);
                let document = document.ok_or_else(|| self.losses.refusal("file"))?;
                Object::new().with("document", document)
            }
            Content::Audio(_) => return Err(self.losses.refusal("input_audio")),
            Content::Opaque { .. } => return Ok(None),
        };
        Ok(Some(block))
    }

    /// The proof of a thought, if the model's maker made it.
    fn proof<'p>(&self, part: &'p Part) -> Option<&'p str> {
        let of_maker = || part.signature_of("anthropic").filter(|_| self.is_anthropic);
        part.signature_of(NAME).or_else(of_maker)
    }

    fn result(&mut self, result: &ToolResult) -> Result<Object, TranslateError> {
        let mut content = Vec::new();
        for part in &result.parts {
            content.extend(self.block(part)?);
        }
        if content.is_empty() {
            content.push(Object::new().with("json", Value::empty_object()));
        }
        let written = Object::new()
            .with("toolUseId", result.call_id.as_str())
            .with("content", content)
            .maybe("status", result.is_error.then_some("error"));
        Ok(Object::new().with("toolResult", written))
    }
}

fn reasoning(name: &str, value: impl Into<Value>) -> Object {
    Object::new().with("reasoningContent", Object::new().with(name, value))
}

/// A mark up to which the prompt may be cached.
pub(super) fn cache_point(mark: CacheMark) -> Object {
    let point = Object::of_type("default");
    let point = match mark {
        CacheMark::FiveMinutes => point,
        CacheMark::OneHour => point.with("ttl", "1h"),
    };
    Object::new().with("cachePoint", point)
}

fn bytes(media: &Media) -> Option<Object> {
    match &media.source {
        MediaSource::Inline(data) => Some(Object::new().with("bytes", data.as_str())),
        MediaSource::Text(text) => Some(Object::new().with("text", text.as_str())),
        // The language takes bytes, and places at S3.
        MediaSource::Url(url) if url.starts_with("s3://") => {
            let place = Object::new().with("uri", url.as_str());
            Some(Object::new().with("s3Location", place))
        }
        MediaSource::Url(_) | MediaSource::Stored(_) => None,
    }
}

fn of_format(format: &str, media: &Media) -> Option<Object> {
    Some(
        Object::new()
            .with("format", format)
            .with("source", bytes(media)?),
    )
}

fn picture(media: &Media) -> Option<Object> {
    let named = media.media_type.as_deref().unwrap_or("image/png");
    let format = named.strip_prefix("image/")?;
    let format = if format == "jpg" { "jpeg" } else { format };
    PICTURES
        .contains(&format)
        .then(|| of_format(format, media))?
}

fn film(media: &Media) -> Option<Object> {
    let named = media.media_type.as_deref().unwrap_or("video/mp4");
    let format = named.strip_prefix("video/")?;
    let (_, format) = FILMS.iter().find(|(named, _)| *named == format)?;
    of_format(format, media)
}

fn document(media: &Media, number: u64) -> Option<Object> {
    let fallback = match media.source {
        MediaSource::Text(_) => "text/plain",
        _ => "application/pdf",
    };
    let named = media.media_type.as_deref().unwrap_or(fallback);
    let (_, format) = DOCUMENTS
        .iter()
        .find(|(media_type, _)| *media_type == named)?;
    let document = Object::new()
        .with("format", *format)
        .with("name", document_name(media.name.as_deref(), number))
        .with("source", bytes(media)?);
    Some(document)
}

/// A name of letters, digits, hyphens and single spaces, which no other document of the request has.
fn document_name(name: Option<&str>, number: u64) -> String {
    let name = name.unwrap_or("document");
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let letters = stem.chars().take(NAME_CHARS_MAX).map(|letter| {
        let is_taken = letter.is_ascii_alphanumeric() || letter == '-';
        if is_taken { letter } else { ' ' }
    });
    let letters: String = letters.collect();
    let words: Vec<&str> = letters.split_whitespace().collect();
    let name = words.join(" ");
    match (name.is_empty(), number) {
        (true, _) => format!("document {number}"),
        (false, 1) => name,
        (false, _) => format!("{name} {number}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Losses, Media, MediaSource, Part, Writer, document_name};
    use crate::chat::{CacheMark, Content};
    use crate::json::Value;

    fn written(part: &Part) -> String {
        let losses = Losses::of("openai");
        let mut out = Vec::new();
        Writer::new(&losses, true).add(part, &mut out).unwrap();
        Value::from(out).to_json()
    }

    #[test]
    fn names_of_documents_are_plain_and_unique() {
        assert_eq!(document_name(Some("Q3 report_(v2).pdf"), 1), "Q3 report v2");
        assert_eq!(document_name(Some("Q3.pdf"), 2), "Q3 2");
        assert_eq!(document_name(Some("报告.pdf"), 3), "document 3");
        assert_eq!(document_name(None, 1), "document");
    }

    #[test]
    fn a_mark_is_a_block_of_its_own() {
        let part = Part::text("long").with_cache(Some(CacheMark::OneHour));
        let expected = r#"[{"text":"long"},{"cachePoint":{"type":"default","ttl":"1h"}}]"#;
        assert_eq!(written(&part), expected);
        let blank = Part::text(" ").with_cache(Some(CacheMark::FiveMinutes));
        assert_eq!(written(&blank), "[]");
    }

    #[test]
    fn media_are_bytes_with_a_format_and_a_page_elsewhere_is_refused() {
        let media = |source, kind: &str| Media::of(source, Some(kind.to_owned()));
        let inline = MediaSource::Inline("AA==".to_owned());
        let image = Part::new(Content::Image(media(inline, "image/jpg")));
        assert_eq!(
            written(&image),
            r#"[{"image":{"format":"jpeg","source":{"bytes":"AA=="}}}]"#
        );
        let losses = Losses::of("openai");
        let url = MediaSource::Url("https://example.com/a.png".to_owned());
        let elsewhere = Part::new(Content::Image(media(url, "image/png")));
        let refused = Writer::new(&losses, true).add(&elsewhere, &mut Vec::new());
        assert_eq!(refused.unwrap_err().param(), Some("image"));
    }
}
