//! JSON strings: detection their end at memory speed, and decoding the few that are looked at.

use std::borrow::Cow;

use super::{JsonError, marks};

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
    let begin = start + 1;
    let mut at = begin;
    // Where the last escape ends: what is marked before that belongs to it.
    let mut escaped_until = begin;
    let mut is_ascii = true;
    let mut found = marks::of_vector(bytes.get(at..).unwrap_or_default());
    let end = 'blocks: loop {
        is_ascii &= found.is_ascii;
        while found.bits != 0 {
            let marked = at + found.bits.trailing_zeros() as usize;
            found.bits &= found.bits - 1;
            if marked < escaped_until {
                continue;
            }
            match bytes.get(marked..).unwrap_or_default() {
                [b'\\', letter, ..] if is_short_escape(*letter) => escaped_until = marked + 2,
                [b'"', ..] => break 'blocks marked,
                [b'\\', ..] => escaped_until = skip_escape(bytes, marked)?,
                _ => {
                    return Err(JsonError {
                        problem: "control character in a string",
                        at: marked,
                    });
                }
            }
        }
        at += found.width;
        let rest = bytes.get(at..).unwrap_or_default();
        if rest.is_empty() {
            return Err(JsonError {
                problem: "the text ends inside a string",
                at: bytes.len(),
            });
        }
        found = marks::of_block(rest);
    };
    let raw = bytes.get(begin..end);
    let raw = raw.expect("a string ends behind its start");
    // A block that is not ASCII may be so only behind the string.
    if !is_ascii && std::str::from_utf8(raw).is_err() {
        return Err(JsonError {
            problem: "the string is not UTF-8",
            at: start,
        });
    }
    Ok(Text {
        raw,
        start,
        is_escaped: escaped_until > begin,
    })
}

/// Offset behind the escape that begins at `at`.
fn skip_escape(bytes: &[u8], at: usize) -> Result<usize, JsonError> {
    match bytes.get(at + 1..).unwrap_or_default() {
        [letter, ..] if is_short_escape(*letter) => Ok(at + 2),
        [b'u', a, b, c, d, ..] if [a, b, c, d].iter().all(|digit| digit.is_ascii_hexdigit()) => {
            Ok(at + 6)
        }
        _ => Err(JsonError {
            problem: "unknown escape in a string",
            at,
        }),
    }
}

/// Returns whether the letter behind a backslash is all of an escape. A table, because prompts are full of them.
fn is_short_escape(letter: u8) -> bool {
    static SHORT: [bool; 256] = {
        let mut table = [false; 256];
        let mut letters: &[u8] = b"\"\\/bfnrt";
        while let [letter, rest @ ..] = letters {
            table[*letter as usize] = true;
            letters = rest;
        }
        table
    };
    SHORT[usize::from(letter)]
}

/// Resolves the escapes of a string whose syntax was already checked by [`scan`].
fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, behind)) = rest.split_once('\\') {
        out.push_str(before);
        let mut letters = behind.chars();
        let letter = letters.next();
        rest = letters.as_str();
        match letter.expect("an escape has a letter") {
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
    let after = rest.get(4..);
    let after = after.expect("four digits follow the letter u");
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
    after.get(6..).expect("the low half was read")
}

fn hex_unit(digits: &str) -> u32 {
    digits
        .get(..4)
        .and_then(|four| u32::from_str_radix(four, 16).ok())
        .unwrap_or(0xFFFD)
}
