//! Inlining: media at URLs become bytes, in a request in the inner form and in one whose own text is sent on.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::part::{Content, Media, MediaSource, Part};
use super::request::Request;
use crate::json::{Object, Value};
use crate::media::{ByBytes, MediaKind};

/// Media that were fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchedMedia {
    /// The media type by the content.
    pub media_type: String,
    /// The bytes, in base64.
    pub base64: String,
    /// The content, where it is a text.
    pub text: Option<String>,
}

/// Media at a URL that have to be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedMedia {
    pub kind: MediaKind,
    pub url: String,
}

impl FetchedMedia {
    /// Media of that type.
    pub fn new(media_type: String, bytes: &[u8]) -> Self {
        let is_text = media_type.starts_with("text/") || media_type == "application/json";
        let text = is_text.then(|| String::from_utf8_lossy(bytes).into_owned());
        Self {
            media_type,
            base64: STANDARD.encode(bytes),
            text,
        }
    }

    /// The media as the value of a URL.
    pub fn data_url(&self) -> String {
        format!("data:{};base64,{}", self.media_type, self.base64)
    }

    fn put_into(self, kind: MediaKind, media: &mut Media) {
        media.media_type = Some(self.media_type);
        media.source = match self.text {
            Some(text) if kind == MediaKind::File => MediaSource::Text(text),
            Some(_) | None => MediaSource::Inline(self.base64),
        };
    }
}

impl Request {
    /// Visits the media of the turns, of results of tools too.
    pub fn visit_media(&mut self, visit: &mut dyn FnMut(MediaKind, &mut Media)) {
        let turns = self.turns.iter_mut().flat_map(|turn| &mut turn.parts);
        for part in self.instructions.iter_mut().chain(turns) {
            match &mut part.content {
                Content::ToolResult(result) => {
                    let parts = result.parts.iter_mut();
                    parts.for_each(|part| visit_one(part, visit));
                }
                _ => visit_one(part, visit),
            }
        }
    }

    /// The media that have to be fetched, each once.
    pub fn wanted_media(&mut self, by_bytes: ByBytes) -> Vec<WantedMedia> {
        let mut wanted: Vec<WantedMedia> = Vec::new();
        self.visit_media(&mut |kind, media| {
            let MediaSource::Url(url) = &media.source else {
                return;
            };
            let is_new = || !wanted.iter().any(|known| known.url == *url);
            if by_bytes.wants(kind, url) && is_new() {
                let url = url.clone();
                wanted.push(WantedMedia { kind, url });
            }
        });
        wanted
    }

    /// Puts what was fetched in the place of its URL.
    pub fn inline_media(&mut self, found: &dyn Fn(&str) -> Option<FetchedMedia>) {
        self.visit_media(&mut |kind, media| {
            let fetched = match &media.source {
                MediaSource::Url(url) => found(url),
                _ => None,
            };
            if let Some(fetched) = fetched {
                fetched.put_into(kind, media);
            }
        });
    }
}

fn visit_one(part: &mut Part, visit: &mut dyn FnMut(MediaKind, &mut Media)) {
    match &mut part.content {
        Content::Image(media) => visit(MediaKind::Image, media),
        Content::Audio(media) => visit(MediaKind::Audio, media),
        Content::Video(media) => visit(MediaKind::Video, media),
        Content::File(media) => visit(MediaKind::File, media),
        _ => {}
    }
}

/// The text of a request with what was fetched in the places where its URLs stand, in the shapes of every language that
/// clients speak; `None` for a text that is no JSON.
pub fn body_with_media(
    body: &[u8],
    found: &dyn Fn(&str) -> Option<FetchedMedia>,
) -> Option<String> {
    Some(with_media(Value::read(body)?, found).to_json())
}

/// Members that are the URL of media, or an object with it.
const URL_MEMBERS: [&str; 4] = ["image_url", "video_url", "audio_url", "file_url"];

fn with_media(value: Value, found: &dyn Fn(&str) -> Option<FetchedMedia>) -> Value {
    match value {
        Value::List(items) => {
            let items = items.into_iter().map(|item| with_media(item, found));
            Value::List(items.collect())
        }
        Value::Object(members) => {
            let members = members.into_iter();
            Value::Object(members.map(|member| with_member(member, found)).collect())
        }
        other => other,
    }
}

fn with_member(
    (name, value): (String, Value),
    found: &dyn Fn(&str) -> Option<FetchedMedia>,
) -> (String, Value) {
    let at = |place: Option<&Value>| place.and_then(Value::text).and_then(found);
    let fetched = match name.as_str() {
        "fileData" | "file_data" if value.get("fileUri").is_some() => {
            at(value.get("fileUri")).map(|media| {
                let data = Object::new()
                    .with("mimeType", media.media_type)
                    .with("data", media.base64);
                ("inlineData".to_owned(), data.into())
            })
        }
        "source" if value.text_of("type") == Some("url") => at(value.get("url")).map(|media| {
            let source = Object::of_type("base64")
                .with("media_type", media.media_type)
                .with("data", media.base64);
            (name.clone(), source.into())
        }),
        // A file of responses has its bytes in another member.
        "file_url" if value.text().is_some() => {
            at(Some(&value)).map(|media| ("file_data".to_owned(), media.data_url().into()))
        }
        member if URL_MEMBERS.contains(&member) || member == "file_data" => {
            match at(Some(&value)) {
                Some(media) => Some((name.clone(), media.data_url().into())),
                None => at(value.get("url")).map(|media| {
                    let url = Value::from(media.data_url());
                    (name.clone(), with_url(value.clone(), url))
                }),
            }
        }
        _ => None,
    };
    fetched.unwrap_or_else(|| (name, with_media(value, found)))
}

fn with_url(value: Value, url: Value) -> Value {
    let Value::Object(mut members) = value else {
        return value;
    };
    if let Some((_, place)) = members.iter_mut().find(|(name, _)| name == "url") {
        *place = url;
    }
    Value::Object(members)
}

#[cfg(test)]
mod tests {
    use super::{FetchedMedia, body_with_media};

    fn found(url: &str) -> Option<FetchedMedia> {
        (url == "https://e.example/a").then(|| FetchedMedia::new("image/png".to_owned(), b"\0"))
    }

    #[test]
    fn each_language_has_its_bytes_where_its_url_was() {
        let cases = [
            (
                r#"{"n":1.50,"image_url":{"url":"https://e.example/a","detail":"low"}}"#,
                r#"{"n":1.50,"image_url":{"url":"data:image/png;base64,AA==","detail":"low"}}"#,
            ),
            (
                r#"[{"image_url":"https://e.example/a"}]"#,
                r#"[{"image_url":"data:image/png;base64,AA=="}]"#,
            ),
            (
                r#"{"file":{"file_data":"https://e.example/a"}}"#,
                r#"{"file":{"file_data":"data:image/png;base64,AA=="}}"#,
            ),
            (
                r#"{"file_url":"https://e.example/a"}"#,
                r#"{"file_data":"data:image/png;base64,AA=="}"#,
            ),
            (
                r#"{"source":{"type":"url","url":"https://e.example/a"}}"#,
                r#"{"source":{"type":"base64","media_type":"image/png","data":"AA=="}}"#,
            ),
            (
                r#"{"fileData":{"fileUri":"https://e.example/a"}}"#,
                r#"{"inlineData":{"mimeType":"image/png","data":"AA=="}}"#,
            ),
            (
                r#"{"image_url":{"url":"https://e.example/other"},"url":"https://e.example/a"}"#,
                r#"{"image_url":{"url":"https://e.example/other"},"url":"https://e.example/a"}"#,
            ),
        ];
        for (body, expected) in cases {
            assert_eq!(body_with_media(body.as_bytes(), &found).unwrap(), expected);
        }
    }
}
