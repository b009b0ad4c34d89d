//! Reading the events of a stream, one at a time.

use super::emptiness;
use super::response::{refusal_or, text_bytes};
use super::signs::{Signs, is_truthy};
use crate::error::UpstreamError;
use crate::json::{Cursor, JsonError, Kind};
use crate::language::{EventFacts, StreamEvent};
use crate::refusal;
use crate::usage::UsageReport;

/// The end of a stream.
const DONE: &[u8] = b"[DONE]";

pub(super) fn read(data: &[u8]) -> Result<StreamEvent, UpstreamError> {
    if data.trim_ascii() == DONE {
        let facts = EventFacts {
            is_done: true,
            ..EventFacts::default()
        };
        return Ok(StreamEvent {
            facts,
            ..StreamEvent::default()
        });
    }
    let mut event = StreamEvent::default();
    let mut signs = Signs::default();
    let mut is_failed = false;
    let mut cursor = Cursor::with_non_finite(data);
    let read = cursor.object(|inner, key| match &*key.bytes() {
        b"usage" => usage(inner, &mut event),
        b"model" if inner.kind()? == Kind::String => {
            let name = inner.string()?;
            event.model_span = Some(name.start()..name.end());
            Ok(())
        }
        b"choices" if inner.kind()? == Kind::Array => {
            event.has_choices = true;
            inner.array(|item| choice(item, &mut event, &mut is_failed))
        }
        // Perplexity's last event.
        b"object" if inner.kind()? == Kind::String => {
            let object = inner.string()?.bytes();
            event.is_last = *object == *b"chat.completion.done";
            signs.note_object(&object);
            Ok(())
        }
        // Groq's usage, and its reason to stop early.
        b"x_groq" if inner.kind()? == Kind::Object => {
            inner.object(|groq, key| match &*key.bytes() {
                b"usage" => UsageReport::read_into(groq, &mut event.facts.usage),
                b"error" => {
                    is_failed |= is_truthy(groq)?;
                    Ok(())
                }
                _ => groq.skip(),
            })
        }
        // A dialect of text completions that has nothing but this.
        b"value" | b"text" if inner.kind()? == Kind::String => {
            signs.note_payload();
            event.facts.text_bytes += inner.string()?.raw().len() as u64;
            Ok(())
        }
        key => signs.member(inner, key),
    });
    if read.and_then(|()| cursor.finish()).is_err() {
        return Err(refusal_or(
            data,
            "an event of the stream is not a JSON object",
        ));
    }
    if event.has_choices || event.facts.usage.is_some() {
        signs.note_payload();
    }
    if is_failed || signs.mean_failure() {
        event.facts.error = Some(refusal::classify_unmarked(data));
    }
    event.is_usage_only = event.usage_span.is_some() && event.choices.is_empty();
    Ok(event)
}

fn usage(cursor: &mut Cursor<'_>, event: &mut StreamEvent) -> Result<(), JsonError> {
    let is_given = cursor.kind()? != Kind::Null;
    let start = cursor.at();
    UsageReport::read_into(cursor, &mut event.facts.usage)?;
    event.usage_span = is_given.then(|| start..cursor.at());
    Ok(())
}

fn choice(
    cursor: &mut Cursor<'_>,
    event: &mut StreamEvent,
    is_failed: &mut bool,
) -> Result<(), JsonError> {
    if cursor.kind()? != Kind::Object {
        event.choices.insert(0);
        return cursor.skip();
    }
    let mut index = 0;
    let mut is_finished = false;
    cursor.object(|inner, key| match (&*key.bytes(), inner.kind()?) {
        (b"index", Kind::Number) => {
            index = inner.number()?.parse().unwrap_or_default();
            Ok(())
        }
        // Snowflake's is the empty string.
        (b"finish_reason", Kind::String) => {
            let reason = inner.string()?;
            is_finished = !reason.raw().is_empty();
            event.facts.has_content |= emptiness::is_explained(reason.raw());
            Ok(())
        }
        (b"text", Kind::String) => {
            event.facts.text_bytes += inner.string()?.raw().len() as u64;
            Ok(())
        }
        // Moonshot's usage.
        (b"usage", Kind::Object) => UsageReport::read_into(inner, &mut event.facts.usage),
        (b"error", _) => {
            *is_failed |= is_truthy(inner)?;
            Ok(())
        }
        // Perplexity and Writer repeat in `message` what stands in `delta`.
        (b"delta", Kind::Object) => {
            let mut delta = inner.clone();
            event.facts.text_bytes += text_bytes(inner)?;
            event.facts.has_content |= event.facts.text_bytes == 0 && has_content(&mut delta)?;
            Ok(())
        }
        _ => inner.skip(),
    })?;
    event.choices.insert(index);
    if is_finished {
        event.finished.insert(index);
    }
    Ok(())
}

/// True if a delta without text has something else in it.
fn has_content(delta: &mut Cursor<'_>) -> Result<bool, JsonError> {
    let mut has = false;
    delta.object(|inner, key| {
        if !emptiness::is_content(&key.bytes()) {
            return inner.skip();
        }
        has |= is_truthy(inner)?;
        Ok::<(), JsonError>(())
    })?;
    Ok(has)
}
