//! Editing a text in place: ranges replaced, everything else copied as it stands.

use std::ops::Range;

use bytes::{Bytes, BytesMut};

/// A range of bytes of a text that holds one JSON value.
pub type ValueSpan = Range<usize>;

/// The text with each range replaced. Ranges ascend and do not overlap; a [`Cursor`](super::Cursor) over the same
/// text gave them.
///
/// # Panics
/// If a range does not lie in the text: a body that lacks a part must not be sent.
pub fn splice<W: AsRef<[u8]>>(text: &[u8], edits: &[(ValueSpan, W)]) -> Bytes {
    let added: usize = edits.iter().map(|(_, with)| with.as_ref().len()).sum();
    let mut out = BytesMut::with_capacity(text.len() + added);
    let mut from = 0;
    for (range, with) in edits {
        let kept = text.get(from..range.start);
        out.extend_from_slice(kept.expect("spans lie in the body"));
        out.extend_from_slice(with.as_ref());
        from = range.end;
    }
    let rest = text.get(from..);
    out.extend_from_slice(rest.expect("spans lie in the body"));
    out.freeze()
}

#[cfg(test)]
mod tests {
    use super::splice;

    #[test]
    fn ranges_are_replaced_and_the_rest_stays() {
        let edits = [(1..2, "xyz"), (3..3, "+"), (4..6, "")];
        assert_eq!(splice(b"abcdef", &edits), "axyzc+d");
        assert_eq!(splice::<&str>(b"abc", &[]), "abc");
    }

    #[test]
    #[should_panic = "spans lie in the body"]
    fn a_span_of_another_body_is_never_sent() {
        splice(b"abc", &[(2..9, "x")]);
    }
}
