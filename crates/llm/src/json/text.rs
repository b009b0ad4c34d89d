//! JSON strings: finding their end at memory speed, and decoding the few that are looked at.

use std::borrow::Cow;

use super::JsonError;

/// How many bytes are looked at in one step; the compiler turns a step into a few vector instructions.
const STEP: usize = 32;

/// A string of the text, still escaped.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    /// Known to be UTF-8: either all ASCII or checked.
    raw: &'a [u8],
    start: usize,
    is_escaped: bool,
}

impl<'a> Text<'a> {
    /// The bytes between the quotes, as written.
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// The string that is meant; lone surrogates become U+FFFD.
    pub fn decode(&self) -> Cow<'a, str> {
        let raw = String::from_utf8_lossy(self.raw);
        if self.is_escaped {
            Cow::Owned(unescape(&raw))
        } else {
            raw
        }
    }

    /// Offset just behind the closing quote.
    pub fn end(&self) -> usize {
        self.start + self.raw.len() + 2
    }

    /// Offset of the opening quote.
    pub fn start(&self) -> usize {
        self.start
    }
}

/// Reads the string whose opening quote is at `start`.
pub(super) fn scan(bytes: &[u8], start: usize) -> Result<Text<'_>, JsonError> {
    let mut at = start + 1;
    let mut is_ascii = true;
    let mut is_escaped = false;
    loop {
        let (plain, ascii) = plain_bytes(bytes.get(at..).unwrap_or_default());
        at += plain;
        is_ascii &= ascii;
        match bytes.get(at) {
            Some(b'"') => break,
            Some(b'\\') => {
                at = skip_escape(bytes, at)?;
                is_escaped = true;
            }
            Some(_) => {
                return Err(JsonError {
                    problem: "control character in a string",
                    at,
                });
            }
            None => {
                return Err(JsonError {
                    problem: "the text ends inside a string",
                    at,
                });
            }
        }
    }
    let raw = bytes.get(start + 1..at).unwrap_or_default();
    if !is_ascii && std::str::from_utf8(raw).is_err() {
        return Err(JsonError {
            problem: "the string is not UTF-8",
            at: start,
        });
    }
    Ok(Text {
        raw,
        start,
        is_escaped,
    })
}

/// How many bytes stand before the next quote, backslash or control character, and whether all are ASCII.
fn plain_bytes(bytes: &[u8]) -> (usize, bool) {
    let mut seen = 0u8;
    let mut count = 0;
    for step in bytes.chunks(STEP) {
        let Ok(full) = <&[u8; STEP]>::try_from(step) else {
            break;
        };
        if full
            .iter()
            .fold(0u8, |found, &byte| found | u8::from(is_special(byte)))
            != 0
        {
            break;
        }
        seen |= full.iter().fold(0u8, |bits, &byte| bits | byte);
        count += STEP;
    }
    for &byte in bytes.get(count..).unwrap_or_default() {
        if is_special(byte) {
            break;
        }
        seen |= byte;
        count += 1;
    }
    (count, seen < 0x80)
}

fn is_special(byte: u8) -> bool {
    byte == b'"' || byte == b'\\' || byte < 0x20
}

fn skip_escape(bytes: &[u8], at: usize) -> Result<usize, JsonError> {
    let problem = JsonError {
        problem: "unknown escape in a string",
        at,
    };
    match bytes.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        Some(b'u') => {
            let digits = bytes.get(at + 2..at + 6).ok_or(problem)?;
            if digits.iter().all(u8::is_ascii_hexdigit) {
                Ok(at + 6)
            } else {
                Err(problem)
            }
        }
        _ => Err(problem),
    }
}

/// Resolves the escapes of a string whose syntax was already checked by [`scan`].
fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(position) = rest.find('\\') {
        out.push_str(rest.get(..position).unwrap_or_default());
        rest = rest.get(position + 1..).unwrap_or_default();
        let Some(letter) = rest.chars().next() else {
            break;
        };
        rest = rest.get(1..).unwrap_or_default();
        match letter {
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            't' => out.push('\t'),
            'u' => rest = push_unicode(&mut out, rest),
            other => out.push(other),
        }
    }
    out.push_str(rest);
    out
}

/// Reads the four digits after `\u`, and the low half that follows a high surrogate.
fn push_unicode<'a>(out: &mut String, rest: &'a str) -> &'a str {
    let unit = hex_unit(rest);
    let after = rest.get(4..).unwrap_or_default();
    if !(0xD800..0xDC00).contains(&unit) {
        out.push(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
        return after;
    }
    let low = after.strip_prefix("\\u").map_or(0, hex_unit);
    if !(0xDC00..0xE000).contains(&low) {
        out.push(char::REPLACEMENT_CHARACTER);
        return after;
    }
    let code = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
    after.get(6..).unwrap_or_default()
}

fn hex_unit(digits: &str) -> u32 {
    digits
        .get(..4)
        .and_then(|four| u32::from_str_radix(four, 16).ok())
        .unwrap_or(0xFFFD)
}
