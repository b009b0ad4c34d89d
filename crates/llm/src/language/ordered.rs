//! The order of a stream's events. A provider, or what is between it and us, may repeat events or mix them up; what no part
//! can be made of is a failure of the stream, and never a stream of ours in disorder.

use super::codec::EventDecoder;
use crate::chat::Event;
use crate::error::UpstreamError;
use crate::sse;

/// The failure of a stream whose events are in disorder.
pub(crate) const DISORDER: UpstreamError = UpstreamError::Protocol {
    detail: "the events of the stream are out of order",
};

/// A decoder whose events are in order: one part after the other, and nothing behind the end but a count.
#[derive(Debug)]
pub(crate) struct Ordered<D> {
    decoder: D,
    is_open: bool,
    is_over: bool,
}

impl<D: EventDecoder + 'static> Ordered<D> {
    /// Puts a decoder in order.
    pub(crate) fn boxed(decoder: D) -> Box<dyn EventDecoder> {
        Box::new(Self {
            decoder,
            is_open: false,
            is_over: false,
        })
    }

    /// Keeps the events from `start` on that are in their place, up to the first that is not.
    fn keep(&mut self, start: usize, out: &mut Vec<Event>) -> Result<(), UpstreamError> {
        let mut place = start;
        while let Some(event) = out.get(place) {
            if self.is_over && !matches!(event, Event::Usage(_)) {
                out.remove(place);
                continue;
            }
            if !self.takes(event) {
                out.truncate(place);
                return Err(DISORDER);
            }
            place += 1;
        }
        Ok(())
    }

    /// Takes note of an event; false for one that is out of place.
    fn takes(&mut self, event: &Event) -> bool {
        match event {
            Event::Started { .. } | Event::Usage(_) => true,
            Event::Began(_) => !std::mem::replace(&mut self.is_open, true),
            Event::Grew(_) => self.is_open,
            Event::Ended => std::mem::take(&mut self.is_open),
            Event::Finished(_) => {
                self.is_over = true;
                !self.is_open
            }
            Event::Failed(_) => {
                self.is_over = true;
                true
            }
        }
    }
}

impl<D: EventDecoder + 'static> EventDecoder for Ordered<D> {
    fn read(&mut self, event: &sse::Event, out: &mut Vec<Event>) -> Result<(), UpstreamError> {
        let start = out.len();
        let read = self.decoder.read(event, out);
        let was_over = self.is_over;
        self.keep(start, out)?;
        // What comes behind the end cannot break what is complete.
        if was_over { Ok(()) } else { read }
    }

    fn finish(&mut self, body_is_whole: bool, out: &mut Vec<Event>) {
        let start = out.len();
        self.decoder.finish(body_is_whole, out);
        // Without its end the stream is a broken one.
        let _ = self.keep(start, out);
    }
}

#[cfg(test)]
mod tests {
    use super::{DISORDER, Ordered};
    use crate::chat::{Delta, Event, Finish, FinishReason, Part};
    use crate::error::UpstreamError;
    use crate::language::EventDecoder;
    use crate::sse;

    /// Says what it is told to say at the next event.
    #[derive(Debug)]
    struct Told(Vec<Event>);

    impl EventDecoder for Told {
        fn read(&mut self, _: &sse::Event, out: &mut Vec<Event>) -> Result<(), UpstreamError> {
            out.append(&mut self.0);
            Ok(())
        }

        fn finish(&mut self, _: bool, _: &mut Vec<Event>) {}
    }

    fn kept(events: Vec<Event>) -> (usize, Result<(), UpstreamError>) {
        let event = sse::Event {
            data: "{}".into(),
            verbatim: None,
            name: None,
        };
        let mut out = Vec::new();
        let read = Ordered::boxed(Told(events)).read(&event, &mut out);
        (out.len(), read)
    }

    fn begun() -> Event {
        Event::Began(Part::text(""))
    }

    fn grown() -> Event {
        Event::Grew(Delta::Text("x".to_owned()))
    }

    fn finished() -> Event {
        Event::Finished(Finish::of(FinishReason::Stop))
    }

    #[test]
    fn a_part_that_begins_within_another_or_grows_outside_of_one_is_disorder() {
        assert_eq!(kept(vec![begun(), begun()]), (1, Err(DISORDER)));
        assert_eq!(kept(vec![grown()]), (0, Err(DISORDER)));
        assert_eq!(kept(vec![Event::Ended]), (0, Err(DISORDER)));
        let unended = vec![begun(), grown(), finished()];
        assert_eq!(kept(unended), (2, Err(DISORDER)));
    }

    #[test]
    fn what_comes_behind_the_end_is_left_out() {
        let events = vec![
            begun(),
            grown(),
            Event::Ended,
            finished(),
            begun(),
            finished(),
        ];
        assert_eq!(kept(events), (4, Ok(())));
    }
}
