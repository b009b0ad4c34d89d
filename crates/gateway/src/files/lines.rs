//! The lines of a file, put together from pieces of any length, each within a bound.

use bytes::{Bytes, BytesMut};
use memchr::memchr;

/// A fault of a line, by its number from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFault {
    pub line: u64,
    /// The fault in words, as the end of a sentence that begins with the line.
    pub problem: String,
}

/// Cuts content into lines.
#[derive(Debug)]
pub struct Lines {
    bytes_max: usize,
    pending: BytesMut,
    /// Bytes of `pending` in which no line end is.
    searched: usize,
    number: u64,
}

impl Lines {
    /// Lines of at most `bytes_max` bytes each.
    pub fn up_to(bytes_max: usize) -> Self {
        Self {
            bytes_max,
            pending: BytesMut::new(),
            searched: 0,
            number: 0,
        }
    }

    /// Takes in the next content.
    pub fn push(&mut self, content: &[u8]) {
        self.pending.extend_from_slice(content);
    }

    /// Bytes that are held.
    pub fn held(&self) -> usize {
        self.pending.len()
    }

    /// The next line that is whole and not blank, with its number; `None` if more content is needed.
    ///
    /// # Errors
    /// If a line is longer than the bound.
    pub fn next_line(&mut self) -> Result<Option<(u64, Bytes)>, LineFault> {
        loop {
            let unsearched = self.pending.get(self.searched..).unwrap_or_default();
            let Some(end) = memchr(b'\n', unsearched) else {
                self.searched = self.pending.len();
                self.check(self.searched)?;
                return Ok(None);
            };
            let end = self.searched + end;
            self.check(end)?;
            let line = self.pending.split_to(end + 1).freeze();
            if let Some(found) = self.take(&line) {
                return Ok(Some(found));
            }
        }
    }

    /// The last line, where no line end is behind it.
    pub fn finish(&mut self) -> Option<(u64, Bytes)> {
        let line = self.pending.split().freeze();
        if line.is_empty() {
            None
        } else {
            self.take(&line)
        }
    }

    fn take(&mut self, line: &Bytes) -> Option<(u64, Bytes)> {
        self.searched = 0;
        self.number += 1;
        let trimmed = line.trim_ascii();
        (!trimmed.is_empty()).then(|| (self.number, line.slice_ref(trimmed)))
    }

    fn check(&self, length: usize) -> Result<(), LineFault> {
        if length <= self.bytes_max {
            return Ok(());
        }
        Err(LineFault {
            line: self.number + 1,
            problem: format!(
                "is longer than {} bytes (files.line_bytes_max)",
                self.bytes_max
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    fn read(content: &[u8], size: usize) -> Result<Vec<(u64, String)>, u64> {
        let mut lines = Lines::up_to(8);
        let mut found = vec![];
        let text = |line: &[u8]| String::from_utf8(line.to_vec()).unwrap();
        for piece in content.chunks(size) {
            lines.push(piece);
            while let Some((number, line)) = lines.next_line().map_err(|fault| fault.line)? {
                found.push((number, text(&line)));
            }
        }
        found.extend(lines.finish().map(|(number, line)| (number, text(&line))));
        Ok(found)
    }

    #[test]
    fn lines_are_the_same_however_their_content_comes() {
        let expected: Vec<(u64, String)> = [(1, "one"), (3, "three"), (4, "four")]
            .map(|(number, text)| (number, text.to_owned()))
            .into();
        for size in 1..20 {
            assert_eq!(
                read(b"one\r\n\n three\nfour", size).unwrap(),
                expected,
                "{size}"
            );
        }
    }

    #[test]
    fn a_line_beyond_its_bound_is_refused_before_its_end() {
        for size in 1..20 {
            assert_eq!(read(b"one\n123456789", size), Err(2), "{size}");
            assert_eq!(read(b"one\n12345678\n", size).unwrap().len(), 2);
        }
    }
}
