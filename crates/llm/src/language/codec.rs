//! Codecs of streams: events of a language into the inner form and out of it. They have a state, because a language
//! says once what another repeats.

use std::fmt::Debug;

use super::error_facts::ErrorFacts;
use crate::chat::Event;
use crate::error::UpstreamError;
use crate::sse;

/// Reads the events of one stream.
pub trait EventDecoder: Send + Debug {
    /// Reads an event and adds what it says. A failure that it reports is [`Event::Failed`].
    ///
    /// # Errors
    /// If it is no event of the language.
    fn read(&mut self, event: &sse::Event, out: &mut Vec<Event>) -> Result<(), UpstreamError>;

    /// Takes the end of the body, and adds [`Event::Finished`] if the response is complete though that was not said.
    /// `body_is_whole` says that the body ended where it should.
    fn finish(&mut self, body_is_whole: bool, out: &mut Vec<Event>);
}

/// Writes the events of one stream.
pub trait EventEncoder: Send + Debug {
    /// Adds the bytes that say an event; the last event brings the end of the stream with it.
    fn write(&mut self, event: &Event, out: &mut Vec<u8>);

    /// Adds the event that ends a stream which failed.
    fn fail(&mut self, error: &ErrorFacts<'_>, out: &mut Vec<u8>);
}
