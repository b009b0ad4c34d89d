//! Responses that pass: the model's name is edited, and usage is read.

use bytes::Bytes;

use super::chat::encoder::raw_events;
use crate::error::UpstreamError;
use crate::json::{Cursor, JsonError, Kind, Value, quote, splice};
use crate::language::{Encode, ResponseSpans, StreamEvent};
use crate::refusal;
use crate::sse::{self, BodyKind, body_kind};
use crate::usage::UsageReport;

pub(super) fn encode(request: &Encode<'_>) -> Bytes {
    let summary = request.summary;
    if request.upstream_model == summary.model {
        return request.body.clone();
    }
    let edit = (summary.spans.model.clone(), quote(request.upstream_model));
    splice(request.body, &[edit])
}

/// A list of output items of no more bytes has none.
const EMPTY_LIST_BYTES: u64 = 3;

/// The members of a response object that are looked at.
fn read_object(
    cursor: &mut Cursor<'_>,
    spans: &mut ResponseSpans,
    is_failed: &mut bool,
) -> Result<(), JsonError> {
    if cursor.kind()? != Kind::Object {
        return cursor.skip();
    }
    let (mut has_items, mut is_complete) = (false, false);
    cursor.object(|inner, key| match (&*key.bytes(), inner.kind()?) {
        (b"usage", Kind::Object) => {
            let start = inner.at();
            UsageReport::read_into(inner, &mut spans.usage)?;
            spans.usage_span = Some(start..inner.at());
            Ok(())
        }
        (b"error", kind) => {
            *is_failed |= kind != Kind::Null;
            inner.skip()
        }
        (b"model", Kind::String) => {
            let name = inner.string()?;
            spans.model_span = Some(name.start()..name.end());
            Ok(())
        }
        (b"output", _) => {
            let start = inner.at();
            inner.skip()?;
            spans.text_bytes = (inner.at() - start) as u64;
            has_items = spans.text_bytes > EMPTY_LIST_BYTES;
            Ok(())
        }
        (b"status", Kind::String) => {
            is_complete = inner.string()?.raw() == b"completed";
            Ok(())
        }
        _ => inner.skip(),
    })?;
    spans.is_empty = is_complete && !has_items && spans.counts_no_output();
    Ok(())
}

pub(super) fn read_response(body: &[u8]) -> Result<ResponseSpans, UpstreamError> {
    let mut spans = ResponseSpans::default();
    let mut is_failed = false;
    let mut cursor = Cursor::new(body);
    let read = cursor.kind().and_then(|kind| {
        if kind == Kind::Object {
            read_object(&mut cursor, &mut spans, &mut is_failed)
        } else {
            Err(JsonError {
                problem: "expected an object",
                at: 0,
            })
        }
    });
    if read.and_then(|()| cursor.finish()).is_err() {
        return Err(UpstreamError::Protocol {
            detail: "the response is not a JSON object",
        });
    }
    if is_failed {
        return Err(refusal::classify_unmarked(body));
    }
    Ok(spans)
}

/// The whole response stands in the last event.
pub(super) fn fold_stream(body: &Bytes) -> Option<Result<Bytes, UpstreamError>> {
    (body_kind(body) == Some(BodyKind::Events)).then(|| folded(body))
}

fn folded(body: &Bytes) -> Result<Bytes, UpstreamError> {
    let mut cutter = sse::Decoder::new(body.len());
    let mut frame = body.clone();
    let mut items = Vec::new();
    while let Ok(Some(event)) = cutter.next(&mut frame) {
        if let Some(response) = ended(&event, &mut items)? {
            return Ok(response);
        }
    }
    let last = cutter.finish();
    let last = last.map(|event| ended(&event, &mut items)).transpose()?;
    last.flatten().ok_or(UpstreamError::Protocol {
        detail: "the stream has no end with the response in it",
    })
}

/// The response in the event that ends a stream; `None` for every other event, of which the items that are done are kept.
fn ended(event: &sse::Event, items: &mut Vec<Value>) -> Result<Option<Bytes>, UpstreamError> {
    let Some(value) = Value::read(&event.data) else {
        return Ok(None);
    };
    match value.text_of("type") {
        Some("response.output_item.done") => {
            items.extend(value.get("item").cloned());
            Ok(None)
        }
        Some("response.completed" | "response.incomplete") => {
            let response = value.get("response").cloned();
            let items = std::mem::take(items);
            Ok(response.map(|response| with_items(response, items).to_json().into()))
        }
        Some("response.failed" | "error") => Err(refusal::classify_unmarked(&event.data)),
        _ => Ok(None),
    }
}

/// The response with the items that came before it, where it has none itself, as with the backend of Codex.
fn with_items(mut response: Value, items: Vec<Value>) -> Value {
    if let Value::Object(members) = &mut response {
        let output = members.iter_mut().find(|(name, _)| name == "output");
        if let Some((_, output)) = output
            && output.items().is_empty()
        {
            *output = Value::List(items);
        }
    }
    response
}

/// A response as events that say its beginning and its end; its items in between, whole.
pub(super) fn unfold_response(body: &[u8]) -> Result<Bytes, UpstreamError> {
    read_response(body)?;
    let response = Value::read(body).unwrap_or(Value::Null);
    Ok(raw_events(&response).into())
}

pub(super) fn read_event(data: &[u8]) -> Result<StreamEvent, UpstreamError> {
    let mut event = StreamEvent::default();
    if data.trim_ascii() == b"[DONE]" {
        event.facts.is_done = true;
        return Ok(event);
    }
    let mut spans = ResponseSpans::default();
    let mut is_failed = false;
    let mut is_delta = false;
    let mut delta_bytes = 0;
    let mut cursor = Cursor::new(data);
    let read = cursor.object(|inner, key| match (&*key.bytes(), inner.kind()?) {
        (b"type", Kind::String) => {
            let kind = inner.string()?.bytes();
            event.is_last = matches!(
                &*kind,
                b"response.completed" | b"response.incomplete" | b"response.failed"
            );
            is_failed |= matches!(&*kind, b"error" | b"response.failed");
            is_delta = kind.ends_with(b".delta");
            event.facts.has_content = matches!(
                &*kind,
                b"response.output_item.added" | b"response.incomplete"
            );
            Ok(())
        }
        (b"response", Kind::Object) => {
            let mut has_error = false;
            read_object(inner, &mut spans, &mut has_error)
        }
        (b"delta", Kind::String) => {
            delta_bytes = inner.string()?.raw().len() as u64;
            Ok(())
        }
        _ => inner.skip(),
    });
    if read.and_then(|()| cursor.finish()).is_err() {
        return Err(UpstreamError::Protocol {
            detail: "an event of the stream is not a JSON object",
        });
    }
    event.facts.usage = spans.usage;
    event.model_span = spans.model_span;
    event.usage_span = spans.usage_span;
    if is_delta {
        event.facts.text_bytes = delta_bytes;
    }
    if is_failed {
        event.facts.error = Some(super::chat::decoder::failure(data));
    }
    Ok(event)
}

#[cfg(test)]
mod tests {
    use super::fold_stream;

    fn folded(events: &[&str]) -> Option<String> {
        let stream: String = events
            .iter()
            .map(|data| format!("data: {data}\n\n"))
            .collect();
        let whole = fold_stream(&stream.into()).unwrap().ok()?;
        Some(String::from_utf8_lossy(&whole).into_owned())
    }

    #[test]
    fn a_whole_response_has_the_items_that_its_last_event_leaves_out() {
        let done = r#"{"type":"response.output_item.done","item":{"type":"message"}}"#;
        let end = r#"{"type":"response.completed","response":{"id":"r","output":[]}}"#;
        let expected = r#"{"id":"r","output":[{"type":"message"}]}"#;
        assert_eq!(folded(&[done, end]).as_deref(), Some(expected));
    }

    #[test]
    fn a_stream_that_broke_off_or_failed_is_no_whole_response() {
        let begin = r#"{"type":"response.created","response":{"id":"r","output":[]}}"#;
        let failed = r#"{"type":"response.failed","response":{"error":{"code":"server_error","message":"x"}}}"#;
        assert_eq!(folded(&[begin]), None);
        assert_eq!(folded(&[begin, failed]), None);
    }
}
