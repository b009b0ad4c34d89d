//! The end of a chunked body. Lines end with CR LF and nothing else.

/// The next byte to come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Next {
    #[default]
    FirstDigit,
    Digit,
    /// Blanks behind the size.
    Blank,
    Extension,
    SizeLineFeed,
    Data,
    DataReturn,
    DataLineFeed,
    /// The first byte of a line behind the last chunk.
    TrailerLine,
    Trailer,
    TrailerLineFeed,
    LastLineFeed,
}

/// Follows the framing of a chunked body.
#[derive(Debug, Default)]
pub(super) struct Chunks {
    next: Next,
    /// Of the chunk that is coming: its size, then what is left of it.
    size: u64,
}

impl Chunks {
    /// Counts the bytes that belong to the body, and says if it ends with them. The error is how many were sound.
    pub(super) fn follow(&mut self, bytes: &[u8]) -> Result<(usize, bool), usize> {
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            if self.next == Next::Data {
                let here = usize::try_from(self.size)
                    .unwrap_or(usize::MAX)
                    .min(bytes.len() - at);
                self.size -= here as u64;
                at += here;
                if self.size == 0 {
                    self.next = Next::DataReturn;
                }
                continue;
            }
            let is_last = self.next == Next::LastLineFeed;
            self.next = self.step(*byte).ok_or(at)?;
            at += 1;
            if is_last {
                return Ok((at, true));
            }
        }
        Ok((at, false))
    }

    fn step(&mut self, byte: u8) -> Option<Next> {
        Some(match (self.next, byte) {
            (Next::FirstDigit | Next::Digit, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                let digit = char::from(byte).to_digit(16)?;
                self.size = self.size.checked_mul(16)?.checked_add(u64::from(digit))?;
                Next::Digit
            }
            (Next::Digit | Next::Blank, b' ' | b'\t') => Next::Blank,
            (Next::Digit | Next::Blank, b';') => Next::Extension,
            (Next::Digit | Next::Blank | Next::Extension, b'\r') => Next::SizeLineFeed,
            (Next::SizeLineFeed, b'\n') if self.size == 0 => Next::TrailerLine,
            (Next::SizeLineFeed, b'\n') => Next::Data,
            (Next::DataReturn, b'\r') => Next::DataLineFeed,
            (Next::DataLineFeed, b'\n') => Next::FirstDigit,
            (Next::TrailerLine, b'\r') => Next::LastLineFeed,
            (Next::Trailer, b'\r') => Next::TrailerLineFeed,
            (Next::TrailerLineFeed, b'\n') => Next::TrailerLine,
            (Next::LastLineFeed, b'\n') => Next::default(),
            (Next::Extension, byte) if byte != b'\n' => Next::Extension,
            (Next::TrailerLine | Next::Trailer, byte) if byte != b'\n' => Next::Trailer,
            _ => return None,
        })
    }
}
