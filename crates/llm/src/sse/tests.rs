use bytes::Bytes;
use proptest::prelude::*;

use super::{Decoder, Event};

const LIMIT: usize = 1_000;

fn decode(frames: &[&[u8]]) -> Vec<Event> {
    let mut decoder = Decoder::new(LIMIT);
    let mut events = Vec::new();
    for frame in frames {
        let mut frame = Bytes::copy_from_slice(frame);
        while let Some(event) = decoder.next(&mut frame).unwrap() {
            events.push(event);
        }
    }
    events
}

fn data(events: &[Event]) -> Vec<&[u8]> {
    events.iter().map(|event| event.data.as_ref()).collect()
}

#[test]
fn a_plain_event_is_passed_verbatim() {
    let events = decode(&[b"data: {\"a\":1}\n\n"]);
    assert_eq!(data(&events), [b"{\"a\":1}"]);
    assert_eq!(
        events[0].verbatim.as_deref(),
        Some(b"data: {\"a\":1}\n\n".as_ref())
    );
}

#[test]
fn several_events_in_one_frame_are_told_apart() {
    assert_eq!(
        data(&decode(&[b"data: 1\n\ndata: 2\n\ndata: 3"])),
        [b"1", b"2"]
    );
}

#[test]
fn comments_and_other_fields_and_carriage_returns_are_not_passed_on() {
    let events = decode(&[b": hello\n\nevent: x\r\nid: 7\r\ndata:1\r\n\r\n\n\ndata: 2\r\n\r\n"]);
    assert_eq!(data(&events), [b"1", b"2"]);
    assert!(events.iter().all(|event| event.verbatim.is_none()));
}

#[test]
fn a_line_ends_with_a_carriage_return_too() {
    let text = b"event: x\rdata: 1\r\rdata: 2\r\n\rdata: 3\n\r\n";
    assert_eq!(data(&decode(&[text])), [b"1", b"2", b"3"]);
    let single: Vec<&[u8]> = text.chunks(1).collect();
    assert_eq!(data(&decode(&single)), [b"1", b"2", b"3"]);
}

#[test]
fn an_event_that_is_named_error_says_so() {
    let events = decode(&[b"event: error\ndata: {}\n\nevent:error\rdata: 1\r\rdata: 2\n\n"]);
    let named: Vec<bool> = events.iter().map(Event::is_error).collect();
    assert_eq!(named, [true, true, false]);
}

#[test]
fn the_name_of_an_event_is_kept_wherever_the_bytes_are_cut() {
    let text = b"event: message_start\ndata: 1\n\ndata: 2\n\ndata: 3\r\nevent:ping\r\n\r\n";
    for width in [1, 7, text.len()] {
        let frames: Vec<&[u8]> = text.chunks(width).collect();
        let events = decode(&frames);
        let names: Vec<Option<&[u8]>> = events.iter().map(|event| event.name.as_deref()).collect();
        assert_eq!(
            names,
            [Some(b"message_start".as_ref()), None, Some(b"ping")]
        );
    }
}

#[test]
fn the_end_of_the_stream_ends_its_last_event() {
    for rest in [
        "data: [DONE]",
        "data: [DONE]\n",
        "data: [DONE]\r",
        "data: [DONE]\r\n",
        "data:[DONE]",
    ] {
        let mut decoder = Decoder::new(LIMIT);
        let mut frame = Bytes::from(format!("data: 1\n\n{rest}"));
        assert_eq!(decoder.next(&mut frame).unwrap().unwrap().data, "1");
        assert_eq!(decoder.next(&mut frame).unwrap(), None, "{rest}");
        let last = decoder.finish().unwrap();
        assert_eq!(
            (last.data.as_ref(), last.verbatim),
            (b"[DONE]".as_ref(), None),
            "{rest}"
        );
        assert_eq!(decoder.finish(), None);
    }
    for nothing in ["", "\n", ": comment", "event: x\n", "data: "] {
        let mut decoder = Decoder::new(LIMIT);
        let _ = decoder
            .next(&mut Bytes::from_static(nothing.as_bytes()))
            .unwrap();
        assert_eq!(decoder.finish(), None, "{nothing}");
    }
}

#[test]
fn data_lines_of_one_event_are_joined() {
    assert_eq!(data(&decode(&[b"data: {\ndata: }\n\n"])), [b"{\n}"]);
}

#[test]
fn an_event_over_the_limit_is_refused_before_it_ends() {
    let mut decoder = Decoder::new(LIMIT);
    let mut frame = Bytes::from(vec![b'x'; LIMIT + 1]);
    assert!(decoder.next(&mut frame).is_err());
    let mut whole = Bytes::from([b"data: ".as_ref(), &vec![b'x'; LIMIT], b"\n\n"].concat());
    assert!(Decoder::new(LIMIT).next(&mut whole).is_err());
}

proptest! {
    #[test]
    fn it_does_not_matter_how_the_bytes_are_cut(cuts in prop::collection::vec(1usize..12, 0..60)) {
        let text = b"data: one\n\n: ping\n\nevent: e\r\ndata: two\r\n\r\ndata: three\ndata: four\n\n\rdata: five\r\rdata: [DONE]\n\n";
        let mut frames = Vec::new();
        let mut rest = text.as_ref();
        for cut in cuts {
            let (head, tail) = rest.split_at(cut.min(rest.len()));
            frames.push(head);
            rest = tail;
        }
        frames.push(rest);
        let events = decode(&frames);
        prop_assert_eq!(data(&events), [b"one".as_ref(), b"two", b"three\nfour", b"five", b"[DONE]"]);
    }
}
