//! The things that the journal knows of a request, and when it is told more.

use crate::journal::{Durable, OpenRequest};

/// Delivered text, in bytes, from which on it is written down: about 64 tokens.
const NOTE_BYTES: u64 = 256;
/// Less is written down after this time.
const NOTE_US: u64 = 250_000;

/// The things that the journal knows of a request.
#[derive(Debug, Default)]
pub(super) struct Journaled {
    /// `None` before it is sent, and once it is settled.
    pub(super) open: Option<OpenRequest>,
    /// The moment at which the last record that a client has to wait for is durable.
    pub(super) durable: Option<Durable>,
    /// The delivered text of the last record, and its time.
    noted_bytes: u64,
    noted_us: u64,
}

impl Journaled {
    /// Returns whether so much text at this time is to be written down, and takes note of it.
    pub(super) fn is_due(&mut self, bytes: u64, now_us: u64) -> bool {
        let more = bytes.saturating_sub(self.noted_bytes);
        let is_due = self.noted_bytes == 0
            || more >= NOTE_BYTES
            || now_us.saturating_sub(self.noted_us) >= NOTE_US;
        if more == 0 || !is_due {
            return false;
        }
        (self.noted_bytes, self.noted_us) = (bytes, now_us);
        true
    }
}
