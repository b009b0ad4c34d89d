//! The kind of a body, by its first bytes: providers and the proxies before them label bodies wrongly.

use super::BYTE_ORDER_MARK;

/// The fields of server-sent events.
const FIELDS: [&[u8]; 4] = [b"data", b"event", b"id", b"retry"];

/// The kind of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyKind {
    /// Server-sent events.
    Events,
    /// One JSON value.
    Json,
    /// Neither: a sentence, or the page of a proxy.
    Text,
}

/// The kind of a body that begins with `start`; `None` while too little of it is there.
pub fn body_kind(start: &[u8]) -> Option<BodyKind> {
    if start.len() < BYTE_ORDER_MARK.len() && BYTE_ORDER_MARK.starts_with(start) {
        return None;
    }
    let start = start.strip_prefix(BYTE_ORDER_MARK).unwrap_or(start);
    let start = start.trim_ascii_start();
    match start {
        [] => None,
        [b'{' | b'[', ..] => Some(BodyKind::Json),
        [b':', ..] => Some(BodyKind::Events),
        _ => by_field(start),
    }
}

fn by_field(start: &[u8]) -> Option<BodyKind> {
    for name in FIELDS {
        if name.starts_with(start) {
            return None;
        }
        if let Some([b':' | b'\n' | b'\r', ..]) = start.strip_prefix(name) {
            return Some(BodyKind::Events);
        }
    }
    Some(BodyKind::Text)
}

#[cfg(test)]
mod tests {
    use super::{BodyKind, body_kind};

    #[test]
    fn a_body_is_known_by_its_first_bytes() {
        for (start, kind) in [
            ("data: {}", BodyKind::Events),
            ("\u{feff}data:", BodyKind::Events),
            (": processing", BodyKind::Events),
            ("\r\n\nevent: x", BodyKind::Events),
            ("id\n", BodyKind::Events),
            ("retry: 3", BodyKind::Events),
            (" \n{\"a\"", BodyKind::Json),
            ("[", BodyKind::Json),
            ("<html>", BodyKind::Text),
            ("database is down", BodyKind::Text),
        ] {
            assert_eq!(body_kind(start.as_bytes()), Some(kind), "{start}");
        }
    }

    #[test]
    fn a_beginning_that_may_be_either_is_waited_for() {
        for start in ["", "\u{feff}", "\n\n", "da", "data", "retr"] {
            assert_eq!(body_kind(start.as_bytes()), None, "{start}");
        }
        assert_eq!(body_kind(b"\xef\xbb"), None);
    }
}
