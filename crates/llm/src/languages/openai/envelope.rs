//! The error envelope: `{"error": {"message", "type", "param", "code"}}`.

use crate::json::quote;
use crate::language::ErrorFacts;

pub(super) fn body(error: &ErrorFacts<'_>) -> String {
    let text_or_null = |text: Option<&str>| text.map_or("null".to_owned(), quote);
    format!(
        r#"{{"error":{{"message":{},"type":{},"param":{},"code":{}}}}}"#,
        quote(error.message),
        quote(error.kind),
        text_or_null(error.param),
        text_or_null(error.code),
    )
}

pub(super) fn event(error: &ErrorFacts<'_>) -> String {
    format!("data: {}\n\n", body(error))
}

#[cfg(test)]
mod tests {
    use super::{ErrorFacts, body, event};

    const FACTS: ErrorFacts<'_> = ErrorFacts {
        message: "Not \"so\".\nTry again.",
        kind: "invalid_request_error",
        param: Some("model"),
        code: None,
        request_id: None,
        status: 400,
        retry_after_s: None,
    };

    #[test]
    fn the_envelope_is_read_as_it_was_meant() {
        let read: serde_json::Value = serde_json::from_str(&body(&FACTS)).unwrap();
        let expected = serde_json::json!({"error": {
            "message": FACTS.message, "type": FACTS.kind, "param": "model", "code": null
        }});
        assert_eq!(read, expected);
    }

    #[test]
    fn an_event_is_one_line() {
        let event = event(&FACTS);
        assert_eq!(event.matches('\n').count(), 2);
        assert!(event.starts_with("data: {") && event.ends_with("}\n\n"));
    }
}
