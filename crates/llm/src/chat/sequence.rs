//! Parts one after the other, of a language in which they grow at the same time.

use super::event::{Delta, Event, grow, unfold};
use super::part::{Content, Part};
use crate::json::Cursor;

/// The name of a part within a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKey {
    Text,
    Reasoning,
    Refusal,
    /// A call, by a number of the decoder's.
    Call(usize),
}

/// Puts parts in order: the first that begins is passed on as it grows, what grows beside it waits until it is
/// complete.
#[derive(Debug, Default)]
pub struct Sequence {
    current: Option<(PartKey, Part)>,
    waiting: Vec<(PartKey, Part)>,
    has_calls: bool,
}

impl Sequence {
    /// Lets a part grow, which begins as `begin` where there is none of this name.
    pub fn grow(&mut self, key: PartKey, begin: Part, delta: Delta, out: &mut Vec<Event>) {
        self.open(key, begin, out);
        if let Some((current, part)) = &mut self.current
            && *current == key
        {
            // Only of calls it has to be known when they are complete.
            if matches!(key, PartKey::Call(_)) {
                grow(part, delta.clone());
            }
            out.push(Event::Grew(delta));
            return;
        }
        if let Some((_, part)) = self.waiting.iter_mut().find(|(name, _)| *name == key) {
            grow(part, delta);
        }
    }

    /// Begins a part, unless one of this name is growing.
    pub fn open(&mut self, key: PartKey, begin: Part, out: &mut Vec<Event>) {
        self.has_calls |= matches!(key, PartKey::Call(_));
        let is_current = |current: &Option<(PartKey, Part)>| {
            current.as_ref().is_some_and(|(current, _)| *current == key)
        };
        if !self.waiting.is_empty() && self.is_complete() {
            self.next(out);
        }
        if is_current(&self.current) || self.waiting.iter().any(|(name, _)| *name == key) {
            return;
        }
        if self.waiting.is_empty() && self.is_complete() {
            self.end(out);
            out.push(Event::Began(begin.clone()));
            self.current = Some((key, begin));
        } else {
            self.waiting.push((key, begin));
        }
    }

    /// Passes a part on that is whole.
    pub fn whole(&mut self, part: &Part, out: &mut Vec<Event>) {
        self.finish(out);
        unfold(part, out);
    }

    /// Ends the part that grows, and passes on those that wait.
    pub fn finish(&mut self, out: &mut Vec<Event>) {
        self.end(out);
        for (_, part) in self.waiting.drain(..) {
            unfold(&part, out);
        }
    }

    /// True if there was a call.
    pub fn has_calls(&self) -> bool {
        self.has_calls
    }

    fn end(&mut self, out: &mut Vec<Event>) {
        if self.current.take().is_some() {
            out.push(Event::Ended);
        }
    }

    /// The first that waits becomes the one that grows.
    fn next(&mut self, out: &mut Vec<Event>) {
        self.end(out);
        let (key, part) = self.waiting.remove(0);
        unfold(&part, out);
        // It may grow on.
        if out.last() == Some(&Event::Ended) {
            out.pop();
        }
        self.current = Some((key, part));
    }

    /// A call is complete when its arguments are; anything else may end at any time.
    fn is_complete(&self) -> bool {
        match &self.current {
            Some((_, part)) => match &part.content {
                Content::ToolCall(call) => {
                    let mut cursor = Cursor::new(call.arguments.as_bytes());
                    call.is_custom || cursor.skip().and_then(|()| cursor.finish()).is_ok()
                }
                _ => true,
            },
            None => true,
        }
    }
}
