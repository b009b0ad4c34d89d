//! The response of a stream, put together while it passes: the object it began with, the items that are done,
//! and the object at its end.

use bytes::Bytes;

use super::items::joined;
use super::members::with_members;
use crate::json::{Cursor, JsonError, Kind, Value, ValueSpan};

/// An event that matters for what is kept, with the range of what it brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPart {
    pub mark: Mark,
    pub span: ValueSpan,
}

/// The kinds of such events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The response as it stands: nothing more is said of it yet.
    Begun,
    /// An item of the output is done.
    Item,
    /// The response as it ended.
    Ended { has_failed: bool },
}

/// Reads an event; `None` if it brings nothing that is kept.
pub fn read_event(data: &[u8]) -> Option<EventPart> {
    let mut mark = None;
    let (mut response, mut item) = (None, None);
    let read: Result<(), JsonError> = Cursor::new(data).object(|inner, key| {
        let kind = inner.kind()?;
        let start = inner.at();
        match (&*key.bytes(), kind) {
            (b"type", Kind::String) => mark = mark_of(&inner.string()?.bytes()),
            (b"response", Kind::Object) => {
                inner.skip()?;
                response = Some(start..inner.at());
            }
            (b"item", Kind::Object) => {
                inner.skip()?;
                item = Some(start..inner.at());
            }
            _ => inner.skip()?,
        }
        Ok(())
    });
    read.ok()?;
    let mark = mark?;
    let span = if mark == Mark::Item { item } else { response };
    Some(EventPart { mark, span: span? })
}

fn mark_of(name: &[u8]) -> Option<Mark> {
    Some(match name {
        b"response.created" | b"response.in_progress" | b"response.queued" => Mark::Begun,
        b"response.output_item.done" => Mark::Item,
        b"response.completed" | b"response.incomplete" => Mark::Ended { has_failed: false },
        b"response.failed" => Mark::Ended { has_failed: true },
        _ => return None,
    })
}

/// The parts of a response that have passed.
#[derive(Debug, Default)]
pub struct Collected {
    begun: Option<Bytes>,
    items: Vec<Bytes>,
    /// Bytes of all.
    pub bytes: usize,
}

impl Collected {
    /// Notes the response as it began.
    pub fn begin(&mut self, response: Bytes) {
        self.begun = Some(response);
    }

    /// Adds an item that is done.
    pub fn add(&mut self, item: &[u8]) {
        self.bytes += item.len();
        self.items.push(Bytes::copy_from_slice(item));
    }

    /// Forgets the items: they are too many to be kept.
    pub fn forget(&mut self) {
        self.items = Vec::new();
    }

    /// The response as it ended; with the items that came before, where the end leaves them out.
    pub fn ended(&self, response: Bytes, has_failed: bool) -> Bytes {
        if has_failed {
            return self.failed(&response).unwrap_or(response);
        }
        let value = Value::read(&response);
        let output = value.as_ref().and_then(|value| value.get("output"));
        if output.is_some_and(|output| !output.items().is_empty()) || self.items.is_empty() {
            return response;
        }
        let edited = with_members(&response, &[("output", &self.list())]);
        edited.unwrap_or(response)
    }

    /// The response as it stood when its client went away; `None` if no client knows of it.
    pub fn cut(&self) -> Option<Bytes> {
        let members: [(&str, &[u8]); 2] = [("status", br#""cancelled""#), ("output", &self.list())];
        with_members(self.begun.as_ref()?, &members)
    }

    /// The words of a failure, with all that is known of the response.
    fn failed(&self, response: &[u8]) -> Option<Bytes> {
        let error = Value::read(response)?.get("error")?.to_json();
        let members: [(&str, &[u8]); 3] = [
            ("status", br#""failed""#),
            ("error", error.as_bytes()),
            ("output", &self.list()),
        ];
        with_members(self.begun.as_ref()?, &members)
    }

    fn list(&self) -> Vec<u8> {
        let lists: Vec<Bytes> = self
            .items
            .iter()
            .map(|item| [b"[".as_slice(), item, b"]"].concat().into())
            .collect();
        joined(&lists)
    }
}

#[cfg(test)]
mod tests {
    use super::{Collected, Mark, read_event};

    fn collected() -> Collected {
        let mut collected = Collected::default();
        collected.begin(r#"{"id":"r","status":"in_progress","output":[]}"#.into());
        collected.add(br#"{"type":"message"}"#);
        collected
    }

    #[test]
    fn a_response_is_whole_however_it_ends() {
        let collected = collected();
        let ended = |end: &'static str, has_failed| collected.ended(end.into(), has_failed);
        assert_eq!(ended(r#"{"output":[1]}"#, false), r#"{"output":[1]}"#);
        assert_eq!(
            ended(r#"{"output":[]}"#, false),
            r#"{"output":[{"type":"message"}]}"#
        );
        assert_eq!(
            ended(r#"{"error":{"code":"c"},"model":""}"#, true),
            r#"{"error":{"code":"c"},"id":"r","status":"failed","output":[{"type":"message"}]}"#
        );
        assert_eq!(
            collected.cut().unwrap(),
            r#"{"id":"r","status":"cancelled","output":[{"type":"message"}]}"#
        );
        assert_eq!(Collected::default().cut(), None);
    }

    #[test]
    fn events_are_known_by_their_type_wherever_it_stands() {
        let mark = |data: &str| read_event(data.as_bytes()).map(|part| part.mark);
        let ended = Some(Mark::Ended { has_failed: true });
        assert_eq!(mark(r#"{"response":{},"type":"response.failed"}"#), ended);
        let item = r#"{"type":"response.output_item.done","item":{"type":"x"}}"#;
        assert_eq!(mark(item), Some(Mark::Item));
        for other in [
            r#"{"type":"response.created"}"#,
            r#"{"delta":"x"}"#,
            "[DONE]",
        ] {
            assert_eq!(mark(other), None, "{other}");
        }
    }
}
