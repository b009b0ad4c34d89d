//! Responses that pass: the model's name is edited, and usage is read.

use bytes::Bytes;

use super::GEMINI;
use super::chat::decoder::read_response as read_whole;
use super::chat::encoder::ChunkEncoder;
use super::chat::{usage, write_response};
use crate::chat::{Made, Response, events};
use crate::error::UpstreamError;
use crate::json::{Cursor, JsonError, Kind, Value};
use crate::language::{ChoiceSet, EventEncoder, ResponseSpans, StreamEvent};
use crate::refusal;
use crate::sse::{BodyKind, body_kind};

/// The facts of a response or a chunk, which have the same members.
#[derive(Default)]
struct Chunk {
    spans: ResponseSpans,
    choices: ChoiceSet,
    finished: ChoiceSet,
    is_blocked: bool,
    is_failed: bool,
}

fn read(data: &[u8]) -> Result<Chunk, JsonError> {
    let mut chunk = Chunk::default();
    let mut cursor = Cursor::new(data);
    cursor.object(|inner, key| match (&*key.bytes(), inner.kind()?) {
        (b"usageMetadata", Kind::Object) => {
            let start = inner.at();
            inner.skip()?;
            let span = start..inner.at();
            let count = data.get(span.clone()).and_then(Value::read);
            chunk.spans.usage_span = Some(span);
            chunk.spans.usage = count.and_then(|count| usage::read(&count));
            Ok(())
        }
        (b"error", kind) => {
            chunk.is_failed |= kind != Kind::Null;
            inner.skip()
        }
        (b"modelVersion", Kind::String) => {
            let name = inner.string()?;
            chunk.spans.model_span = Some(name.start()..name.end());
            Ok(())
        }
        (b"promptFeedback", Kind::Object) => inner.object(|feedback, key| {
            chunk.is_blocked |= *key.bytes() == *b"blockReason";
            feedback.skip()
        }),
        (b"candidates", Kind::Array) => inner.array(|candidate| match candidate.kind()? {
            Kind::Object => read_candidate(candidate, &mut chunk),
            _ => candidate.skip(),
        }),
        _ => inner.skip(),
    })?;
    cursor.finish()?;
    Ok(chunk)
}

fn read_candidate(cursor: &mut Cursor<'_>, chunk: &mut Chunk) -> Result<(), JsonError> {
    let (mut index, mut is_finished) = (0, false);
    cursor.object(|inner, key| match (&*key.bytes(), inner.kind()?) {
        (b"index", Kind::Number) => {
            index = inner.number()?.parse().unwrap_or_default();
            Ok(())
        }
        (b"finishReason", Kind::String) => {
            is_finished = !inner.string()?.raw().is_empty();
            Ok(())
        }
        (b"content", Kind::Object) => inner.object(|content, key| {
            let start = content.at();
            content.skip()?;
            if *key.bytes() == *b"parts" {
                chunk.spans.text_bytes += (content.at() - start) as u64;
            }
            Ok(())
        }),
        _ => inner.skip(),
    })?;
    chunk.choices.insert(index);
    if is_finished {
        chunk.finished.insert(index);
    }
    Ok(())
}

pub(super) fn read_response(body: &[u8]) -> Result<ResponseSpans, UpstreamError> {
    let chunk = read(body).map_err(|_| UpstreamError::Protocol {
        detail: "the response is not a JSON object",
    })?;
    if chunk.is_failed {
        return Err(refusal::classify_unmarked(body));
    }
    Ok(chunk.spans)
}

pub(super) fn read_event(data: &[u8]) -> Result<StreamEvent, UpstreamError> {
    let chunk = read(data).map_err(|_| UpstreamError::Protocol {
        detail: "an event of the stream is not a JSON object",
    })?;
    let mut event = StreamEvent {
        has_choices: true,
        choices: chunk.choices,
        finished: chunk.finished,
        is_last: chunk.is_blocked,
        model_span: chunk.spans.model_span,
        usage_span: chunk.spans.usage_span,
        ..StreamEvent::default()
    };
    event.facts.usage = chunk.spans.usage;
    event.facts.text_bytes = chunk.spans.text_bytes;
    event.facts.error = chunk.is_failed.then(|| refusal::classify_unmarked(data));
    Ok(event)
}

/// Puts a stream together: of events, or a list of chunks, as Google sends it where events were not asked for.
pub(super) fn fold_stream(body: &Bytes, model: &str) -> Option<Result<Bytes, UpstreamError>> {
    let response = match body.trim_ascii_start() {
        [b'[', ..] => read_whole(body),
        _ if body_kind(body) == Some(BodyKind::Events) => GEMINI.upstream.read_stream(body),
        _ => return None,
    };
    Some(response.map(|response| {
        let made = made(&response, model);
        write_response::write(&response, &made)
    }))
}

pub(super) fn unfold_response(body: &[u8]) -> Result<Bytes, UpstreamError> {
    let response = read_whole(body)?;
    let made = made(&response, "");
    let mut out = Vec::new();
    let mut encoder = ChunkEncoder::new(made);
    for event in events(&response) {
        encoder.write(&event, &mut out);
    }
    Ok(out.into())
}

fn made(response: &Response, model: &str) -> Made {
    Made {
        seed: response.id.clone().unwrap_or_default(),
        created_s: 0,
        model: response.model.as_deref().unwrap_or(model).to_owned(),
    }
}
