//! A part of a body in place of another.

use bytes::{Bytes, BytesMut};

/// `bytes` with one range replaced.
pub(super) fn replace(bytes: &[u8], span: std::ops::Range<usize>, with: &[u8]) -> Bytes {
    let mut out = BytesMut::with_capacity(bytes.len() + with.len());
    out.extend_from_slice(bytes.get(..span.start).unwrap_or_default());
    out.extend_from_slice(with);
    out.extend_from_slice(bytes.get(span.end..).unwrap_or_default());
    out.freeze()
}
