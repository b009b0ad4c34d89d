//! The coding `deflate`: the format of zlib, and the bare stream that some clients send by this name.

use std::io::{Error, ErrorKind, Read, Result};

use bytes::{Buf, Bytes};
use flate2::{Decompress, FlushDecompress, Status};

/// Decoder of `deflate`. flate2's own reader takes a truncated stream for a complete one.
pub(super) struct Inflate {
    state: Decompress,
    rest: Bytes,
    is_done: bool,
}

impl Inflate {
    pub(super) fn new(body: Bytes) -> Self {
        Self {
            state: Decompress::new(has_zlib_header(&body)),
            rest: body,
            is_done: false,
        }
    }
}

/// Detects the header of the zlib format (RFC 1950): the method, and a check over both bytes.
fn has_zlib_header(body: &[u8]) -> bool {
    let [first, second, ..] = body else {
        return false;
    };
    first & 0x0f == 8 && u16::from_be_bytes([*first, *second]) % 31 == 0
}

impl Read for Inflate {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        while !self.is_done && !buffer.is_empty() {
            let (taken, made) = (self.state.total_in(), self.state.total_out());
            let status = self
                .state
                .decompress(&self.rest, buffer, FlushDecompress::None)?;
            let taken = count(self.state.total_in() - taken);
            let made = count(self.state.total_out() - made);
            self.rest.advance(taken);
            self.is_done = status == Status::StreamEnd;
            if self.is_done && !self.rest.is_empty() {
                return Err(ErrorKind::InvalidData.into());
            }
            if made > 0 {
                return Ok(made);
            }
            if taken == 0 && !self.is_done {
                return Err(Error::from(ErrorKind::UnexpectedEof));
            }
        }
        Ok(0)
    }
}

fn count(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}
