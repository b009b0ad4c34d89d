//! The first bytes of a stream's body, until they show what it is. Providers, and the proxies before them,
//! label events wrongly, and send other things than events; the official clients do not look at labels.

use bytes::{Bytes, BytesMut};
use llm::UpstreamError;
use llm::framing::Framing;
use llm::sse::BodyKind;

/// The beginning of a body that may be a stream.
pub(super) struct Start {
    framing: Framing,
    pending: BytesMut,
    kind: Option<BodyKind>,
    /// The provider says that events come.
    is_labelled: bool,
    bytes_max: usize,
}

/// The rest of a body that ends before its first event was complete.
pub(super) enum Rest {
    Events(Bytes),
    Other(Bytes),
}

impl Start {
    pub(super) fn new(framing: Framing, is_labelled: bool, bytes_max: usize) -> Self {
        Self {
            framing,
            pending: BytesMut::new(),
            kind: None,
            is_labelled,
            bytes_max,
        }
    }

    /// Takes bytes in. Returns those that are events; `None` while that cannot be told, or if they are none.
    ///
    /// # Errors
    /// If something else comes that is larger than the limit of a response.
    pub(super) fn take(&mut self, bytes: Bytes) -> Result<Option<Bytes>, UpstreamError> {
        if self.pending.is_empty() {
            self.kind = self.kind.or_else(|| self.kind_of(&bytes));
            if self.kind == Some(BodyKind::Events) {
                return Ok(Some(bytes));
            }
        }
        if self.pending.len() + bytes.len() > self.bytes_max {
            return Err(UpstreamError::Protocol {
                detail: "the response is larger than upstream.response_bytes_max",
            });
        }
        self.pending.extend_from_slice(&bytes);
        self.kind = self.kind.or_else(|| self.kind_of(&self.pending));
        let is_events = self.kind == Some(BodyKind::Events);
        Ok(is_events.then(|| self.pending.split().freeze()))
    }

    /// The rest at the end of the body.
    pub(super) fn finish(self) -> Rest {
        match self.kind {
            Some(BodyKind::Json | BodyKind::Text) => Rest::Other(self.pending.freeze()),
            Some(BodyKind::Events) | None => Rest::Events(self.pending.freeze()),
        }
    }

    /// A line of a field that nobody knows is to be passed over, says the standard.
    fn kind_of(&self, bytes: &[u8]) -> Option<BodyKind> {
        match self.framing.kind_of(bytes)? {
            BodyKind::Text if self.is_labelled => Some(BodyKind::Events),
            kind => Some(kind),
        }
    }
}
