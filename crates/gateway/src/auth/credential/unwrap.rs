//! Strips what clients wrap around a secret: schemes, quotes, white space, byte order marks, escaped line ends.

use http::HeaderValue;

use super::OURS;
use crate::error::ApiError;

/// Words that may precede a secret, in any case: the scheme of the contract, those of other services, and names of
/// headers that were copied along.
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

/// The secret in a header; `None` if it is empty or has Basic credentials.
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

/// Fast path: `Bearer` and a secret, which nearly every request has.
fn plain(value: &HeaderValue) -> Option<&str> {
    let secret = value.to_str().ok()?.strip_prefix("Bearer ")?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (secret.starts_with(OURS) && secret.bytes().all(is_plain)).then_some(secret)
}

/// Recognises Basic credentials (RFC 7617).
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

/// Trims bytes that no secret begins or ends with. Non-ASCII ones are quotation marks, byte order marks and no-break
/// spaces of formatted text.
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

/// The rest after a scheme, which must be followed by a separator, the end, or a secret of this service.
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

/// The one secret of this service among several words: after an unknown scheme, or repeated, as proxies join duplicate
/// headers with a comma. Otherwise the whole text, which is not a key.
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
