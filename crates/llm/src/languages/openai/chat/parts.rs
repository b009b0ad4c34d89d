//! The parts of a message's content.

use crate::chat::{CacheMark, Content, Media, MediaSource, Part};
use crate::json::{Fields, Object, Value};

use super::super::NAME;

/// The parts of a content: a text, or a list of parts.
pub(super) fn read(content: Value) -> Vec<Part> {
    match content {
        Value::Text(text) => vec![Part::text(text)],
        Value::List(items) => items.into_iter().flat_map(part).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    }
}

fn part(item: Value) -> Option<Part> {
    if let Value::Text(text) = item {
        return Some(Part::text(text));
    }
    let whole = item.clone();
    let mut fields = Fields::of(item);
    let cache = fields
        .take("cache_control")
        .map(|control| CacheMark::read(&control));
    let kind = fields.text("type").unwrap_or_default();
    let content = match kind.as_str() {
        "text" | "input_text" | "output_text" => {
            return Some(Part::text(fields.text("text")?).with_cache(cache));
        }
        "refusal" => Content::Refusal(fields.text("refusal")?),
        "thinking" => return Some(Part::reasoning(thought(fields.take("thinking")?))),
        "image_url" => {
            let url = fields.take("image_url")?;
            let mut media = Media::at(url.text().or_else(|| url.text_of("url"))?);
            media.detail = url.text_of("detail").map(str::to_owned);
            Content::Image(media)
        }
        "video_url" => {
            let url = fields.take("video_url")?;
            Content::Video(Media::at(url.text().or_else(|| url.text_of("url"))?))
        }
        "audio_url" => {
            let url = fields.take("audio_url")?;
            Content::Audio(Media::at(url.text().or_else(|| url.text_of("url"))?))
        }
        "file_url" => {
            let url = fields.take("file_url")?;
            let mut media = Media::at(url.text().or_else(|| url.text_of("url"))?);
            media.name = url.text_of("filename").map(str::to_owned);
            Content::File(media)
        }
        "input_audio" => {
            let mut audio = fields.fields("input_audio");
            let media_type = audio.text("format").map(|format| format!("audio/{format}"));
            Content::Audio(Media::of(
                MediaSource::Inline(audio.text("data")?),
                media_type,
            ))
        }
        "file" => Content::File(file(fields.fields("file"))?),
        _ => Content::Opaque {
            language: NAME,
            value: whole,
        },
    };
    Some(Part::new(content).with_cache(cache))
}

fn file(mut fields: Fields) -> Option<Media> {
    let mut media = match (fields.text("file_data"), fields.text("file_id")) {
        (Some(data), _) if data.starts_with("data:") || data.starts_with("http") => {
            Media::at(&data)
        }
        (Some(data), _) => Media::of(
            MediaSource::Inline(data),
            Some("application/pdf".to_owned()),
        ),
        (None, Some(id)) => Media::of(MediaSource::Stored(id), None),
        (None, None) => return None,
    };
    media.name = fields.text("filename");
    Some(media)
}

/// The text of a thought, which Mistral writes as a list of texts.
pub(super) fn thought(value: Value) -> String {
    match value {
        Value::Text(text) => text,
        Value::List(items) => {
            let texts = items.iter().filter_map(|item| item.text_of("text"));
            texts.collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => String::new(),
    }
}

/// The content of a user's message: a text where that is all, else a list.
///
/// # Errors
/// If a part has no place in the language: the name of its kind.
pub(super) fn write(parts: &[Part]) -> Result<Value, &'static str> {
    if let [part] = parts
        && let Some(text) = part.as_text()
    {
        return Ok(text.into());
    }
    let items: Result<Vec<Value>, _> = parts.iter().filter_map(write_part).collect();
    Ok(Value::List(items?))
}

fn write_part(part: &Part) -> Option<Result<Value, &'static str>> {
    Some(Ok(match &part.content {
        Content::Text { text, .. } => Object::of_type("text").with("text", text.as_str()).into(),
        Content::Image(media) => {
            let Some(url) = media.url("image/png") else {
                return Some(Err("image"));
            };
            let image = Object::new()
                .with("url", url)
                .maybe("detail", media.detail.as_deref());
            Object::of_type("image_url").with("image_url", image).into()
        }
        Content::Audio(Media {
            source: MediaSource::Inline(data),
            media_type,
            ..
        }) => {
            let format = media_type
                .as_deref()
                .and_then(|kind| kind.split('/').nth(1));
            let format = match format {
                Some("mpeg" | "mp3") => "mp3",
                Some("x-wav" | "wave") | None => "wav",
                Some(format) => format,
            };
            let audio = Object::new()
                .with("data", data.as_str())
                .with("format", format);
            Object::of_type("input_audio")
                .with("input_audio", audio)
                .into()
        }
        Content::File(media) => match write_file(media) {
            Some(file) => file,
            None => return Some(Err("document")),
        },
        Content::Video(media) => {
            let Some(url) = media.url("video/mp4") else {
                return Some(Err("video"));
            };
            Object::of_type("video_url")
                .with("video_url", Object::new().with("url", url))
                .into()
        }
        Content::Audio(_) => return Some(Err("audio")),
        _ => return None,
    }))
}

fn write_file(media: &Media) -> Option<Value> {
    let name = media.name.as_deref();
    match &media.source {
        MediaSource::Text(text) => {
            let text = match name {
                Some(name) => format!("{name}\n\n{text}"),
                None => text.clone(),
            };
            Some(Object::of_type("text").with("text", text).into())
        }
        MediaSource::Inline(_) => {
            let file = Object::new()
                .with("filename", name.unwrap_or("document.pdf"))
                .with("file_data", media.url("application/pdf")?);
            Some(Object::of_type("file").with("file", file).into())
        }
        // The language takes bytes alone; OpenRouter takes a URL in their place.
        MediaSource::Url(url) => {
            let file = Object::new()
                .with("filename", name.unwrap_or("document.pdf"))
                .with("file_data", url.as_str());
            Some(Object::of_type("file").with("file", file).into())
        }
        MediaSource::Stored(_) => None,
    }
}
