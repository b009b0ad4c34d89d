//! Events as JSON, written by hand: a request is written down two or three times, and most of what a general writer does
//! there is looking for what has to be escaped in names that are known. What is rare goes by the general writer.

use serde::Serialize;

use super::{AttemptRecord, Detail, LimitShown, UsageEvent};

/// Writes an event at the end of `to`, byte for byte as its `Serialize` would.
pub(super) fn write(event: &UsageEvent, to: &mut Vec<u8>) {
    let mut object = Object::begin(to);
    object.text("request_id", event.request_id.as_str());
    object.signed("at_ms", event.at_ms);
    object.text("account_id", event.account_id.as_str());
    object.text("api_key_id", event.api_key_id.as_str());
    object.text("environment", event.environment);
    object.text("endpoint", event.endpoint);
    object.text("model_id", &event.model_id);
    if !event.requested_model.is_empty() {
        object.text("requested_model", &event.requested_model);
    }
    object.text("provider_name", &event.provider_name);
    let mut usage = Object::begin(object.value("usage"));
    for (meter, amount) in event.usage.iter() {
        usage.number(meter.name(), amount);
    }
    usage.end();
    object.number("charge_nanos", event.charge_nanos);
    object.text("counted_by", event.counted_by.as_str());
    object.number("status", event.status.into());
    object.text("error_code", event.error_code);
    object.text("end_reason", event.end_reason.as_str());
    object.flag("is_admitted", event.is_admitted);
    object.flag("is_streamed", event.is_streamed);
    object.number("duration_us", event.duration_us);
    object.number_or_null("first_token_us", event.first_token_us);
    write_detail(&event.detail, object.value("detail"));
    object.end();
}

/// Writes the facts of a receipt.
fn write_detail(detail: &Detail, to: &mut Vec<u8>) {
    let mut object = Object::begin(to);
    let attempts = object.value("attempts");
    attempts.push(b'[');
    for (index, attempt) in detail.attempts.iter().enumerate() {
        if index > 0 {
            attempts.push(b',');
        }
        write_attempt(attempt, attempts);
    }
    attempts.push(b']');
    object.number("priority", detail.priority.into());
    object.text("address", &detail.address);
    object.text("agent", &detail.agent);
    if let Some(limit) = &detail.limit {
        write_limit(limit, object.value("limit"));
    }
    if let Some(prices) = &detail.prices {
        let text = prices.as_str().as_bytes();
        object.value("prices").extend_from_slice(text);
    }
    object.rare("hold", detail.hold.as_ref());
    object.rare("error", detail.error.as_ref());
    let dropped = Some(&detail.dropped).filter(|names| !names.is_empty());
    object.rare("dropped", dropped);
    object.end();
}

fn write_attempt(attempt: &AttemptRecord, to: &mut Vec<u8>) {
    let mut object = Object::begin(to);
    object.text("provider", &attempt.provider);
    object.text("upstream_model", &attempt.upstream_model);
    if let Some(credential) = &attempt.credential {
        object.text("credential", credential);
    }
    object.number("began_us", attempt.began_us);
    object.number("duration_us", attempt.duration_us);
    object.text("outcome", &attempt.outcome);
    if let Some(status) = attempt.status {
        object.number("status", status.into());
    }
    if let Some(id) = &attempt.upstream_request_id {
        object.text("upstream_request_id", id);
    }
    object.rare("cause", attempt.cause.as_ref());
    object.end();
}

fn write_limit(limit: &LimitShown, to: &mut Vec<u8>) {
    let mut object = Object::begin(to);
    object.number_or_null("limit", limit.limit);
    object.number("used", limit.used);
    object.signed("resets_at_s", limit.resets_at_s);
    object.end();
}

/// An object that is being written. Its names need no escapes.
struct Object<'a> {
    to: &'a mut Vec<u8>,
    is_empty: bool,
}

impl<'a> Object<'a> {
    fn begin(to: &'a mut Vec<u8>) -> Self {
        to.push(b'{');
        Self { to, is_empty: true }
    }

    fn end(self) {
        self.to.push(b'}');
    }

    /// The place for the value of a member.
    fn value(&mut self, name: &str) -> &mut Vec<u8> {
        let before: &[u8] = if self.is_empty { b"\"" } else { b",\"" };
        self.is_empty = false;
        self.to.extend_from_slice(before);
        self.to.extend_from_slice(name.as_bytes());
        self.to.extend_from_slice(b"\":");
        self.to
    }

    fn text(&mut self, name: &str, text: &str) {
        write_text(text, self.value(name));
    }

    fn number(&mut self, name: &str, number: u64) {
        let mut digits = itoa::Buffer::new();
        let digits = digits.format(number).as_bytes();
        self.value(name).extend_from_slice(digits);
    }

    fn signed(&mut self, name: &str, number: i64) {
        let mut digits = itoa::Buffer::new();
        let digits = digits.format(number).as_bytes();
        self.value(name).extend_from_slice(digits);
    }

    fn number_or_null(&mut self, name: &str, number: Option<u64>) {
        match number {
            Some(number) => self.number(name, number),
            None => self.value(name).extend_from_slice(b"null"),
        }
    }

    fn flag(&mut self, name: &str, flag: bool) {
        let word: &[u8] = if flag { b"true" } else { b"false" };
        self.value(name).extend_from_slice(word);
    }

    /// A member that few events have; left out without a value.
    fn rare<T: Serialize>(&mut self, name: &str, value: Option<&T>) {
        if let Some(value) = value {
            write_any(value, self.value(name));
        }
    }
}

fn write_text(text: &str, to: &mut Vec<u8>) {
    // To the end in any case: so the compiler looks at many bytes at once.
    let needs_escape = text.bytes().fold(false, |needs, byte| {
        needs | (byte < b' ') | (byte == b'"') | (byte == b'\\')
    });
    if needs_escape {
        write_any(text, to);
        return;
    }
    to.push(b'"');
    to.extend_from_slice(text.as_bytes());
    to.push(b'"');
}

fn write_any<T: Serialize + ?Sized>(value: &T, to: &mut Vec<u8>) {
    // Writing to memory cannot fail, and events have no keys that are no texts.
    let _ = serde_json::to_writer(to, value);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::usage_events::{CountedBy, EndReason};

    /// An event with everything that one can have.
    fn full(text: &str, number: u64) -> UsageEvent {
        let sealed = json!({ "message": text });
        let cause = json!({ "code": text, "message": text });
        let attempt = json!({
            "provider": text, "upstream_model": text, "credential": text, "began_us": number, "duration_us": number,
            "outcome": text, "status": 502, "upstream_request_id": text, "cause": cause,
        });
        let plain = json!({ "provider": text, "upstream_model": "m", "outcome": "responded" });
        let event = json!({
            "request_id": text, "at_ms": -7, "account_id": text, "api_key_id": text, "environment": "live",
            "endpoint": "chat", "model_id": text, "requested_model": text, "provider_name": text,
            "usage": { "input": number, "output": 2, "reasoning": number }, "charge_nanos": number,
            "counted_by": "upstream", "status": 200, "error_code": "", "end_reason": "completed", "is_admitted": true,
            "is_streamed": false, "duration_us": number, "first_token_us": number,
            "detail": {
                "attempts": [attempt, plain], "priority": 3, "address": text, "agent": text,
                "limit": { "limit": number, "used": 1, "resets_at_s": -1 }, "prices": { "output": 7 },
                "hold": { "nanos": number, "server": text, "over_nanos": 1 }, "error": sealed, "dropped": [text, "b"],
            },
        });
        // By way of a text, as raw JSON wants it.
        UsageEvent::from_line(&event.to_string()).unwrap()
    }

    fn check(event: &UsageEvent) {
        let mut written = b"before".to_vec();
        write(event, &mut written);
        let expected = format!("before{}", serde_json::to_string(event).unwrap());
        assert_eq!(String::from_utf8(written).unwrap(), expected);
    }

    proptest! {
        #[test]
        fn an_event_is_written_as_the_general_writer_would(text in ".*", number: u64) {
            let event = full(&text, number);
            check(&event);
            let none = UsageEvent {
                first_token_us: None,
                requested_model: "".into(),
                usage: llm::Usage::default(),
                detail: Detail::default(),
                ..event
            };
            check(&none);
        }
    }

    #[test]
    fn words_of_the_end_are_those_of_the_general_writer() {
        for counted_by in ["upstream", "estimate", "none"] {
            for end_reason in [
                "completed",
                "broken",
                "client_closed",
                "failed",
                "refused",
                "server_crashed",
            ] {
                let mut event = full("x", 1);
                event.counted_by = serde_json::from_value::<CountedBy>(json!(counted_by)).unwrap();
                event.end_reason = serde_json::from_value::<EndReason>(json!(end_reason)).unwrap();
                check(&event);
            }
        }
    }
}
