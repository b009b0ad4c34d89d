//! A body put together from its parts: a request's, or a response's.

use bytes::{Bytes, BytesMut};

/// Bytes that are set aside at once for a body whose length is announced but not yet proven.
const ALLOCATED_AHEAD_MAX: usize = 256 * 1024;

/// The parts of a body, up to a limit. Most bodies are one part, which is then passed on without a copy.
#[derive(Debug)]
pub(crate) struct LimitedBody {
    first: Bytes,
    rest: BytesMut,
    bytes_max: usize,
    announced: usize,
}

impl LimitedBody {
    /// Nothing yet. `announced` says how long the body will be, as far as that is known.
    pub(crate) fn up_to(bytes_max: usize, announced: usize) -> Self {
        Self {
            first: Bytes::new(),
            rest: BytesMut::new(),
            bytes_max,
            announced,
        }
    }

    /// Bytes so far.
    pub(crate) fn len(&self) -> usize {
        self.so_far().len()
    }

    /// The bytes so far.
    pub(crate) fn so_far(&self) -> &[u8] {
        if self.rest.is_empty() {
            &self.first
        } else {
            &self.rest
        }
    }

    /// Takes a part in; `false` when that is too much.
    pub(crate) fn add(&mut self, data: Bytes) -> bool {
        if self.len() + data.len() > self.bytes_max {
            return false;
        }
        if self.first.is_empty() {
            self.first = data;
            return true;
        }
        if self.rest.is_empty() {
            self.rest.reserve(self.announced.min(ALLOCATED_AHEAD_MAX));
            self.rest.extend_from_slice(&self.first);
        }
        self.rest.extend_from_slice(&data);
        true
    }

    /// The whole.
    pub(crate) fn finish(self) -> Bytes {
        if self.rest.is_empty() {
            self.first
        } else {
            self.rest.freeze()
        }
    }
}
