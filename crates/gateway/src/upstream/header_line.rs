//! A header, as it is written to a provider.

use bytes::{BufMut, BytesMut};

/// Writes a header. Names and values come out of types that hold no line breaks, or are our own.
pub(super) fn put_line(head: &mut BytesMut, name: &str, value: &[u8]) {
    head.put_slice(name.as_bytes());
    head.put_slice(b": ");
    head.put_slice(value);
    head.put_slice(b"\r\n");
}
