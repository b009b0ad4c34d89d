//! `POST /v1/images/…`: small pictures of one colour, made from the hash of what was asked.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::request::Parts;
use serde_json::{Value, json};

use crate::diagnose::{check_integer, parse};
use crate::directives::{Directives, Fault, without_phrases};
use crate::errors::{ApiError, json as to_json};
use crate::form::Form;
use crate::models::{CREATED, ModelName};
use crate::perform::{Content, Outcome};
use crate::{hash, png, tokens};

const IMAGES_MAX: i64 = 10;
/// Tokens of a picture, in and out, by its quality.
const TOKENS: [(&str, u64); 3] = [("low", 272), ("medium", 1_056), ("high", 4_160)];
const TOKENS_DEFAULT: u64 = 1_056;

/// The parameters of a request, wherever they stand.
struct Asked {
    prompt: String,
    n: i64,
    quality: String,
    is_streamed: bool,
    partial_images: i64,
    pictures: u64,
}

pub(crate) fn generate(head: &Parts, body: &Bytes) -> Result<Outcome, ApiError> {
    let request: Value = parse(body)?;
    let prompt = request["prompt"]
        .as_str()
        .ok_or_else(|| ApiError::missing("prompt"))?;
    let asked = Asked {
        prompt: prompt.to_owned(),
        n: request["n"].as_i64().unwrap_or(1),
        quality: request["quality"].as_str().unwrap_or_default().to_owned(),
        is_streamed: request["stream"].as_bool().unwrap_or_default(),
        partial_images: request["partial_images"].as_i64().unwrap_or_default(),
        pictures: request["images"].as_array().map_or(0, Vec::len) as u64,
    };
    let model = request["model"].as_str().unwrap_or_default();
    respond(head, model, &asked, "image_generation")
}

/// Edits and variations: a form, or JSON where pictures are named.
pub(crate) fn edit(head: &Parts, body: &Bytes) -> Result<Outcome, ApiError> {
    let Some(form) = Form::read(body) else {
        return generate(head, body);
    };
    let text = |name| form.text(name).unwrap_or_default();
    let number = |name| text(name).parse().ok();
    let pictures = form.files("image") + form.files("image[]");
    if pictures == 0 {
        return Err(ApiError::missing("image"));
    }
    let asked = Asked {
        prompt: text("prompt").to_owned(),
        n: number("n").unwrap_or(1),
        quality: text("quality").to_owned(),
        is_streamed: text("stream") == "true",
        partial_images: number("partial_images").unwrap_or_default(),
        pictures,
    };
    respond(head, text("model"), &asked, "image_edit")
}

fn respond(head: &Parts, model: &str, asked: &Asked, kind: &str) -> Result<Outcome, ApiError> {
    if model.is_empty() {
        return Err(ApiError::missing("model"));
    }
    let model = ModelName::parse(model)?;
    let texts = std::iter::once(&*asked.prompt);
    let directives = Directives::gather(model.directives, &head.headers, texts)?;
    check_integer("n", Some(asked.n), 1, IMAGES_MAX)?;
    let content = if directives.content_filter {
        Err(ApiError::content_filter())
    } else if asked.is_streamed {
        Ok(events(asked, &directives, kind))
    } else {
        Ok(whole(asked, &directives))
    };
    Ok(Outcome {
        directives,
        content,
    })
}

fn whole(asked: &Asked, directives: &Directives) -> Content {
    let prompt: String = without_phrases(&asked.prompt).collect();
    let pictures = (0..asked.n).map(|index| json!({"b64_json": picture(&prompt, index)}));
    let pictures: Vec<Value> = pictures.collect();
    let mut body = json!({
        "created": CREATED,
        "background": "opaque",
        "output_format": "png",
        "size": "1024x1024",
        "data": pictures,
    });
    if directives.fault != Some(Fault::NoUsage) {
        body["usage"] = usage(asked, &prompt);
    }
    Content::Json {
        body: to_json(&body),
        words: 0,
    }
}

fn events(asked: &Asked, directives: &Directives, kind: &str) -> Content {
    let prompt: String = without_phrases(&asked.prompt).collect();
    let mut text = String::new();
    let mut add = |name: &str, event: Value| {
        let name = format!("{kind}.{name}");
        let mut event = event;
        event["type"] = json!(name);
        text.push_str(&format!("event: {name}\ndata: {event}\n\n"));
    };
    for index in 0..asked.partial_images.clamp(0, 3) {
        let partial = picture(&prompt, index + 100);
        add(
            "partial_image",
            json!({"b64_json": partial, "partial_image_index": index}),
        );
    }
    let mut last = json!({"b64_json": picture(&prompt, 0), "created_at": CREATED});
    if directives.fault != Some(Fault::NoUsage) {
        last["usage"] = usage(asked, &prompt);
    }
    add("completed", last);
    Content::Bytes {
        content_type: "text/event-stream",
        body: text.into(),
    }
}

fn usage(asked: &Asked, prompt: &str) -> Value {
    let of_text = tokens::count(prompt);
    let of_pictures = asked.pictures * TOKENS_DEFAULT;
    let each = TOKENS.iter().find(|(name, _)| *name == asked.quality);
    let each = each.map_or(TOKENS_DEFAULT, |(_, tokens)| *tokens);
    let made = each * u64::try_from(asked.n).unwrap_or_default();
    json!({
        "input_tokens": of_text + of_pictures,
        "input_tokens_details": {"text_tokens": of_text, "image_tokens": of_pictures},
        "output_tokens": made,
        "total_tokens": of_text + of_pictures + made,
    })
}

fn picture(prompt: &str, index: i64) -> String {
    let seed = hash::combine(hash::of(prompt.as_bytes()), index.unsigned_abs());
    let [red, green, blue, ..] = seed.to_le_bytes();
    STANDARD.encode(png::of_colour([red, green, blue]))
}
