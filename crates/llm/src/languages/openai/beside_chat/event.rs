//! Reading the events of a stream: pieces of pictures, of speech and of transcripts, each with its `type`.

use bytes::Bytes;

use super::super::response::refusal_or;
use super::super::signs::Signs;
use super::response::{split_pictures, usage};
use crate::error::UpstreamError;
use crate::json::{Cursor, Kind, Object, Value};
use crate::language::{EventFacts, StreamEvent};
use crate::refusal;
use crate::usage::Units;

/// The end of a stream, where a provider says it.
const DONE: &[u8] = b"[DONE]";
/// The ends of the names of last events.
const LAST: [&[u8]; 2] = [b".done", b".completed"];

pub(super) fn read(data: &[u8], lists_images: bool) -> Result<StreamEvent, UpstreamError> {
    let mut event = StreamEvent::default();
    if data.trim_ascii() == DONE {
        event.facts.is_done = true;
        return Ok(event);
    }
    let mut units = Units::default();
    let mut signs = Signs::default();
    let mut cursor = Cursor::with_non_finite(data);
    let read = cursor.object(|inner, key| match (&*key.bytes(), inner.kind()?) {
        (b"type", Kind::String) => {
            let name = inner.string()?.bytes();
            signs.note_object(&name);
            event.is_last = LAST.iter().any(|last| name.ends_with(last));
            Ok(())
        }
        (b"usage", Kind::Object) => {
            let start = inner.at();
            usage(inner, &mut event.facts.usage, &mut units)?;
            event.usage_span = Some(start..inner.at());
            Ok(())
        }
        (b"model", Kind::String) => {
            let name = inner.string()?;
            event.model_span = Some(name.start()..name.end());
            Ok(())
        }
        (b"delta", Kind::String) => {
            signs.note_payload();
            event.facts.text_bytes += inner.string()?.raw().len() as u64;
            Ok(())
        }
        (b"b64_json" | b"audio" | b"text", Kind::String) => {
            signs.note_payload();
            event.facts.has_content = true;
            inner.skip()
        }
        (name, _) => signs.member(inner, name),
    });
    if read.and_then(|()| cursor.finish()).is_err() {
        let detail = "an event of the stream is not a JSON object";
        return Err(refusal_or(data, detail));
    }
    if signs.mean_failure() {
        event.facts.error = Some(refusal::classify_unmarked(data));
    }
    if !units.is_empty() {
        event.facts.usage.get_or_insert_default().units = units;
    }
    split_pictures(&mut event.facts.usage, lists_images);
    // A transcript of nothing, or a stream whose pieces are of a kind that is not known yet.
    let EventFacts { has_content, .. } = &mut event.facts;
    *has_content |= event.is_last;
    Ok(event)
}

/// The events of a stream that says the same as a whole transcript: some models do not stream.
pub(super) fn of_transcript(body: &[u8]) -> Option<Bytes> {
    let whole = Value::read(body)?;
    let text = whole.text_of("text")?;
    let delta = Object::of_type("transcript.text.delta").with("delta", text);
    let done = Object::of_type("transcript.text.done")
        .with("text", text)
        .maybe("usage", whole.get("usage").cloned());
    let (delta, done) = (Value::from(delta).to_json(), Value::from(done).to_json());
    Some(format!("data: {delta}\n\ndata: {done}\n\n").into())
}
