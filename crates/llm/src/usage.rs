//! Token counts of a request.

use crate::json::{Cursor, JsonError, Kind};

/// Counts above this are a fault of the upstream's, not a bill.
const TOKENS_MAX: u64 = 1_000_000_000;

/// Tokens of one request, by class. `cached` is a part of `input`, `reasoning` a part of `output`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    pub input_tokens: u64,
    pub output_tokens: u64,
    pub cached_tokens: u64,
    pub reasoning_tokens: u64,
}

/// Reads an OpenAI usage object. `None` when it is `null`, or when its numbers cannot be true
/// (negative, fractional, beyond a billion) or are not there: neither a wrong count nor an empty object
/// must become a charge, or the absence of one.
pub fn read_openai(cursor: &mut Cursor<'_>) -> Result<Option<Usage>, JsonError> {
    if cursor.kind()? != Kind::Object {
        cursor.skip()?;
        return Ok(None);
    }
    let mut usage = Usage::default();
    let mut is_sane = true;
    let mut has_input = false;
    cursor.object(|inner, key| match &*key.bytes() {
        b"prompt_tokens" | b"input_tokens" => {
            has_input = inner.kind()? == Kind::Number;
            count(inner, &mut usage.input_tokens, &mut is_sane)
        }
        b"completion_tokens" | b"output_tokens" => {
            count(inner, &mut usage.output_tokens, &mut is_sane)
        }
        b"prompt_tokens_details" => detail(
            inner,
            b"cached_tokens",
            &mut usage.cached_tokens,
            &mut is_sane,
        ),
        b"completion_tokens_details" => detail(
            inner,
            b"reasoning_tokens",
            &mut usage.reasoning_tokens,
            &mut is_sane,
        ),
        _ => inner.skip(),
    })?;
    usage.cached_tokens = usage.cached_tokens.min(usage.input_tokens);
    usage.reasoning_tokens = usage.reasoning_tokens.min(usage.output_tokens);
    Ok((is_sane && has_input).then_some(usage))
}

fn detail(
    cursor: &mut Cursor<'_>,
    name: &[u8],
    into: &mut u64,
    is_sane: &mut bool,
) -> Result<(), JsonError> {
    if cursor.kind()? != Kind::Object {
        return cursor.skip();
    }
    cursor.object(|inner, key| {
        if *key.bytes() == *name {
            count(inner, into, is_sane)
        } else {
            inner.skip()
        }
    })
}

fn count(cursor: &mut Cursor<'_>, into: &mut u64, is_sane: &mut bool) -> Result<(), JsonError> {
    match cursor.kind()? {
        Kind::Number => match cursor.number()?.parse::<u64>() {
            Ok(tokens) if tokens <= TOKENS_MAX => *into = tokens,
            _ => *is_sane = false,
        },
        Kind::Null => cursor.skip()?,
        Kind::Object | Kind::Array | Kind::String | Kind::Bool => {
            *is_sane = false;
            cursor.skip()?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Usage, read_openai};
    use crate::json::Cursor;

    fn read(text: &str) -> Option<Usage> {
        read_openai(&mut Cursor::new(text.as_bytes())).unwrap()
    }

    #[test]
    fn every_class_is_read() {
        let text = r#"{"prompt_tokens":100,"completion_tokens":20,"total_tokens":120,
            "prompt_tokens_details":{"cached_tokens":64,"audio_tokens":0},
            "completion_tokens_details":{"reasoning_tokens":7}}"#;
        let expected = Usage {
            input_tokens: 100,
            output_tokens: 20,
            cached_tokens: 64,
            reasoning_tokens: 7,
        };
        assert_eq!(read(text), Some(expected));
    }

    #[test]
    fn an_explicit_zero_is_zero() {
        assert_eq!(
            read(r#"{"prompt_tokens":0,"completion_tokens":0}"#),
            Some(Usage::default())
        );
    }

    #[test]
    fn counts_that_cannot_be_true_are_refused() {
        for wrong in [
            "-5",
            "1.5",
            "1e30",
            "18446744073709551616",
            "\"7\"",
            "1000000001",
        ] {
            assert_eq!(
                read(&format!(
                    r#"{{"prompt_tokens":{wrong},"completion_tokens":1}}"#
                )),
                None,
                "{wrong}"
            );
        }
        assert_eq!(read("null"), None);
        for empty in [
            "{}",
            r#"{"cost":0.1}"#,
            r#"{"prompt_tokens":null,"completion_tokens":3}"#,
        ] {
            assert_eq!(read(empty), None, "{empty}");
        }
    }

    #[test]
    fn a_class_is_never_larger_than_its_whole() {
        let usage =
            read(r#"{"prompt_tokens":5,"prompt_tokens_details":{"cached_tokens":9}}"#).unwrap();
        assert_eq!(usage.cached_tokens, 5);
    }
}
