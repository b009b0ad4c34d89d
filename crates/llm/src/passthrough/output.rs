//! The output for one frame: a slice of the frame as it came, or several pieces joined.

use bytes::{Bytes, BytesMut};

/// The output for some bytes of the upstream's.
#[derive(Debug, Default)]
pub struct Output {
    first: Option<Bytes>,
    joined: BytesMut,
}

impl Output {
    pub(crate) fn push(&mut self, bytes: Bytes) {
        if self.joined.is_empty() {
            let Some(first) = self.first.take() else {
                self.first = Some(bytes);
                return;
            };
            self.joined.extend_from_slice(&first);
        }
        self.joined.extend_from_slice(&bytes);
    }

    /// Writes the name of the event whose data follow.
    pub(super) fn push_name(&mut self, name: &[u8]) {
        self.push([b"event: ", name, b"\n"].concat().into());
    }

    /// Writes an event anew. Line ends within JSON are white space; they must not end the event.
    pub(super) fn push_data(&mut self, data: &[u8]) {
        let one_line: Vec<u8> = data
            .iter()
            .map(|&byte| {
                if byte == b'\n' || byte == b'\r' {
                    b' '
                } else {
                    byte
                }
            })
            .collect();
        self.push([b"data: ", one_line.as_slice(), b"\n\n"].concat().into());
    }

    /// Everything that was passed on; `None` if nothing was.
    pub fn finish(self) -> Option<Bytes> {
        if self.joined.is_empty() {
            self.first
        } else {
            Some(self.joined.freeze())
        }
    }
}
