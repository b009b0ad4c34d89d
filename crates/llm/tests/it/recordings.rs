//! Recorded responses of real providers: what is read of each, wherever its bytes are cut, and damaged as they
//! may be. The recordings are those of other projects; each names its source and licence.

use std::fmt::Write as _;
use std::path::PathBuf;

use bytes::Bytes;
use llm::language::{ChoiceSet, PassthroughFace};
use llm::languages::OPENAI;
use llm::retry_after::RetryHeaders;
use llm::sse::Decoder;
use llm::usage::UsageEstimate;
use llm::{Meter, Refusal, UpstreamError, UsageReport};
use proptest::prelude::*;
use serde_json::Value;

const EVENT_BYTES_MAX: usize = 1 << 20;

fn passthrough() -> &'static dyn PassthroughFace {
    OPENAI.passthrough.unwrap()
}

/// The recordings by name, in its order.
fn recordings() -> Vec<(String, Value)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/recordings");
    let mut recordings: Vec<(String, Value)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let text = std::fs::read(path).unwrap();
            (name, serde_json::from_slice(&text).unwrap())
        })
        .collect();
    recordings.sort_by(|(one, _), (other, _)| one.cmp(other));
    recordings
}

/// The bytes of a response, and whether they are a stream.
fn body(recording: &Value) -> (Bytes, bool) {
    let response = &recording["response"];
    match &response["stream"] {
        Value::String(text) => (text.clone().into(), true),
        Value::Array(parts) => {
            let parts: Vec<&str> = parts.iter().filter_map(Value::as_str).collect();
            (parts.concat().into(), true)
        }
        _ => (response["body"].to_string().into(), false),
    }
}

/// The reading of a stream.
#[derive(Debug, Default, PartialEq)]
struct Reading {
    events: usize,
    text_bytes: u64,
    usage: Option<UsageReport>,
    begun: ChoiceSet,
    finished: ChoiceSet,
    is_done: bool,
    is_last: bool,
    error: Option<UpstreamError>,
}

impl Reading {
    fn of(frames: impl IntoIterator<Item = Bytes>) -> Self {
        let mut reading = Self::default();
        let mut decoder = Decoder::new(EVENT_BYTES_MAX);
        for mut frame in frames {
            while let Ok(Some(event)) = decoder.next(&mut frame) {
                reading.take(&event);
            }
        }
        if let Some(event) = decoder.finish() {
            reading.take(&event);
        }
        reading
    }

    fn take(&mut self, event: &llm::sse::Event) {
        if self.error.is_some() {
            return;
        }
        if event.is_error() {
            self.error = Some(passthrough().read_error_event(&event.data));
            return;
        }
        let read = match passthrough().read_event(&event.data) {
            Ok(read) => read,
            Err(error) => {
                self.error = Some(error);
                return;
            }
        };
        self.events += 1;
        self.text_bytes += read.facts.text_bytes;
        self.begun.extend(read.choices);
        self.finished.extend(read.finished);
        self.is_done |= read.facts.is_done;
        self.is_last |= read.is_last;
        self.error = read.facts.error;
        if let Some(usage) = read.facts.usage {
            self.usage.get_or_insert_default().update(usage);
        }
    }

    fn end(&self) -> &'static str {
        let is_finished = !self.begun.is_empty() && self.finished.contains_all(self.begun);
        match (self.is_done, is_finished, self.is_last) {
            (true, true, _) => "DONE and finish reasons",
            (true, false, _) => "DONE",
            (false, true, false) => "finish reasons",
            (false, _, true) => "its last event",
            (false, false, false) => "none",
        }
    }
}

fn counted(usage: Option<UsageReport>, text_bytes: u64) -> String {
    let estimate = UsageEstimate {
        input_tokens: 1,
        output_tokens: text_bytes.div_ceil(4),
        has_output: true,
        ..UsageEstimate::default()
    };
    let (usage, is_exact) = usage.unwrap_or_default().resolve(&estimate);
    let by = if is_exact { "counted" } else { "estimated" };
    format!(
        "{by}: {} in ({} cached), {} out ({} reasoning)",
        usage.input_tokens(),
        usage[Meter::CacheRead],
        usage.output_tokens(),
        usage[Meter::Reasoning]
    )
}

fn refused(status: u16, recording: &Value, body: &[u8]) -> UpstreamError {
    let mut retry = RetryHeaders::default();
    for (name, value) in recording["response"]["headers"].as_object().unwrap() {
        retry.note(name, value.as_str().unwrap_or_default().as_bytes());
    }
    OPENAI.upstream.classify_error(&Refusal {
        status: Some(status),
        retry: Some(&retry),
        body,
        ..Refusal::default()
    })
}

#[test]
fn every_dialect_is_read() {
    let mut shown = String::new();
    for (name, recording) in recordings() {
        let (body, is_stream) = body(&recording);
        let status = u16::try_from(recording["response"]["status"].as_u64().unwrap()).unwrap();
        let line = if status >= 400 {
            let mut error = refused(status, &recording, &body);
            let param = error.detail_mut().and_then(|detail| detail.param.clone());
            let param = param
                .map(|param| format!(" (param {param})"))
                .unwrap_or_default();
            format!("{status} {}: {error}{param}", error.kind())
        } else if is_stream {
            let reading = Reading::of([body]);
            let counted = counted(reading.usage, reading.text_bytes);
            let error = reading
                .error
                .as_ref()
                .map(|error| format!("; {}: {error}", error.kind()));
            let error = error.unwrap_or_default();
            let (events, text, end) = (reading.events, reading.text_bytes, reading.end());
            format!("{events} events, {text} bytes of text, end: {end}; {counted}{error}")
        } else {
            let response = passthrough().read_response(&body).unwrap();
            counted(response.usage, response.text_bytes)
        };
        let licence = recording["source"]["licence"].as_str().unwrap();
        assert!(!licence.is_empty(), "{name}");
        writeln!(shown, "{name}\n    {line}").unwrap();
    }
    insta::assert_snapshot!(shown);
}

/// Bytes, cut into frames of these lengths and a rest.
fn cut(bytes: &Bytes, lengths: &[usize]) -> Vec<Bytes> {
    let mut rest = bytes.clone();
    let mut frames = Vec::new();
    for length in lengths {
        frames.push(rest.split_to((*length).min(rest.len())));
    }
    frames.push(rest);
    frames
}

#[test]
fn a_stream_may_be_cut_between_any_two_bytes() {
    for (name, recording) in recordings() {
        let (bytes, is_stream) = body(&recording);
        if !is_stream {
            continue;
        }
        let whole = Reading::of([bytes.clone()]);
        let single = bytes.chunks(1).map(Bytes::copy_from_slice);
        assert_eq!(Reading::of(single), whole, "{name}: byte by byte");
        for at in (0..bytes.len().min(3_000)).step_by(7) {
            assert_eq!(
                Reading::of(cut(&bytes, &[at])),
                whole,
                "{name}: cut at {at}"
            );
        }
    }
}

/// One recording, with some of its bytes replaced and its end cut off.
fn damaged() -> impl Strategy<Value = (Vec<u8>, bool)> {
    let recordings: Vec<(Bytes, bool)> = recordings()
        .iter()
        .map(|(_, recording)| body(recording))
        .collect();
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6);
    (
        prop::sample::select(recordings),
        changes,
        any::<prop::sample::Index>(),
    )
        .prop_map(|((bytes, is_stream), changes, end)| {
            let mut bytes = bytes.to_vec();
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            bytes.truncate(end.index(bytes.len()) + 1);
            (bytes, is_stream)
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn a_damaged_response_makes_nothing_panic_and_is_read_alike_however_it_is_cut(
        (bytes, is_stream) in damaged(), lengths in prop::collection::vec(0usize..400, 0..20),
    ) {
        let bytes = Bytes::from(bytes);
        if is_stream {
            prop_assert_eq!(Reading::of([bytes.clone()]), Reading::of(cut(&bytes, &lengths)));
        }
        let _ = passthrough().read_response(&bytes);
        let _ = passthrough().read_event(&bytes);
        let mut error = refused_any(&bytes);
        let words = error.detail_mut().map(|detail| detail.message.chars().count());
        prop_assert!(words.unwrap_or_default() <= 2_001);
    }
}

fn refused_any(body: &[u8]) -> UpstreamError {
    OPENAI.upstream.classify_error(&Refusal {
        status: Some(400),
        body,
        ..Refusal::default()
    })
}
