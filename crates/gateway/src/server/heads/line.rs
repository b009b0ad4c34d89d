//! The lines of a head that say where a request begins and ends.

use super::LINE_KEPT_MAX;
use super::fault::HeadFault;

/// The framing of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RequestFraming {
    Length(u64),
    Chunked,
}

/// The facts of a head, as far as it was read.
#[derive(Debug, Default)]
pub(super) struct Head {
    has_request_line: bool,
    is_http_10: bool,
    has_host: bool,
    length: Option<u64>,
    is_chunked: bool,
}

impl Head {
    /// Reads a line without its LF; `true` when it ends the head.
    pub(super) fn read_line(&mut self, line: &[u8]) -> Result<bool, HeadFault> {
        let Some((b'\r', line)) = line.split_last() else {
            return Err(HeadFault::BareLineFeed);
        };
        let Some(first) = line.first() else {
            // Empty lines before a request are skipped, as HTTP says.
            return Ok(self.has_request_line);
        };
        if !self.has_request_line {
            self.has_request_line = true;
            self.is_http_10 = line.ends_with(b" HTTP/1.0");
            return Ok(false);
        }
        match first | 0x20 {
            b'h' => self.read_host(line)?,
            b'c' => self.read_length(line)?,
            b't' => self.read_coding(line)?,
            // A space, or a tab with that bit set.
            b' ' | b')' if matches!(first, b' ' | b'\t') => return Err(HeadFault::FoldedLine),
            _ => {}
        }
        Ok(false)
    }

    fn read_host(&mut self, line: &[u8]) -> Result<(), HeadFault> {
        let Some(host) = value_of(line, b"host") else {
            return Ok(());
        };
        let is_host = line.len() < LINE_KEPT_MAX && host.iter().all(|byte| is_of_host(*byte));
        if self.has_host || !is_host {
            return Err(HeadFault::Host);
        }
        self.has_host = true;
        Ok(())
    }

    fn read_length(&mut self, line: &[u8]) -> Result<(), HeadFault> {
        let Some(digits) = value_of(line, b"content-length") else {
            return Ok(());
        };
        let length = number(digits).ok_or(HeadFault::Length)?;
        if self.length.is_some_and(|other| other != length) {
            return Err(HeadFault::Length);
        }
        self.length = Some(length);
        Ok(())
    }

    fn read_coding(&mut self, line: &[u8]) -> Result<(), HeadFault> {
        let Some(coding) = value_of(line, b"transfer-encoding") else {
            return Ok(());
        };
        if self.is_chunked || !coding.eq_ignore_ascii_case(b"chunked") {
            return Err(HeadFault::Coding);
        }
        self.is_chunked = true;
        Ok(())
    }

    /// The framing of the body, now that all of the head was read.
    pub(super) fn framing(self) -> Result<RequestFraming, HeadFault> {
        if !self.has_host && !self.is_http_10 {
            return Err(HeadFault::Host);
        }
        match (self.length, self.is_chunked) {
            (Some(_), true) => Err(HeadFault::LengthAndCoding),
            (None, true) if self.is_http_10 => Err(HeadFault::CodingInHttp10),
            (None, true) => Ok(RequestFraming::Chunked),
            (length, false) => Ok(RequestFraming::Length(length.unwrap_or_default())),
        }
    }
}

/// The value of a header line, if it is the header of that name.
fn value_of<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (start, value) = line.split_at_checked(name.len())?;
    let value = value.strip_prefix(b":")?;
    start.eq_ignore_ascii_case(name).then(|| value.trim_ascii())
}

/// Digits and nothing else: no sign, no list.
fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// No separators of lists, paths, queries and user names, no blanks, ASCII.
fn is_of_host(byte: u8) -> bool {
    byte.is_ascii_graphic()
        && !matches!(
            byte,
            b',' | b'/' | b'\\' | b'?' | b'#' | b'@' | b'"' | b'<' | b'>'
        )
}
