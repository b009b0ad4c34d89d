//! The head of a provider's response: what is said there that matters to us.

use std::mem::MaybeUninit;

use httparse::{Header, ParserConfig, Response, Status};
use llm::retry_after::RetryHeaders;

use super::framing::Framing;

/// Headers that a response may have.
const HEADERS_MAX: usize = 100;
/// Longest id of a request that a provider may give.
const REQUEST_ID_BYTES_MAX: usize = 128;
/// Longest type of a body that is passed on.
const CONTENT_TYPE_BYTES_MAX: usize = 100;
/// From here on a status is a failure, whose reason matters.
const FAILURES: u16 = 300;

/// The head of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ResponseHead {
    pub(super) status: u16,
    pub(super) is_event_stream: bool,
    /// The type of the body, where that is neither JSON nor events.
    pub(super) content_type: Option<Box<str>>,
    /// The provider's own id of the request, by which its support finds it.
    pub(super) request_id: Option<Box<str>>,
    /// The headers of a failure, if it is one.
    pub(super) failure: Option<Box<FailureHead>>,
    /// The framing of the body.
    pub(super) framing: Framing,
    /// True if the connection may be used again afterwards.
    pub(super) keeps_alive: bool,
}

/// The headers of a failure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct FailureHead {
    pub(super) retry: RetryHeaders,
    /// AWS names the kind of a failure in a header of its own.
    pub(super) error_type: Option<String>,
}

impl FailureHead {
    fn read(headers: &[Header<'_>]) -> Self {
        let mut head = Self::default();
        for header in headers {
            if header.name.eq_ignore_ascii_case("x-amzn-errortype") {
                let kind = String::from_utf8_lossy(header.value);
                head.error_type = Some(kind.into_owned());
            } else {
                head.retry.note(header.name, header.value);
            }
        }
        head
    }
}

/// Reads a head, if `input` holds all of it; returns its length too.
///
/// # Errors
/// If it is none: the reason, in words that quote nothing of it.
pub(super) fn parse(input: &[u8]) -> Result<Option<(ResponseHead, usize)>, &'static str> {
    if input.is_empty() {
        return Ok(None);
    }
    let mut headers = [const { MaybeUninit::uninit() }; HEADERS_MAX];
    let mut response = Response::new(&mut []);
    let parsed = ParserConfig::default().parse_response_with_uninit_headers(
        &mut response,
        input,
        &mut headers,
    );
    let length = match parsed {
        Ok(Status::Complete(length)) => length,
        Ok(Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err("its response has too many headers"),
        Err(_) => return Err("its response is no HTTP"),
    };
    let status = response.code.unwrap_or_default();
    let is_http_1_1 = response.version == Some(1);
    let mut head = Fields::read(response.headers)?.head(status, is_http_1_1)?;
    if status >= FAILURES {
        head.failure = Some(Box::new(FailureHead::read(response.headers)));
    }
    Ok(Some((head, length)))
}

/// The headers that we look at.
#[derive(Default)]
struct Fields {
    content_length: Option<u64>,
    is_chunked: bool,
    has_transfer_encoding: bool,
    is_closing: bool,
    is_event_stream: bool,
    content_type: Option<Box<str>>,
    request_id: Option<Box<str>>,
}

impl Fields {
    fn read(headers: &[Header<'_>]) -> Result<Self, &'static str> {
        let mut fields = Self::default();
        for header in headers {
            fields.note(header)?;
        }
        Ok(fields)
    }

    fn note(&mut self, header: &Header<'_>) -> Result<(), &'static str> {
        // The length sorts most headers out before their letters are compared.
        let is = |name: &str| header.name.eq_ignore_ascii_case(name);
        match header.name.len() {
            10 if is("request-id") => self.note_request_id(header.value),
            12 if is("x-request-id") => self.note_request_id(header.value),
            15 if is("apim-request-id") || is("x-ms-request-id") => {
                self.note_request_id(header.value);
            }
            16 if is("x-amzn-requestid") => self.note_request_id(header.value),
            10 if is("connection") => self.is_closing |= names(header.value, b"close"),
            12 if is("content-type") => {
                let kind = header.value.get(..17).unwrap_or_default();
                self.is_event_stream = kind.eq_ignore_ascii_case(b"text/event-stream");
                self.note_type(header.value);
            }
            14 if is("content-length") => {
                let length = number(header.value).ok_or("its response has no sound length")?;
                if self.content_length.is_some_and(|known| known != length) {
                    return Err("its response has two lengths");
                }
                self.content_length = Some(length);
            }
            17 if is("transfer-encoding") => {
                self.has_transfer_encoding = true;
                let last = header.value.rsplit(|byte| *byte == b',').next();
                let last = last.unwrap_or_default().trim_ascii();
                self.is_chunked = last.eq_ignore_ascii_case(b"chunked");
            }
            _ => {}
        }
        Ok(())
    }

    /// Keeps the type of a body that is passed on as bytes.
    fn note_type(&mut self, value: &[u8]) {
        let is_usual = self.is_event_stream || value.starts_with(b"application/json");
        if !is_usual && value.len() <= CONTENT_TYPE_BYTES_MAX {
            self.content_type = std::str::from_utf8(value).ok().map(Box::from);
        }
    }

    /// An id of a reasonable length; the first that is named.
    fn note_request_id(&mut self, value: &[u8]) {
        let is_sound =
            value.len() <= REQUEST_ID_BYTES_MAX && value.iter().all(u8::is_ascii_graphic);
        if is_sound && !value.is_empty() && self.request_id.is_none() {
            self.request_id = std::str::from_utf8(value).ok().map(Box::from);
        }
    }

    fn head(self, status: u16, is_http_1_1: bool) -> Result<ResponseHead, &'static str> {
        // Switching protocols was not asked for.
        if status == 101 {
            return Err("its response is no HTTP");
        }
        let framing = if status < 200 || status == 204 || status == 304 {
            Framing::Ended
        } else if self.is_chunked {
            Framing::chunked()
        } else if self.has_transfer_encoding {
            Framing::UntilClose
        } else {
            match self.content_length {
                Some(0) => Framing::Ended,
                Some(length) => Framing::Length(length),
                None => Framing::UntilClose,
            }
        };
        // A response that says its length in two ways may have been meant for somebody else.
        let is_sound = !(self.has_transfer_encoding && self.content_length.is_some());
        Ok(ResponseHead {
            status,
            is_event_stream: self.is_event_stream,
            content_type: self.content_type,
            request_id: self.request_id,
            failure: None,
            keeps_alive: is_http_1_1 && !self.is_closing && is_sound,
            framing,
        })
    }
}

fn names(list: &[u8], word: &[u8]) -> bool {
    list.split(|byte| *byte == b',')
        .any(|item| item.trim_ascii().eq_ignore_ascii_case(word))
}

/// Digits and nothing else: a sign or a list is how lengths are forged.
fn number(value: &[u8]) -> Option<u64> {
    let digits = value.trim_ascii();
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> ResponseHead {
        let (head, length) = parse(text.as_bytes()).unwrap().unwrap();
        assert_eq!(length, text.len());
        head
    }

    #[test]
    fn what_matters_is_read_however_it_is_written() {
        let read = head(
            "HTTP/1.1 429 Slow down\r\nCONTENT-TYPE: text/event-stream; charset=utf-8\r\nRetry-After: 7\r\n\
             X-Amzn-ErrorType: Slow:http://x\r\nRequest-Id: r-1\r\nContent-Length:  12 \r\n\r\n",
        );
        let mut retry = RetryHeaders::default();
        retry.note("retry-after", b"7");
        let expected = ResponseHead {
            status: 429,
            is_event_stream: true,
            content_type: None,
            request_id: Some("r-1".into()),
            failure: Some(Box::new(FailureHead {
                retry,
                error_type: Some("Slow:http://x".to_owned()),
            })),
            framing: Framing::Length(12),
            keeps_alive: true,
        };
        assert_eq!(read, expected);
    }

    #[test]
    fn the_end_of_the_body_is_known_from_the_head() {
        for (text, framing, keeps_alive) in [
            ("HTTP/1.1 200 OK\r\n\r\n", Framing::UntilClose, true),
            ("HTTP/1.1 204 No\r\n\r\n", Framing::Ended, true),
            (
                "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
                Framing::Ended,
                true,
            ),
            (
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
                Framing::chunked(),
                true,
            ),
            (
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n",
                Framing::chunked(),
                false,
            ),
            (
                "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\ncontent-length: 3\r\n\r\n",
                Framing::UntilClose,
                false,
            ),
            (
                "HTTP/1.1 200 OK\r\nconnection: x, Close\r\ncontent-length: 3\r\n\r\n",
                Framing::Length(3),
                false,
            ),
            (
                "HTTP/1.0 200 OK\r\ncontent-length: 3\r\n\r\n",
                Framing::Length(3),
                false,
            ),
        ] {
            let read = head(text);
            assert_eq!(
                (read.framing, read.keeps_alive),
                (framing, keeps_alive),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_part_of_a_head_is_waited_for() {
        assert_eq!(parse(b""), Ok(None));
        assert_eq!(parse(b"HTTP/1.1 200 OK\r\ncontent-le"), Ok(None));
    }

    #[test]
    fn what_is_no_head_is_refused() {
        let many = format!(
            "HTTP/1.1 200 OK\r\n{}\r\n",
            "a: b\r\n".repeat(HEADERS_MAX + 1)
        );
        for text in [
            "SSH-2.0-OpenSSH\r\n",
            "HTTP/1.1 101 Switching\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: +3\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 3, 3\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 18446744073709551616\r\n\r\n",
            "HTTP/1.1 200 OK\r\nbroken name: 3\r\n\r\n",
            &many,
        ] {
            assert!(parse(text.as_bytes()).is_err(), "{text:?}");
        }
    }
}
