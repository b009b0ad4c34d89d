//! Puts values into the gaps of a text: `{{name}}`.

use std::borrow::Cow;

const OPEN: &str = "{{";
const CLOSE: &str = "}}";
/// Letters of a name; what is longer is no gap.
const NAME_BYTES_MAX: usize = 64;

/// The text with what `value` says in the place of each gap. What it does not know stays: pages show templates
/// of others too.
pub(super) fn fill<'a>(text: &str, value: impl Fn(&str) -> Option<Cow<'a, str>>) -> String {
    let mut filled = String::with_capacity(text.len() + text.len() / 8);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPEN) {
        filled.push_str(before);
        let found = after
            .split_once(CLOSE)
            .filter(|(name, _)| is_name(name))
            .and_then(|(name, behind)| Some((value(name)?, behind)));
        if let Some((value, behind)) = found {
            filled.push_str(&value);
            rest = behind;
        } else {
            filled.push_str(OPEN);
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}

fn is_name(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (1..=NAME_BYTES_MAX).contains(&name.len()) && name.bytes().all(is_letter)
}

/// Text as HTML, also within an attribute.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{escape, fill};

    fn filled(text: &str) -> String {
        fill(text, |name| (name == "base_url").then(|| "URL".into()))
    }

    #[test]
    fn known_gaps_are_filled_and_everything_else_stays() {
        assert_eq!(filled("{{base_url}}/v1, {{base_url}}"), "URL/v1, URL");
        for text in [
            "",
            "{{",
            "}}",
            "{{{{",
            "{{other}}",
            "{{ base_url }}",
            "a {{b c}} d",
        ] {
            assert_eq!(filled(text), text);
        }
        assert_eq!(filled("{{{{base_url}}}}"), "{{URL}}");
        assert_eq!(filled("{{x{{base_url}}"), "{{xURL");
    }

    #[test]
    fn a_value_cannot_leave_its_attribute() {
        assert_eq!(escape(r#"<a b="c">&"#), "&lt;a b=&quot;c&quot;&gt;&amp;");
    }
}
