//! Whether the content of a stream is complete, for providers that end without saying so.

use crate::language::{ChoiceSet, StreamEvent};

/// What the events so far say of the end.
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

    /// Whether nothing is missing: every choice that was begun has a reason for its end. A dialect that knows
    /// no choices knows no such reasons; there the end of a body that was not cut is all there is.
    pub(super) fn is_complete(&self, body_is_whole: bool) -> bool {
        let all_finished = !self.begun.is_empty() && self.finished.contains_all(self.begun);
        let is_without_choices = self.has_text && !self.has_choices && body_is_whole;
        self.is_last || all_finished || is_without_choices
    }
}
