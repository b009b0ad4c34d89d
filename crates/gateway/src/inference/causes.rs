//! Causes of failed attempts, on their way into the receipt: sealed, because providers quote what they were sent.

use llm::UpstreamError;
use llm::error::ErrorDetail;
use store::usage_events::{AttemptCause, SealedText};

use super::settle::Settlement;
use crate::upstream::UpstreamRefusal;

impl Settlement {
    /// Notes a refusal of the upstream as it stated it; returns its meaning.
    pub(super) fn note_refusal(&mut self, refusal: UpstreamRefusal) -> UpstreamError {
        if let Some(stated) = refusal.stated {
            self.note_upstream_response(stated.status, stated.request_id);
            if !stated.words.message.is_empty() {
                self.note_words(&stated.words);
            }
        }
        refusal.error
    }

    /// Notes why the attempt fails, unless the upstream said it already.
    pub(super) fn note_failure(&mut self, error: &UpstreamError) {
        if self.has_cause() {
            return;
        }
        match error.detail().filter(|words| !words.message.is_empty()) {
            Some(words) => self.note_words(words),
            None => self.note_words(&ErrorDetail {
                message: error.to_string(),
                ..ErrorDetail::default()
            }),
        }
    }

    fn note_words(&mut self, words: &ErrorDetail) {
        let request = self.context().request_id();
        let message = SealedText::seal(self.master(), request, &words.message);
        self.note_cause(AttemptCause::new(words.code.as_deref(), message));
    }
}
