//! Reading the events of a stream, one at a time.

use crate::error::UpstreamError;
use crate::json::{Cursor, JsonError, Kind};
use crate::protocol::StreamEvent;
use crate::usage::read_openai;

use super::response::text_bytes;

pub(super) fn read(data: &[u8]) -> Result<StreamEvent, UpstreamError> {
    if data.trim_ascii() == b"[DONE]" {
        return Ok(StreamEvent {
            is_done: true,
            ..StreamEvent::default()
        });
    }
    let not_json = |_| UpstreamError::Protocol {
        detail: "an event of the stream is not a JSON object",
    };
    let mut event = StreamEvent::default();
    let mut has_choice = false;
    let mut cursor = Cursor::new(data);
    cursor
        .object(|inner, key| match &*key.bytes() {
            b"usage" => usage(inner, &mut event),
            b"model" if inner.kind()? == Kind::String => {
                let name = inner.string()?;
                event.model_span = Some(name.start()..name.end());
                Ok(())
            }
            b"choices" if inner.kind()? == Kind::Array => inner.array(|item| {
                has_choice = true;
                choice(item, &mut event)
            }),
            b"error" => {
                event.is_error = inner.kind()? != Kind::Null;
                inner.skip()
            }
            _ => inner.skip(),
        })
        .map_err(not_json)?;
    cursor.finish().map_err(not_json)?;
    event.is_usage_only = event.usage_span.is_some() && !has_choice;
    Ok(event)
}

fn usage(cursor: &mut Cursor<'_>, event: &mut StreamEvent) -> Result<(), JsonError> {
    let is_given = cursor.kind()? != Kind::Null;
    let start = cursor.at();
    event.usage = read_openai(cursor)?;
    event.usage_span = is_given.then(|| start..cursor.at());
    Ok(())
}

fn choice(cursor: &mut Cursor<'_>, event: &mut StreamEvent) -> Result<(), JsonError> {
    if cursor.kind()? != Kind::Object {
        return cursor.skip();
    }
    cursor.object(|inner, key| match (&*key.bytes(), inner.kind()?) {
        (b"text", Kind::String) => {
            event.text_bytes += inner.string()?.raw().len() as u64;
            Ok(())
        }
        (_, Kind::Object | Kind::Array) => {
            event.text_bytes += text_bytes(inner)?;
            Ok(())
        }
        _ => inner.skip(),
    })
}
