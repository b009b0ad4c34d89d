//! Messages that pass: the model's name is edited, and usage is read.

use bytes::Bytes;

use super::ANTHROPIC;
use super::chat::usage::Count;
use crate::chat::{Made, Request, Response, events};
use crate::error::UpstreamError;
use crate::json::{Cursor, JsonError, Kind, quote, splice};
use crate::language::{Encode, ResponseSpans, StreamEvent};
use crate::refusal;
use crate::sse::{BodyKind, body_kind};

pub(super) fn encode(request: &Encode<'_>) -> Bytes {
    let summary = request.summary;
    if request.upstream_model == summary.model {
        return request.body.clone();
    }
    let edit = (summary.spans.model.clone(), quote(request.upstream_model));
    splice(request.body, &[edit])
}

/// Reasons to stop that do not explain why there is nothing.
const ENDED_BY_ITSELF: [&[u8]; 2] = [b"end_turn", b"stop_sequence"];

pub(super) fn read_response(body: &[u8]) -> Result<ResponseSpans, UpstreamError> {
    let mut response = ResponseSpans::default();
    let mut count = Count::default();
    let mut is_error = false;
    let (mut has_blocks, mut is_explained) = (false, false);
    let mut cursor = Cursor::new(body);
    let read = cursor.object(|inner, key| match &*key.bytes() {
        b"usage" => {
            inner.kind()?;
            let start = inner.at();
            count.read(inner)?;
            response.usage_span = Some(start..inner.at());
            Ok(())
        }
        b"error" => {
            is_error = inner.kind()? != Kind::Null;
            inner.skip()
        }
        b"model" if inner.kind()? == Kind::String => {
            let name = inner.string()?;
            response.model_span = Some(name.start()..name.end());
            Ok(())
        }
        b"content" => {
            let start = inner.at();
            response.text_bytes = text_bytes(inner)?;
            has_blocks = body
                .get(start..inner.at())
                .is_none_or(|list| list.contains(&b'{'));
            Ok(())
        }
        b"stop_reason" if inner.kind()? == Kind::String => {
            is_explained = !ENDED_BY_ITSELF.contains(&inner.string()?.raw());
            Ok(())
        }
        _ => inner.skip(),
    });
    if read.and_then(|()| cursor.finish()).is_err() {
        return Err(UpstreamError::Protocol {
            detail: "the response is not a JSON object",
        });
    }
    if is_error {
        return Err(refusal::classify_unmarked(body));
    }
    response.usage = count.report();
    response.is_empty = !has_blocks && !is_explained && response.counts_no_output();
    Ok(response)
}

/// The lengths of the texts of blocks.
fn text_bytes(cursor: &mut Cursor<'_>) -> Result<u64, JsonError> {
    let mut total = 0;
    if cursor.kind()? != Kind::Array {
        cursor.skip()?;
        return Ok(0);
    }
    cursor.array(|item| {
        if item.kind()? != Kind::Object {
            return item.skip();
        }
        item.object(|inner, key| match (&*key.bytes(), inner.kind()?) {
            (b"text" | b"thinking", Kind::String) => {
                total += inner.string()?.raw().len() as u64;
                Ok(())
            }
            (b"input", _) => {
                let start = inner.at();
                inner.skip()?;
                total += (inner.at() - start) as u64;
                Ok(())
            }
            _ => inner.skip(),
        })
    })?;
    Ok(total)
}

pub(super) fn fold_stream(body: &Bytes, model: &str) -> Option<Result<Bytes, UpstreamError>> {
    if body_kind(body) != Some(BodyKind::Events) {
        return None;
    }
    Some(ANTHROPIC.upstream.read_stream(body).map(|response| {
        let made = made(&response, model);
        super::chat::write_response::write(&response, &made)
    }))
}

pub(super) fn unfold_response(body: &[u8]) -> Result<Bytes, UpstreamError> {
    let response = super::chat::decoder::read_response(body)?;
    let made = made(&response, "");
    let client = ANTHROPIC.client.into_iter();
    let mut out = Vec::new();
    for client in client {
        let mut encoder = client.encoder(&Request::default(), made.clone());
        for event in events(&response) {
            encoder.write(&event, &mut out);
        }
    }
    Ok(out.into())
}

fn made(response: &Response, model: &str) -> Made {
    let id = response.id.as_deref().unwrap_or_default();
    Made {
        seed: id.trim_start_matches("msg_").to_owned(),
        created_s: 0,
        model: response.model.as_deref().unwrap_or(model).to_owned(),
    }
}

/// Blocks that have something in them once a text follows.
const TEXTS: [&[u8]; 2] = [b"text", b"thinking"];

pub(super) fn read_event(data: &[u8]) -> Result<StreamEvent, UpstreamError> {
    let mut event = StreamEvent::default();
    let mut count = Count::default();
    let mut is_error = false;
    let (mut is_block, mut is_text) = (false, false);
    let mut cursor = Cursor::new(data);
    let read = cursor.object(|inner, key| match (&*key.bytes(), inner.kind()?) {
        (b"type", Kind::String) => {
            let name = inner.string()?.bytes();
            event.facts.is_done = *name == *b"message_stop";
            is_block = *name == *b"content_block_start";
            is_error |= *name == *b"error";
            Ok(())
        }
        (b"content_block", Kind::Object) => {
            inner.object(|block, key| match (&*key.bytes(), block.kind()?) {
                (b"type", Kind::String) => {
                    is_text = TEXTS.contains(&block.string()?.raw());
                    Ok(())
                }
                _ => block.skip(),
            })
        }
        (b"message", Kind::Object) => {
            inner.object(|message, key| match (&*key.bytes(), message.kind()?) {
                (b"usage", _) => count.read(message),
                (b"model", Kind::String) => {
                    let name = message.string()?;
                    event.model_span = Some(name.start()..name.end());
                    Ok(())
                }
                _ => message.skip(),
            })
        }
        // The last count; that of the beginning stands in the message.
        (b"usage", Kind::Object) => {
            let start = inner.at();
            count.read(inner)?;
            event.usage_span = Some(start..inner.at());
            Ok(())
        }
        (b"delta", Kind::Object) => {
            inner.object(|delta, key| match (&*key.bytes(), delta.kind()?) {
                (b"text" | b"thinking" | b"partial_json", Kind::String) => {
                    event.facts.text_bytes += delta.string()?.raw().len() as u64;
                    Ok(())
                }
                (b"stop_reason", Kind::String) => {
                    event.is_last = true;
                    let reason = delta.string()?;
                    event.facts.has_content |= !ENDED_BY_ITSELF.contains(&reason.raw());
                    Ok(())
                }
                _ => delta.skip(),
            })
        }
        _ => inner.skip(),
    });
    if read.and_then(|()| cursor.finish()).is_err() {
        return Err(UpstreamError::Protocol {
            detail: "an event of the stream is not a JSON object",
        });
    }
    event.facts.usage = count.report();
    event.facts.has_content |= is_block && !is_text;
    if is_error {
        event.facts.error = Some(refusal::classify_unmarked(data));
    }
    Ok(event)
}
