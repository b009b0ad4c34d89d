//! Completeness of a stream's content, for providers that end without saying so.

use crate::language::{ChoiceSet, StreamEvent};

/// The end as far as the events so far tell.
#[derive(Debug, Default)]
pub(super) struct Ending {
    begun: ChoiceSet,
    finished: ChoiceSet,
    has_text: bool,
    has_choices: bool,
    is_last: bool,
}

impl Ending {
    pub(super) fn note(&mut self, event: &StreamEvent) {
        self.begun.extend(event.choices);
        self.finished.extend(event.finished);
        self.has_text |= event.facts.text_bytes > 0;
        self.has_choices |= event.has_choices;
        self.is_last |= event.is_last;
    }

    /// Returns whether nothing is missing: every choice that was begun has a reason for its end. A dialect without
    /// choices has no such reasons; there the end of a body that was not cut is all there is.
    pub(super) fn is_complete(&self, body_is_whole: bool) -> bool {
        let all_finished = !self.begun.is_empty() && self.finished.contains_all(self.begun);
        let is_without_choices = self.has_text && !self.has_choices && body_is_whole;
        self.is_last || all_finished || is_without_choices
    }
}
