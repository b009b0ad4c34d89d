//! A request to a provider, as it is written.

use bytes::{Buf, Bytes};

/// A request: its head, and its body.
#[derive(Clone)]
pub(super) struct Call {
    /// The head, and a short body.
    pub(super) head: Bytes,
    /// A long body.
    pub(super) body: Bytes,
}

impl Call {
    /// Says that the body is too long to be read together with its head, as a rule.
    pub(super) fn is_long(&self) -> bool {
        !self.body.is_empty()
    }
}

impl Buf for Call {
    fn remaining(&self) -> usize {
        self.head.len() + self.body.len()
    }

    fn chunk(&self) -> &[u8] {
        if self.head.is_empty() {
            &self.body
        } else {
            &self.head
        }
    }

    fn advance(&mut self, count: usize) {
        let of_head = count.min(self.head.len());
        self.head.advance(of_head);
        self.body.advance(count - of_head);
    }
}
