//! `POST /v1/audio/…`: a tone for a text, and words for a sound.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::request::Parts;
use serde_json::{Value, json};

use crate::diagnose::{invalid_type, parse};
use crate::directives::{Directives, Fault, without_phrases};
use crate::errors::{ApiError, json as to_json};
use crate::form::Form;
use crate::hash;
use crate::models::ModelName;
use crate::perform::{Content, Outcome};
use crate::{tokens, words};

/// Samples of a second, of 16 bits each.
const RATE: u32 = 8_000;
const BYTES_PER_SECOND: usize = 16_000;
/// Words that are spoken in a second.
const WORDS_PER_SECOND: u64 = 2;
const WAV_HEAD: usize = 44;

/// Formats of speech with their types. Where a format is none of these, the sandbox has no encoder for it and responds
/// with WAV.
const FORMATS: [(&str, &str); 2] = [("pcm", "audio/pcm"), ("wav", "audio/wav")];

pub(crate) fn speak(head: &Parts, body: &Bytes) -> Result<Outcome, ApiError> {
    let request: Value = parse(body)?;
    let model = request["model"]
        .as_str()
        .ok_or_else(|| ApiError::missing("model"))?;
    let model = ModelName::parse(model)?;
    let input = match &request["input"] {
        Value::Null => return Err(ApiError::missing("input")),
        Value::String(text) => text,
        _ => return Err(invalid_type("input", "a string", "another type")),
    };
    let directives =
        Directives::gather(model.directives, &head.headers, std::iter::once(&**input))?;
    let text: String = without_phrases(input).collect();
    let seconds = tokens::count(&text).div_ceil(WORDS_PER_SECOND).max(1);
    let samples = tone(hash::of(text.as_bytes()), seconds);
    let format = request["response_format"].as_str().unwrap_or("wav");
    let (format, content_type) = FORMATS
        .into_iter()
        .find(|(name, _)| *name == format)
        .unwrap_or(("wav", "audio/wav"));
    let sound = if format == "pcm" {
        samples
    } else {
        wav(&samples)
    };
    let content = if request["stream_format"] == "sse" {
        let in_tokens = tokens::count(&text);
        let audio = json!({"type": "speech.audio.delta", "audio": STANDARD.encode(&sound)});
        let usage = json!({"input_tokens": in_tokens, "output_tokens": seconds * 20, "total_tokens": in_tokens + seconds * 20});
        let done = json!({"type": "speech.audio.done", "usage": usage});
        Content::Bytes {
            content_type: "text/event-stream",
            body: format!("data: {audio}\n\ndata: {done}\n\n").into(),
        }
    } else {
        Content::Bytes {
            content_type,
            body: sound.into(),
        }
    };
    Ok(Outcome {
        directives,
        content: Ok(content),
    })
}

/// Writes down what a sound says: words that follow from its bytes, two for each second.
pub(crate) fn listen(head: &Parts, body: &Bytes) -> Result<Outcome, ApiError> {
    let Some(form) = Form::read(body) else {
        return Err(ApiError::invalid("The body is not a form."));
    };
    let model = form.text("model").unwrap_or_default();
    let model = ModelName::parse(model)?;
    let sound = form.file("file").ok_or_else(|| ApiError::missing("file"))?;
    let prompt = form.text("prompt").unwrap_or_default();
    let directives = Directives::gather(model.directives, &head.headers, std::iter::once(prompt))?;
    let seconds = sound
        .len()
        .saturating_sub(WAV_HEAD)
        .div_ceil(BYTES_PER_SECOND)
        .max(1) as u64;
    let text = said(hash::of(sound), seconds * WORDS_PER_SECOND);
    let format = form.text("response_format").unwrap_or("json");
    let is_streamed = form.text("stream") == Some("true");
    let content = written(&text, seconds, format, is_streamed, &directives);
    Ok(Outcome {
        directives,
        content: Ok(content),
    })
}

fn written(
    text: &str,
    seconds: u64,
    format: &str,
    is_streamed: bool,
    directives: &Directives,
) -> Content {
    let usage = json!({"type": "duration", "seconds": seconds});
    let end = format!("{:02}:{:02}", seconds / 60, seconds % 60);
    let plain = |text: String| Content::Bytes {
        content_type: "text/plain; charset=utf-8",
        body: text.into(),
    };
    if is_streamed {
        let mut events = String::new();
        for word in text.split_inclusive(' ') {
            let delta = json!({"type": "transcript.text.delta", "delta": word});
            events.push_str(&format!("data: {delta}\n\n"));
        }
        let done = json!({"type": "transcript.text.done", "text": text, "usage": usage});
        events.push_str(&format!("data: {done}\n\n"));
        return Content::Bytes {
            content_type: "text/event-stream",
            body: events.into(),
        };
    }
    let mut body = match format {
        "text" => return plain(format!("{text}\n")),
        "srt" => return plain(format!("1\n00:00:00,000 --> 00:{end},000\n{text}\n")),
        "vtt" => return plain(format!("WEBVTT\n\n00:00.000 --> {end}.000\n{text}\n")),
        "verbose_json" => json!({
            "task": "transcribe",
            "language": "english",
            "duration": seconds,
            "text": text,
            "segments": [{"id": 0, "start": 0.0, "end": seconds, "text": text}],
        }),
        _ => json!({"text": text}),
    };
    if directives.fault != Some(Fault::NoUsage) {
        body["usage"] = usage;
    }
    Content::Json {
        body: to_json(&body),
        words: 0,
    }
}

fn said(seed: u64, count: u64) -> String {
    let count = usize::try_from(count.min(1_000)).unwrap_or_default();
    words::filler(count, seed).trim().to_owned()
}

/// A rectangular wave of a pitch that follows from the seed.
fn tone(seed: u64, seconds: u64) -> Vec<u8> {
    let half = 10 + seed % 20;
    let samples = seconds.min(600) * u64::from(RATE);
    let mut bytes = Vec::new();
    for sample in 0..samples {
        let level: i16 = if (sample / half).is_multiple_of(2) {
            4_000
        } else {
            -4_000
        };
        bytes.extend_from_slice(&level.to_le_bytes());
    }
    bytes
}

fn wav(samples: &[u8]) -> Vec<u8> {
    let length = u32::try_from(samples.len()).unwrap_or_default();
    let mut file = b"RIFF".to_vec();
    file.extend_from_slice(&(length + 36).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend_from_slice(&RATE.to_le_bytes());
    file.extend_from_slice(&(RATE * 2).to_le_bytes());
    file.extend_from_slice(b"\x02\0\x10\0data");
    file.extend_from_slice(&length.to_le_bytes());
    file.extend_from_slice(samples);
    file
}
