//! JSON strings: finding their end at memory speed, and decoding the few that are looked at.

use std::borrow::Cow;

use super::JsonError;

/// Bytes that are looked at in one step, which the compiler turns into a few vector instructions.
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

    /// The bytes of the string that is meant: to be compared with a name, at no cost where nothing is escaped.
    pub fn bytes(&self) -> Cow<'a, [u8]> {
        if self.is_escaped {
            Cow::Owned(self.decode().into_owned().into_bytes())
        } else {
            Cow::Borrowed(self.raw)
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

/// How many bytes stand before the next quote, backslash or control character, and whether all of them
/// are ASCII (a "no" may also be due to a byte shortly behind).
fn plain_bytes(bytes: &[u8]) -> (usize, bool) {
    let mut seen = [0u8; STEP];
    let mut count = 0;
    let mut steps = bytes.chunks_exact(STEP);
    for step in steps.by_ref() {
        let mut special = [0u8; STEP];
        for ((byte, seen), special) in step.iter().copied().zip(&mut seen).zip(&mut special) {
            *seen |= byte;
            // Without a branch, so that the compiler asks it of many bytes at once.
            *special = u8::from(byte == b'"') | u8::from(byte == b'\\') | u8::from(byte < 0x20);
        }
        if let Some(position) = first_set(&special) {
            return (count + position, is_ascii(&seen));
        }
        count += STEP;
    }
    let rest = steps.remainder();
    let is_special = |byte: &u8| *byte == b'"' || *byte == b'\\' || *byte < 0x20;
    let plain = rest.iter().position(is_special).unwrap_or(rest.len());
    (count + plain, is_ascii(&seen) && rest.is_ascii())
}

fn first_set(flags: &[u8; STEP]) -> Option<usize> {
    let (words, _) = flags.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        if word != 0 {
            return Some(index * 8 + (word.trailing_zeros() / 8) as usize);
        }
    }
    None
}

fn is_ascii(seen: &[u8; STEP]) -> bool {
    seen.iter().fold(0, |bits, byte| bits | byte) < 0x80
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
