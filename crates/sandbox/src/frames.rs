//! One event of a stream as bytes. What all events of a stream share is encoded once.

use bytes::{BufMut, Bytes, BytesMut};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::errors::ApiError;
use crate::gemini::chunks::Chunks;
use crate::models::{CREATED, FINGERPRINT};
use crate::reply::Piece;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    Chat,
    Completions,
    /// Gemini's: its chunks are made elsewhere.
    Google,
}

pub(crate) struct Frames {
    wire: Wire,
    /// Up to and with `"choices":[`.
    head: String,
    /// After the choices of an ordinary event.
    tail: &'static str,
    /// Comments, ids, event names and CRLF around every event.
    with_chatter: bool,
    events: u64,
    google: Option<Chunks>,
}

impl Frames {
    pub(crate) fn new(
        wire: Wire,
        id: &str,
        model: &str,
        with_usage: bool,
        with_chatter: bool,
    ) -> Self {
        let object = match wire {
            Wire::Chat => "chat.completion.chunk",
            Wire::Completions => "text_completion",
            Wire::Google => "",
        };
        let model = serde_json::Value::from(model);
        let head = format!(
            r#"{{"id":"{id}","object":"{object}","created":{CREATED},"model":{model},"system_fingerprint":"{FINGERPRINT}","choices":["#
        );
        let tail = if with_usage {
            r#"],"usage":null}"#
        } else {
            "]}"
        };
        Self {
            wire,
            head,
            tail,
            with_chatter,
            events: 0,
            google: None,
        }
    }

    /// The events of Gemini's language.
    pub(crate) fn of_google(chunks: Chunks, with_chatter: bool) -> Self {
        Self {
            google: Some(chunks),
            ..Self::new(Wire::Google, "", "", false, with_chatter)
        }
    }

    /// True if a stream ends with `[DONE]`.
    pub(crate) fn says_done(&self) -> bool {
        self.google.is_none()
    }

    /// The body of an error in the language of the stream.
    pub(crate) fn error(&self, error: &ApiError) -> Bytes {
        error.body_of(self.google.is_some())
    }

    pub(crate) fn piece(&mut self, out: &mut BytesMut, index: usize, piece: &Piece<'_>) {
        if let Some(chunks) = &mut self.google {
            if let Some(chunk) = chunks.piece(index, piece) {
                self.raw(out, chunk.to_string().as_bytes());
            }
            return;
        }
        self.open(out);
        put(out, &self.head);
        match self.wire {
            Wire::Chat | Wire::Google => put_chat_choice(out, index, piece),
            Wire::Completions => put_completion_choice(out, index, piece),
        }
        put(out, self.tail);
        self.close(out);
    }

    pub(crate) fn usage(&mut self, out: &mut BytesMut, usage: &RawValue) {
        self.open(out);
        put(out, &self.head);
        put(out, r#"],"usage":"#);
        put(out, usage.get());
        put(out, "}");
        self.close(out);
    }

    /// An event whose data is given, be it sense or not.
    pub(crate) fn raw(&mut self, out: &mut BytesMut, data: &[u8]) {
        self.open(out);
        out.put_slice(data);
        self.close(out);
    }

    fn open(&mut self, out: &mut BytesMut) {
        out.reserve(self.head.len() + 192);
        if self.with_chatter {
            put(out, ": keep-alive\r\n\r\nevent: message\r\nid: ");
            put_number(out, self.events);
            put(out, "\r\n");
        }
        self.events += 1;
        put(out, "data: ");
    }

    fn close(&self, out: &mut BytesMut) {
        put(
            out,
            if self.with_chatter || self.google.is_some() {
                "\r\n\r\n"
            } else {
                "\n\n"
            },
        );
    }
}

fn put_chat_choice(out: &mut BytesMut, index: usize, piece: &Piece<'_>) {
    put(out, r#"{"index":"#);
    put_number(out, index as u64);
    put(out, r#","delta":{"#);
    match piece {
        Piece::Role => put(out, r#""role":"assistant","content":"""#),
        Piece::Reasoning(word) => {
            put(out, r#""reasoning_content":"#);
            put_json(out, word);
        }
        Piece::Content(word) => {
            put(out, r#""content":"#);
            put_json(out, word);
        }
        Piece::CallStart(position, call) => {
            put_call(out, *position);
            put(out, r#","id":"#);
            put_json(out, &call.id);
            put(out, r#","type":"function","function":{"name":"#);
            put_json(out, &call.name);
            put(out, r#","arguments":""}}]"#);
        }
        Piece::CallArguments(position, word) => {
            put_call(out, *position);
            put(out, r#","function":{"arguments":"#);
            put_json(out, word);
            put(out, "}}]");
        }
        Piece::Finish(_) => {}
    }
    put(out, r#"},"logprobs":null,"finish_reason":"#);
    put_finish(out, piece);
    put(out, "}");
}

fn put_completion_choice(out: &mut BytesMut, index: usize, piece: &Piece<'_>) {
    put(out, r#"{"text":"#);
    let word = match piece {
        Piece::Content(word) => word,
        _ => "",
    };
    put_json(out, word);
    put(out, r#","index":"#);
    put_number(out, index as u64);
    put(out, r#","logprobs":null,"finish_reason":"#);
    put_finish(out, piece);
    put(out, "}");
}

fn put_call(out: &mut BytesMut, position: usize) {
    put(out, r#""tool_calls":[{"index":"#);
    put_number(out, position as u64);
}

fn put_finish(out: &mut BytesMut, piece: &Piece<'_>) {
    match piece {
        Piece::Finish(reason) => put_json(out, reason),
        _ => put(out, "null"),
    }
}

fn put(out: &mut BytesMut, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

fn put_number(out: &mut BytesMut, number: u64) {
    put(out, itoa::Buffer::new().format(number));
}

fn put_json(out: &mut BytesMut, text: &(impl Serialize + ?Sized)) {
    serde_json::to_writer(out.writer(), text).expect("a string is representable as JSON");
}
