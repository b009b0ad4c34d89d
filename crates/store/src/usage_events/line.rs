//! An event as text, for when it is not in the database yet.

use std::collections::BTreeSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use serde::de::{Deserialize, Deserializer, Error};

use super::{UsageEvent, json};

/// Beyond these, words are not ours: endpoints, environments, codes of errors and the like are short and few.
const WORDS_MAX: usize = 1_024;
const WORD_BYTES_MAX: usize = 64;

/// One of the few words of a column.
pub(super) type Word = &'static str;

impl UsageEvent {
    /// Writes the event as JSON at the end of `to`.
    pub fn write_json(&self, to: &mut Vec<u8>) {
        json::write(self, to);
    }

    /// The event in JSON; `None` if it is none.
    pub fn from_json(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// The event in a line; `None` if it is none.
    pub fn from_line(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// A word as events hold it: for good. Each is kept once, and there are few.
pub(super) fn word<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Word, D::Error> {
    static WORDS: LazyLock<Mutex<BTreeSet<Word>>> = LazyLock::new(Mutex::default);
    let text = String::deserialize(deserializer)?;
    let mut words = WORDS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = words.get(text.as_str()) {
        return Ok(known);
    }
    if words.len() >= WORDS_MAX || text.len() > WORD_BYTES_MAX {
        return Err(D::Error::custom("too many words, or too long a word"));
    }
    let kept: Word = Box::leak(text.into_boxed_str());
    words.insert(kept);
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_comes_back_from_its_line_and_half_a_line_is_none() {
        let line = r#"{"request_id":"req_1","at_ms":7,"account_id":"acct_1","api_key_id":"key_1","environment":"live","endpoint":"chat","model_id":"a/b","provider_name":"p","usage":{"input":1,"cache_read":3,"cache_write_1h":4,"output":2},"charge_nanos":5,"counted_by":"upstream","status":200,"error_code":"","end_reason":"completed","is_admitted":true,"is_streamed":false,"duration_us":6,"first_token_us":null,"detail":{"attempts":[],"priority":1,"address":"::1","agent":"x","prices":{"output":7}}}"#;
        let event = UsageEvent::from_line(line).unwrap();
        let mut bytes = vec![];
        event.write_json(&mut bytes);
        assert_eq!(bytes, line.as_bytes());
        assert_eq!(UsageEvent::from_json(&bytes), Some(event));
        assert!(UsageEvent::from_line(&line[..line.len() - 3]).is_none());
        assert!(UsageEvent::from_line(&line.replace("completed", "evaporated")).is_none());
    }
}
