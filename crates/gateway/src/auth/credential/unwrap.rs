//! What clients put around a secret: the scheme, once, twice or not at all, quotes, white space, what a file had at its end.

use http::HeaderValue;

use super::OURS;
use crate::error::ApiError;

/// What may stand before a secret, in any case: the scheme of the contract, what other services call theirs, and the
/// names of headers that were copied along.
const SCHEMES: [&[u8]; 7] = [
    b"bearer",
    b"authorization",
    b"x-api-key",
    b"api-key",
    b"apikey",
    b"token",
    b"key",
];
/// Line ends and spaces that were escaped on their way into a header.
const ENDS: [&[u8]; 5] = [b"\\n", b"\\r", b"%0A", b"%0D", b"%20"];
const BASIC: &[u8] = b"basic";

/// The secret that a header carries; `None` where it is empty or for somebody else.
pub(super) fn secret<'h>(
    value: &'h HeaderValue,
    name: &'static str,
) -> Result<Option<&'h str>, ApiError> {
    if let Some(secret) = plain(value) {
        return Ok(Some(secret));
    }
    if is_basic(value) {
        return Ok(None);
    }
    let core = unwrapped(value.as_bytes());
    if core.is_empty() {
        return Ok(None);
    }
    let text = std::str::from_utf8(core)
        .ok()
        .filter(|text| text.is_ascii());
    let text = text.ok_or_else(ApiError::credential_not_ascii)?;
    one_of(text, name).map(Some)
}

/// The form of the contract, which nearly every request has.
fn plain(value: &HeaderValue) -> Option<&str> {
    let secret = value.to_str().ok()?.strip_prefix("Bearer ")?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (secret.starts_with(OURS) && secret.bytes().all(is_plain)).then_some(secret)
}

/// Reports a user name and a password.
pub(super) fn is_basic(value: &HeaderValue) -> bool {
    let rest = without_prefix(value.as_bytes().trim_ascii_start(), BASIC);
    rest.is_some_and(|rest| rest.first().is_some_and(u8::is_ascii_whitespace))
}

fn unwrapped(mut bytes: &[u8]) -> &[u8] {
    loop {
        let trimmed = trimmed(bytes);
        let shorter = ENDS
            .iter()
            .find_map(|end| trimmed.strip_suffix(*end))
            .or_else(|| SCHEMES.iter().find_map(|scheme| behind(trimmed, scheme)));
        match shorter {
            Some(shorter) => bytes = shorter,
            None => return trimmed,
        }
    }
}

/// Without what no secret begins or ends with. Bytes beyond ASCII at the ends are quotation marks, byte order marks
/// and spaces of formatted text.
fn trimmed(mut bytes: &[u8]) -> &[u8] {
    let is_wrapping = |byte: &u8| {
        byte.is_ascii_whitespace()
            || !byte.is_ascii()
            || matches!(
                byte,
                b'"' | b'\'' | b'`' | b'<' | b'>' | b',' | b';' | b':' | b'='
            )
    };
    while let [first, rest @ ..] = bytes
        && is_wrapping(first)
    {
        bytes = rest;
    }
    while let [rest @ .., last] = bytes
        && is_wrapping(last)
    {
        bytes = rest;
    }
    bytes
}

/// What follows a scheme: a separator, nothing, or a secret of ours at once.
fn behind<'h>(bytes: &'h [u8], scheme: &[u8]) -> Option<&'h [u8]> {
    let rest = without_prefix(bytes, scheme)?;
    let is_apart = match rest.first() {
        None => true,
        Some(byte) => byte.is_ascii_whitespace() || matches!(byte, b':' | b'=' | b'"' | b'\''),
    };
    (is_apart || rest.starts_with(OURS.as_bytes())).then_some(rest)
}

fn without_prefix<'h>(bytes: &'h [u8], prefix: &[u8]) -> Option<&'h [u8]> {
    let (start, rest) = bytes.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// The one secret of ours in a text of several words, such as a scheme that is not known here, or the same header
/// twice, which proxies join with a comma. Otherwise the whole text, which is none.
fn one_of<'h>(text: &'h str, name: &'static str) -> Result<&'h str, ApiError> {
    let words = text.split(|letter: char| letter.is_ascii_whitespace() || letter == ',');
    let words = words.filter_map(|word| std::str::from_utf8(unwrapped(word.as_bytes())).ok());
    let mut found = None;
    let mut is_last = true;
    for word in words.filter(|word| !word.is_empty()) {
        is_last = word.starts_with(OURS);
        match found {
            _ if !is_last => {}
            None => found = Some(word),
            Some(known) if known == word => {}
            Some(_) => return Err(ApiError::two_credentials(name, name)),
        }
    }
    Ok(found.filter(|_| is_last).unwrap_or(text))
}
