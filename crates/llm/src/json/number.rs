//! The grammar of JSON numbers.

use super::JsonError;

/// Python's notation of numbers that JSON does not have.
const NON_FINITE: [&[u8]; 3] = [b"NaN", b"Infinity", b"-Infinity"];

/// Offset behind the word for a number that is not finite, if one begins at `start`.
pub(super) fn non_finite(bytes: &[u8], start: usize) -> Option<usize> {
    let rest = bytes.get(start..)?;
    let word = NON_FINITE.iter().find(|word| rest.starts_with(word))?;
    Some(start + word.len())
}

/// Offset behind the number that begins at `start`.
pub(super) fn scan(bytes: &[u8], start: usize) -> Result<usize, JsonError> {
    let mut at = start + usize::from(bytes.get(start) == Some(&b'-'));
    match bytes.get(at) {
        Some(b'0') => at += 1,
        Some(b'1'..=b'9') => at = digits(bytes, at),
        _ => return Err(bad(at)),
    }
    if bytes.get(at) == Some(&b'.') {
        at = some_digits(bytes, at + 1)?;
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        at += 1;
        at += usize::from(matches!(bytes.get(at), Some(b'+' | b'-')));
        at = some_digits(bytes, at)?;
    }
    Ok(at)
}

fn some_digits(bytes: &[u8], at: usize) -> Result<usize, JsonError> {
    let end = digits(bytes, at);
    if end == at { Err(bad(at)) } else { Ok(end) }
}

fn digits(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

fn bad(at: usize) -> JsonError {
    JsonError {
        problem: "expected a digit",
        at,
    }
}
