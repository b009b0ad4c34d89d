//! Choices that have nothing in them: providers send such responses with the status of a success.

use crate::json::Value;

/// Members of a message or delta that are no content.
const NO_CONTENT: [&str; 3] = ["role", "name", "annotations"];
/// Reasons for an end that explain why there may be nothing: the bound on the output, a filter, a call.
const EXPLAINED: [&str; 4] = ["length", "content_filter", "tool_calls", "function_call"];

/// True if no choice has anything in it, and none says why.
pub(super) fn of_choices(choices: &[u8]) -> bool {
    match Value::read(choices) {
        Some(Value::List(choices)) => choices.iter().all(is_empty),
        _ => false,
    }
}

/// True for a reason that explains why there may be nothing.
pub(super) fn is_explained(finish_reason: &[u8]) -> bool {
    EXPLAINED
        .iter()
        .any(|reason| reason.as_bytes() == finish_reason)
}

/// True for a member of a message or delta that is content.
pub(super) fn is_content(name: &[u8]) -> bool {
    !NO_CONTENT.iter().any(|known| known.as_bytes() == name)
}

fn is_empty(choice: &Value) -> bool {
    let reason = choice.get("finish_reason").and_then(Value::text);
    if reason.is_some_and(|reason| is_explained(reason.as_bytes())) {
        return false;
    }
    if let Some(text) = choice.get("text") {
        return text.is_falsy();
    }
    match choice.get("message") {
        Some(Value::Object(members)) => members
            .iter()
            .all(|(name, value)| !is_content(name.as_bytes()) || is_blank(value)),
        Some(Value::Null) | None => true,
        Some(_) => false,
    }
}

/// Nothing, or a list of nothing but empty texts.
fn is_blank(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.is_empty(),
        Value::List(items) => items.iter().all(|item| {
            item.get("type").and_then(Value::text) == Some("text")
                && item.get("text").is_none_or(Value::is_falsy)
        }),
        value => value.is_falsy(),
    }
}

#[cfg(test)]
mod tests {
    use super::of_choices;

    #[test]
    fn choices_without_anything_are_empty_unless_they_say_why() {
        for (choices, is_empty) in [
            ("[]", true),
            (
                r#"[{"message":{"role":"assistant","content":""},"finish_reason":"stop"}]"#,
                true,
            ),
            (
                r#"[{"message":{"role":"assistant","content":null,"tool_calls":[]}}]"#,
                true,
            ),
            (
                r#"[{"message":{"content":[{"type":"text","text":""}]}}]"#,
                true,
            ),
            (r#"[{"text":"","finish_reason":"stop"}]"#, true),
            (r#"[{"message":null}]"#, true),
            (r#"[{"message":{"content":" "}}]"#, false),
            (
                r#"[{"message":{"content":""},"finish_reason":"length"}]"#,
                false,
            ),
            (
                r#"[{"message":{"content":""},"finish_reason":"content_filter"}]"#,
                false,
            ),
            (
                r#"[{"message":{"content":null,"tool_calls":[{"id":"1"}]}}]"#,
                false,
            ),
            (
                r#"[{"message":{"content":null,"audio":{"id":"1"}}}]"#,
                false,
            ),
            (r#"[{"message":{"content":"","reasoning":"hm"}}]"#, false),
            (
                r#"[{"message":{"content":""}},{"message":{"content":"x"}}]"#,
                false,
            ),
            (r#"{"message":"#, false),
        ] {
            assert_eq!(of_choices(choices.as_bytes()), is_empty, "{choices}");
        }
    }
}
