//! As much of HTTP/1.1 as it takes to see where a message ends.

use std::str;

/// Everything up to the empty line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    pub(crate) length: usize,
}

impl Head {
    pub(crate) fn find(message: &[u8]) -> Option<Self> {
        let at = message
            .windows(4)
            .position(|window| window == b"\r\n\r\n")?;
        Some(Self { length: at + 4 })
    }
}

pub(crate) fn content_length(head: &[u8]) -> Option<usize> {
    header(head, "content-length")?.parse().ok()
}

pub(crate) fn status(head: &[u8]) -> Option<u16> {
    str::from_utf8(head.get(9..12)?).ok()?.parse().ok()
}

/// Returns whether `response` is complete, if nothing is sent ahead of a request.
pub(crate) fn is_complete(response: &[u8], head: Head) -> bool {
    if let Some(length) = content_length(&response[..head.length]) {
        return response.len() >= head.length + length;
    }
    let body = &response[head.length..];
    body == b"0\r\n\r\n" || body.ends_with(b"\r\n0\r\n\r\n")
}

fn header<'a>(head: &'a [u8], name: &str) -> Option<&'a str> {
    let lines = head.split(|byte| *byte == b'\n').skip(1);
    for line in lines {
        let Some((found, value)) = line.split_at_checked(name.len()) else {
            continue;
        };
        if found.eq_ignore_ascii_case(name.as_bytes()) && value.first() == Some(&b':') {
            return str::from_utf8(&value[1..]).ok().map(str::trim);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete(response: &str) -> bool {
        Head::find(response.as_bytes()).is_some_and(|head| is_complete(response.as_bytes(), head))
    }

    #[test]
    fn length_is_found_in_any_case() {
        assert!(complete(
            "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 2\r\n\r\n{}"
        ));
        assert!(!complete("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n{}"));
        assert!(!complete("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n"));
    }

    #[test]
    fn chunks_end_with_an_empty_one() {
        assert!(complete(
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
        ));
        assert!(!complete(
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n"
        ));
    }

    #[test]
    fn status_is_in_the_first_line() {
        assert_eq!(
            status(b"HTTP/1.1 503 Service Unavailable\r\n\r\n"),
            Some(503)
        );
        assert_eq!(status(b"HTTP"), None);
    }
}
