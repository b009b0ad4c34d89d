//! An event as a line of text, for when the database does not take it.

use std::collections::BTreeSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::{Detail, UsageEvent};

/// Beyond these, words are not ours: endpoints, environments, codes of errors and the like are short and few.
const WORDS_MAX: usize = 1_024;
const WORD_BYTES_MAX: usize = 64;

/// The line. Names are those of the columns.
#[derive(Serialize, Deserialize)]
struct Line {
    request_id: String,
    at_ms: i64,
    account_id: String,
    api_key_id: String,
    environment: String,
    endpoint: String,
    model_id: String,
    provider_name: String,
    input_tokens: u64,
    output_tokens: u64,
    cached_tokens: u64,
    reasoning_tokens: u64,
    charge_nanos: u64,
    counted_by: String,
    status: u16,
    error_code: String,
    end_reason: String,
    is_admitted: bool,
    is_streamed: bool,
    duration_us: u64,
    first_token_us: Option<u64>,
    detail: Detail,
}

impl UsageEvent {
    /// A JSON object in one line.
    ///
    /// # Errors
    /// If it cannot be put into words, which no event of ours is.
    pub fn to_line(&self) -> serde_json::Result<String> {
        serde_json::to_string(&Line {
            request_id: self.request_id.to_string(),
            at_ms: self.at_ms,
            account_id: self.account_id.to_string(),
            api_key_id: self.api_key_id.to_string(),
            environment: self.environment.to_owned(),
            endpoint: self.endpoint.to_owned(),
            model_id: self.model_id.to_string(),
            provider_name: self.provider_name.to_string(),
            input_tokens: self.input_tokens,
            output_tokens: self.output_tokens,
            cached_tokens: self.cached_tokens,
            reasoning_tokens: self.reasoning_tokens,
            charge_nanos: self.charge_nanos,
            counted_by: self.counted_by.to_owned(),
            status: self.status,
            error_code: self.error_code.to_owned(),
            end_reason: self.end_reason.to_owned(),
            is_admitted: self.is_admitted,
            is_streamed: self.is_streamed,
            duration_us: self.duration_us,
            first_token_us: self.first_token_us,
            detail: self.detail.clone(),
        })
    }

    /// The event in a line; `None` if it is none.
    pub fn from_line(text: &str) -> Option<Self> {
        let line: Line = serde_json::from_str(text).ok()?;
        Some(Self {
            request_id: line.request_id.into(),
            at_ms: line.at_ms,
            account_id: line.account_id.into(),
            api_key_id: line.api_key_id.into(),
            environment: word(&line.environment)?,
            endpoint: word(&line.endpoint)?,
            model_id: line.model_id.into(),
            provider_name: line.provider_name.into(),
            input_tokens: line.input_tokens,
            output_tokens: line.output_tokens,
            cached_tokens: line.cached_tokens,
            reasoning_tokens: line.reasoning_tokens,
            charge_nanos: line.charge_nanos,
            counted_by: word(&line.counted_by)?,
            status: line.status,
            error_code: word(&line.error_code)?,
            end_reason: word(&line.end_reason)?,
            is_admitted: line.is_admitted,
            is_streamed: line.is_streamed,
            duration_us: line.duration_us,
            first_token_us: line.first_token_us,
            detail: line.detail,
        })
    }
}

/// A word as events hold it: for good. Each is kept once, and there are few.
fn word(text: &str) -> Option<&'static str> {
    static WORDS: LazyLock<Mutex<BTreeSet<&'static str>>> = LazyLock::new(Mutex::default);
    let mut words = WORDS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = words.get(text) {
        return Some(known);
    }
    if words.len() >= WORDS_MAX || text.len() > WORD_BYTES_MAX {
        return None;
    }
    let kept: &'static str = Box::leak(text.into());
    words.insert(kept);
    Some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_comes_back_from_its_line_and_half_a_line_is_none() {
        let line = r#"{"request_id":"req_1","at_ms":7,"account_id":"acct_1","api_key_id":"key_1","environment":"live","endpoint":"chat","model_id":"a/b","provider_name":"p","input_tokens":1,"output_tokens":2,"cached_tokens":3,"reasoning_tokens":4,"charge_nanos":5,"counted_by":"upstream","status":200,"error_code":"","end_reason":"completed","is_admitted":true,"is_streamed":false,"duration_us":6,"first_token_us":null,"detail":{"attempts":[],"priority":1,"address":"::1","agent":"x"}}"#;
        let event = UsageEvent::from_line(line).unwrap();
        assert_eq!(event.to_line().unwrap(), line);
        assert!(UsageEvent::from_line(&line[..line.len() - 3]).is_none());
    }
}
