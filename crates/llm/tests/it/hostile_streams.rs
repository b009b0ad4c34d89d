//! Recorded streams, broken off, with an event twice, with two events in the wrong order: each is a failure, or says the
//! same, and what comes of it is in order in every case.

use std::sync::LazyLock;

use llm::chat::{Event, Made, Part, Request};
use llm::framing::Framing;
use llm::languages::ANTHROPIC;
use llm::{Language, UpstreamError};
use serde_json::Value;

use crate::inner_form::{decode, fold};
use crate::{recorded_conversations, upstream_languages};

/// The most places of a stream at which it is damaged: longer ones are damaged at places far from each other.
const PLACES_MAX: usize = 6;
/// The length of a message of AWS stands in its first bytes.
const AWS_LENGTH_BYTES: usize = 4;

struct Stream {
    name: String,
    language: &'static Language,
    /// The bytes of each event.
    events: Vec<Vec<u8>>,
}

impl Stream {
    fn decoded(&self, events: &[&[u8]]) -> Result<Vec<Event>, UpstreamError> {
        decode(self.language, &events.concat(), &[])
    }

    fn whole(&self) -> Vec<&[u8]> {
        self.events.iter().map(Vec::as_slice).collect()
    }

    /// Places spread over the stream.
    fn places(&self) -> impl Iterator<Item = usize> {
        let count = self.events.len();
        (0..count).step_by(count.div_ceil(PLACES_MAX).max(1))
    }

    /// The parts of the response that the events make; `None` for a failure.
    fn parts(&self, events: &[&[u8]]) -> Option<Vec<Part>> {
        let response = self.decoded(events).and_then(fold).ok()?;
        Some(response.parts)
    }
}

fn streams() -> &'static [Stream] {
    static READ: LazyLock<Vec<Stream>> = LazyLock::new(read_all);
    &READ
}

fn read_all() -> Vec<Stream> {
    let mut recorded = recorded_conversations::streams();
    recorded.extend(upstream_languages::streams());
    let streams = recorded.into_iter().map(|(name, language, bytes)| Stream {
        name,
        language,
        events: cut(language.upstream.framing(), &bytes),
    });
    streams.collect()
}

fn cut(framing: Framing, bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut events = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let (event, behind) = rest.split_at(length(framing, rest).min(rest.len()));
        events.push(event.to_vec());
        rest = behind;
    }
    events
}

/// The length of the first event, its end included.
fn length(framing: Framing, bytes: &[u8]) -> usize {
    let behind = |end: &[u8]| {
        let found = bytes.windows(end.len()).position(|window| window == end);
        found.map_or(bytes.len(), |place| place + end.len())
    };
    match framing {
        Framing::ServerSentEvents => behind(b"\n\n").min(behind(b"\r\n\r\n")),
        Framing::JsonLines => behind(b"\n"),
        Framing::AwsEventStream => {
            let length = bytes[..AWS_LENGTH_BYTES].try_into().unwrap();
            usize::try_from(u32::from_be_bytes(length)).unwrap()
        }
    }
}

/// Checks that parts come one after the other, and nothing but a count behind the end.
pub(crate) fn check_order(events: &[Event], context: &str) {
    let (mut is_open, mut is_over) = (false, false);
    for event in events {
        let is_count = matches!(event, Event::Usage(_));
        assert!(!is_over || is_count, "{context}: {event:?} behind the end");
        match event {
            Event::Began(_) => assert!(!std::mem::replace(&mut is_open, true), "{context}"),
            Event::Grew(_) => assert!(is_open, "{context}: {event:?}"),
            Event::Ended => assert!(std::mem::take(&mut is_open), "{context}"),
            Event::Finished(_) => {
                assert!(!is_open, "{context}");
                is_over = true;
            }
            Event::Failed(_) => is_over = true,
            Event::Started { .. } | Event::Usage(_) => {}
        }
    }
}

/// Checks that the blocks of what a client of Anthropic's is told begin and end one after the other, by their numbers.
fn check_blocks(events: &[Event], context: &str) {
    let made = Made {
        seed: "x".to_owned(),
        created_s: 1,
        model: "m".to_owned(),
    };
    let client = ANTHROPIC.client.unwrap();
    let mut encoder = client.encoder(&Request::default(), made);
    let mut out = Vec::new();
    events
        .iter()
        .for_each(|event| encoder.write(event, &mut out));
    let text = String::from_utf8(out).unwrap();
    let (mut next, mut growing) = (0, None);
    for line in text.lines().filter_map(|line| line.strip_prefix("data: ")) {
        let event: Value = serde_json::from_str(line).unwrap();
        let index = event["index"].as_u64();
        match event["type"].as_str().unwrap() {
            "content_block_start" => {
                assert_eq!((growing, index), (None, Some(next)), "{context}");
                growing = index;
            }
            "content_block_delta" => assert_eq!(growing, index, "{context}"),
            "content_block_stop" => {
                assert_eq!(growing.take(), index, "{context}");
                next += 1;
            }
            _ => {}
        }
    }
}

/// Checks that what comes of damaged events is a failure, or in order.
fn check(stream: &Stream, events: &[&[u8]], context: &str) {
    if let Ok(decoded) = stream.decoded(events) {
        check_order(&decoded, context);
    }
}

#[test]
fn every_recorded_stream_is_told_in_order() {
    for stream in streams() {
        let decoded = stream.decoded(&stream.whole());
        check_blocks(&decoded.unwrap_or_default(), &stream.name);
    }
}

#[test]
fn a_stream_that_is_broken_off_is_a_failure_unless_all_was_said() {
    let mut failures = 0;
    for stream in streams() {
        let whole = stream.whole();
        let all = stream.parts(&whole);
        // A recording that is a failure may have said all of something before.
        if all.is_none() {
            continue;
        }
        for place in stream.places() {
            let context = format!("{} up to event {place}", stream.name);
            check(stream, &whole[..place], &context);
            match stream.parts(&whole[..place]) {
                Some(parts) => assert_eq!(Some(parts), all, "{context}"),
                None => failures += 1,
            }
        }
    }
    assert!(failures > 300, "{failures}");
}

/// The events that end a stream whose events are counted: what comes behind them is left out.
const ENDS: [&str; 2] = ["response.completed", "response.incomplete"];

/// The number of an event before the end, in a language that counts them.
fn number(event: &[u8]) -> Option<u64> {
    let text = String::from_utf8_lossy(event);
    let data = text.lines().find_map(|line| line.strip_prefix("data: "))?;
    let value: Value = serde_json::from_str(data).ok()?;
    let is_end = matches!(&value["type"], Value::String(kind) if ENDS.contains(&kind.as_str()));
    value["sequence_number"].as_u64().filter(|_| !is_end)
}

/// True for an event that begins something which cannot begin twice.
fn begins(event: &[u8]) -> bool {
    let text = String::from_utf8_lossy(event);
    ["\"message_start\"", "\"content_block_start\""]
        .iter()
        .any(|kind| text.contains(&format!("\"type\":{kind}")))
}

#[test]
fn an_event_that_comes_twice_makes_a_failure_where_the_language_can_tell() {
    let mut failures = 0;
    for stream in streams() {
        for place in stream.places() {
            let mut events = stream.whole();
            let event = events[place];
            events.insert(place, event);
            let context = format!("{} with event {place} twice", stream.name);
            check(stream, &events, &context);
            check_blocks(&stream.decoded(&events).unwrap_or_default(), &context);
            let is_told = number(event).is_some_and(|number| number > 0);
            if is_told || begins(event) {
                let is_failure = stream.decoded(&events).and_then(fold).is_err();
                assert!(is_failure, "{context}");
                failures += 1;
            }
        }
    }
    assert!(failures > 60, "{failures}");
}

#[test]
fn two_events_in_the_wrong_order_make_a_failure_where_the_language_can_tell() {
    let mut failures = 0;
    for stream in streams() {
        let last = stream.events.len() - 1;
        for place in stream.places().filter(|place| *place < last) {
            let mut events = stream.whole();
            events.swap(place, place + 1);
            let context = format!("{} with event {place} behind the next", stream.name);
            check(stream, &events, &context);
            let is_counted = |event| number(event).is_some_and(|number| number > 0);
            let is_told = is_counted(events[place]) && is_counted(events[place + 1]);
            if is_told {
                let is_failure = stream.decoded(&events).and_then(fold).is_err();
                assert!(is_failure, "{context}");
                failures += 1;
            }
        }
    }
    assert!(failures > 20, "{failures}");
}
