//! Events of a stream in the inner form. A whole response and its events say the same.

use super::part::{Citation, Content, Part, Signature};
use super::response::{Finish, Response};
use crate::error::UpstreamError;
use crate::usage::UsageReport;

/// One event of a stream. Parts come one after the other: one ends before the next begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The provider names the response and the model.
    Started {
        id: Option<String>,
        model: Option<String>,
    },
    /// A part begins, with what is known of it; text, arguments and the signature of a thought follow.
    Began(Part),
    /// The part that began last grows.
    Grew(Delta),
    /// The part that began last is complete.
    Ended,
    /// The provider's count so far; a later one says more.
    Usage(UsageReport),
    /// The response is complete; the last event.
    Finished(Finish),
    /// The provider reports a failure; the last event.
    Failed(UpstreamError),
}

/// The growth of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delta {
    /// Of a text, a thought or a refusal.
    Text(String),
    /// Of the arguments of a call.
    Arguments(String),
    /// Proves the part.
    Signature(Signature),
    Citation(Citation),
}

/// The events that say the same as a whole response.
pub fn events(response: &Response) -> Vec<Event> {
    let mut events = vec![Event::Started {
        id: response.id.clone(),
        model: response.model.clone(),
    }];
    for part in &response.parts {
        unfold(part, &mut events);
    }
    events.extend(response.usage.map(Event::Usage));
    events.push(Event::Finished(response.finish.clone()));
    events
}

/// The events of a whole part.
pub(super) fn unfold(part: &Part, events: &mut Vec<Event>) {
    let mut start = part.clone();
    let mut deltas = Vec::new();
    match &mut start.content {
        Content::Text { text, citations } => {
            deltas.push(Delta::Text(std::mem::take(text)));
            deltas.extend(citations.drain(..).map(Delta::Citation));
        }
        Content::Reasoning { text, .. } => {
            deltas.push(Delta::Text(std::mem::take(text)));
            deltas.extend(start.signature.take().map(Delta::Signature));
        }
        Content::Refusal(text) => deltas.push(Delta::Text(std::mem::take(text))),
        Content::ToolCall(call) => {
            deltas.push(Delta::Arguments(std::mem::take(&mut call.arguments)));
        }
        _ => {}
    }
    events.push(Event::Began(start));
    let is_said = |delta: &Delta| match delta {
        Delta::Text(text) | Delta::Arguments(text) => !text.is_empty(),
        Delta::Signature(_) | Delta::Citation(_) => true,
    };
    events.extend(deltas.into_iter().filter(is_said).map(Event::Grew));
    events.push(Event::Ended);
}

/// Folds events into the response that they say.
#[derive(Debug, Default)]
pub struct Fold {
    response: Response,
    is_finished: bool,
    failure: Option<UpstreamError>,
}

impl Fold {
    /// Takes an event.
    pub fn add(&mut self, event: Event) {
        match event {
            Event::Started { id, model } => {
                self.response.id = id.or(self.response.id.take());
                self.response.model = model.or(self.response.model.take());
            }
            Event::Began(part) => self.response.parts.push(part),
            Event::Grew(delta) => {
                if let Some(part) = self.response.parts.last_mut() {
                    grow(part, delta);
                }
            }
            Event::Ended => {}
            Event::Usage(usage) => self.response.usage.get_or_insert_default().update(usage),
            Event::Finished(finish) => {
                self.response.finish = finish;
                self.is_finished = true;
            }
            Event::Failed(error) => self.failure = Some(error),
        }
    }

    /// The response.
    ///
    /// # Errors
    /// If the events report a failure, or have no end.
    pub fn finish(self) -> Result<Response, UpstreamError> {
        match self.failure {
            Some(failure) => Err(failure),
            None if self.is_finished => Ok(self.response),
            None => Err(UpstreamError::Protocol {
                detail: "the response has no end",
            }),
        }
    }
}

/// Lets a part grow.
pub(super) fn grow(part: &mut Part, delta: Delta) {
    match (&mut part.content, delta) {
        (
            Content::Text { text, .. } | Content::Reasoning { text, .. } | Content::Refusal(text),
            Delta::Text(more),
        ) => text.push_str(&more),
        (Content::ToolCall(call), Delta::Arguments(more)) => call.arguments.push_str(&more),
        (Content::Text { citations, .. }, Delta::Citation(citation)) => citations.push(citation),
        (_, Delta::Signature(signature)) => part.signature = Some(signature),
        _ => {}
    }
}
