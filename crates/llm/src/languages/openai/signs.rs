//! Failures that are reported under the status of a success: what gives them away, found while the response or
//! event is read.

use crate::json::{Cursor, JsonError, Kind};

/// Signs of a failure in one JSON object.
#[derive(Debug, Default)]
pub(super) struct Signs {
    /// True if the object calls itself an error.
    is_error: bool,
    /// True if it has words as errors do.
    has_words: bool,
    /// True if it carries what was asked for.
    has_payload: bool,
}

impl Signs {
    /// Returns whether the object is a failure. Words alone are none beside what was asked for.
    pub(super) fn mean_failure(&self) -> bool {
        self.is_error || (self.has_words && !self.has_payload)
    }

    pub(super) fn note_payload(&mut self) {
        self.has_payload = true;
    }

    /// The kind of object that it says it is.
    pub(super) fn note_object(&mut self, kind: &[u8]) {
        self.is_error |= kind == b"error";
    }

    /// Reads a member's value if it may be a sign, and else passes it over.
    pub(super) fn member(&mut self, cursor: &mut Cursor<'_>, key: &[u8]) -> Result<(), JsonError> {
        match (key, cursor.kind()?) {
            (b"error", _) => {
                self.is_error |= is_truthy(cursor)?;
                Ok(())
            }
            (b"object" | b"type", Kind::String) => {
                self.note_object(&cursor.string()?.bytes());
                Ok(())
            }
            (b"base_resp", Kind::Object) => self.base_resp(cursor),
            (b"message" | b"detail" | b"msg" | b"error_msg", Kind::String)
            | (b"detail" | b"errors", Kind::Array | Kind::Object) => {
                self.has_words |= is_truthy(cursor)?;
                Ok(())
            }
            (b"data" | b"embedding" | b"embeddings" | b"value" | b"output" | b"results", _) => {
                self.has_payload = true;
                cursor.skip()
            }
            _ => cursor.skip(),
        }
    }

    /// `MiniMax` has a status of its own in every response; zero is success.
    fn base_resp(&mut self, cursor: &mut Cursor<'_>) -> Result<(), JsonError> {
        cursor.object(|inner, key| {
            if *key.bytes() == *b"status_code" {
                self.is_error |= is_truthy(inner)?;
                return Ok(());
            }
            inner.skip()
        })
    }
}

/// Returns whether a value says that there is something: not `null`, `false`, zero, nor empty.
pub(super) fn is_truthy(cursor: &mut Cursor<'_>) -> Result<bool, JsonError> {
    Ok(match cursor.kind()? {
        Kind::Null => {
            cursor.skip()?;
            false
        }
        Kind::Bool => cursor.bool()?,
        Kind::Number => cursor.number()?.parse::<f64>() != Ok(0.0),
        Kind::String => !cursor.string()?.raw().trim_ascii().is_empty(),
        Kind::Object => {
            let mut has_member = false;
            cursor.object(|inner, _| {
                has_member = true;
                inner.skip()
            })?;
            has_member
        }
        Kind::Array => {
            let mut has_item = false;
            cursor.array(|inner| {
                has_item = true;
                inner.skip()
            })?;
            has_item
        }
    })
}
