//! Recorded conversations of real providers in the inner form: cut wherever they may be, and written in another
//! language and read again, they say the same. The recordings are those of `tests/replay/corpus`.

use std::path::{Path, PathBuf};

use llm::chat::{
    Content, Event, FinishReason, Made, Quirks, Request, Response, WriteOptions, events,
};
use llm::languages::{ANTHROPIC, GEMINI, OPENAI, RESPONSES};
use llm::{Language, json};
use serde_json::Value;

use crate::inner_form::{decode, fold};

/// The languages that are read, by the names of the recordings' protocols.
const PROTOCOLS: [(&str, &Language); 4] = [
    ("openai-chat", &OPENAI),
    ("anthropic-messages", &ANTHROPIC),
    ("openai-responses", &RESPONSES),
    ("gemini", &GEMINI),
];

struct Recording {
    name: String,
    language: &'static Language,
    exchange: Value,
}

impl Recording {
    fn stream(&self) -> Option<String> {
        match &self.exchange["response"]["stream"] {
            Value::String(text) => Some(text.clone()),
            Value::Array(parts) => Some(parts.iter().filter_map(Value::as_str).collect()),
            _ => None,
        }
    }

    fn whole(&self) -> Option<&Value> {
        let is_good = self.exchange["response"]["status"] == 200;
        Some(&self.exchange["response"]["body"]).filter(|body| is_good && body.is_object())
    }

    fn events(&self, cuts: &[usize]) -> Option<Vec<Event>> {
        decode(self.language, self.stream()?.as_bytes(), cuts).ok()
    }

    /// The response that was recorded; `None` for a failure.
    fn response(&self) -> Option<Response> {
        if self.stream().is_some() {
            return fold(self.events(&[])?).ok();
        }
        let body = self.whole()?.to_string();
        self.language.upstream.read_response(body.as_bytes()).ok()
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            found.push(path);
        }
    }
}

fn recordings() -> Vec<Recording> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/replay/corpus");
    let mut paths = Vec::new();
    files(&corpus, &mut paths);
    paths.sort();
    let mut recordings = Vec::new();
    for path in paths {
        let exchange: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let protocol = exchange["protocol"].as_str().unwrap();
        let known = PROTOCOLS.iter().find(|(name, _)| *name == protocol);
        if let Some((_, language)) = known {
            recordings.push(Recording {
                name: path.strip_prefix(&corpus).unwrap().display().to_string(),
                language,
                exchange,
            });
        }
    }
    assert!(recordings.len() > 200, "{} recordings", recordings.len());
    recordings
}

/// The streams of all recordings: name, language, bytes.
pub(crate) fn streams() -> Vec<(String, &'static Language, Vec<u8>)> {
    let streams = recordings().into_iter().filter_map(|recording| {
        let stream = recording.stream()?.into_bytes();
        Some((recording.name, recording.language, stream))
    });
    streams.collect()
}

/// The words of a response in any language: texts, thoughts, calls.
#[derive(Debug, PartialEq)]
struct Said {
    text: String,
    thoughts: String,
    refusal: String,
    calls: Vec<(String, Value)>,
    reason: FinishReason,
}

fn said(response: &Response) -> Said {
    let mut said = Said {
        text: String::new(),
        thoughts: String::new(),
        refusal: String::new(),
        calls: Vec::new(),
        reason: response.finish.reason,
    };
    for part in &response.parts {
        match &part.content {
            Content::Text { text, .. } => said.text.push_str(text),
            Content::Reasoning { text, .. } => said.thoughts.push_str(text),
            Content::Refusal(text) => said.refusal.push_str(text),
            Content::ToolCall(call) => {
                said.calls
                    .push((call.name.clone(), arguments(&call.arguments)));
            }
            _ => {}
        }
    }
    said
}

/// Arguments as JSON: nothing is an empty object.
fn arguments(text: &str) -> Value {
    let text = if text.trim().is_empty() { "{}" } else { text };
    serde_json::from_str(text).unwrap_or(Value::Null)
}

/// True for a call that was cut off within its arguments, or takes free text: languages write it in ways of their own.
fn is_odd(response: &Response) -> bool {
    let mut parts = response.parts.iter();
    parts.any(|part| match &part.content {
        Content::ToolCall(call) => call.is_custom || !arguments(&call.arguments).is_object(),
        _ => false,
    })
}

/// Words of a response as a client of a language is told them.
fn as_told(mut said: Said, language: &Language) -> Said {
    let has_calls = !said.calls.is_empty();
    said.reason = said.reason.with_calls(has_calls);
    match language.name {
        "openai" => {
            said.reason = match said.reason {
                FinishReason::Refusal => FinishReason::ContentFilter,
                FinishReason::Pause | FinishReason::Error => FinishReason::Stop,
                reason => reason,
            };
        }
        "responses" => {
            said.reason = match said.reason {
                FinishReason::Refusal => FinishReason::ContentFilter,
                FinishReason::Pause | FinishReason::Error => {
                    FinishReason::Stop.with_calls(has_calls)
                }
                reason => reason,
            };
        }
        "gemini" => {
            said.text.push_str(&std::mem::take(&mut said.refusal));
            said.reason = match said.reason {
                FinishReason::Refusal => FinishReason::ContentFilter,
                FinishReason::Pause => FinishReason::Stop.with_calls(has_calls),
                reason => reason,
            };
        }
        _ => {
            said.text.push_str(&std::mem::take(&mut said.refusal));
            said.reason = match said.reason {
                FinishReason::ContentFilter => FinishReason::Refusal,
                FinishReason::Error => FinishReason::Stop.with_calls(has_calls),
                reason => reason,
            };
        }
    }
    said
}

/// Checks that no object has a member twice: readers would disagree about its value.
fn check_members(json: &[u8], context: &str) {
    check_object(&json::Value::read(json).unwrap(), context);
}

fn check_object(value: &json::Value, context: &str) {
    match value {
        json::Value::Object(members) => {
            let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
            names.sort_unstable();
            let twice = names.windows(2).find(|pair| pair[0] == pair[1]);
            assert_eq!(twice, None, "{context}");
            members
                .iter()
                .for_each(|(_, inner)| check_object(inner, context));
        }
        json::Value::List(items) => items.iter().for_each(|item| check_object(item, context)),
        _ => {}
    }
}

fn made() -> Made {
    Made {
        seed: "x".to_owned(),
        created_s: 1,
        model: "m".to_owned(),
    }
}

#[test]
fn every_recorded_stream_cut_at_every_byte_gives_the_same_events() {
    let mut streams = 0;
    for recording in recordings() {
        let Some(stream) = recording.stream() else {
            continue;
        };
        streams += 1;
        let whole = recording.events(&[]);
        let bytes: Vec<usize> = vec![1; stream.len()];
        assert_eq!(recording.events(&bytes), whole, "{}", recording.name);
        let pieces = &recording.exchange["response"]["stream_chunk_bytes"];
        if let Some(pieces) = pieces.as_array() {
            let cuts: Vec<usize> = pieces
                .iter()
                .map(|length| usize::try_from(length.as_u64().unwrap()).unwrap())
                .collect();
            assert_eq!(recording.events(&cuts), whole, "{}", recording.name);
        }
    }
    assert!(streams > 80, "{streams} streams");
}

#[test]
fn every_recorded_response_is_told_in_each_language_whole_and_streamed() {
    let mut told = 0;
    for recording in recordings() {
        let Some(response) = recording.response() else {
            continue;
        };
        if is_odd(&response) {
            continue;
        }
        for (_, language) in PROTOCOLS {
            let client = language.client.unwrap();
            let request = Request {
                includes_usage: true,
                ..Request::default()
            };
            let body = client.write_response(&response, &request, &made());
            let whole = language.upstream.read_response(&body).unwrap();
            let mut encoder = client.encoder(&request, made());
            let mut out = Vec::new();
            for event in events(&response) {
                encoder.write(&event, &mut out);
            }
            check_members(
                &body,
                &format!("{} in {}, whole", recording.name, language.name),
            );
            let text = std::str::from_utf8(&out).unwrap();
            for data in text.lines().filter_map(|line| line.strip_prefix("data: {")) {
                let context = format!("{} in {}, streamed", recording.name, language.name);
                check_members(format!("{{{data}").as_bytes(), &context);
            }
            let streamed = fold(decode(language, &out, &[]).unwrap()).unwrap();
            let context = format!("{} in {}", recording.name, language.name);
            let expected = as_told(said(&response), language);
            assert_eq!(said(&whole), expected, "{context}, whole");
            assert_eq!(said(&streamed), expected, "{context}, streamed");
            if let Some(usage) = &response.usage {
                let classes = usage.classes();
                let of = |told: &Response| told.usage.map(|usage| usage.classes());
                let by_language = |told: &Response| {
                    of(told).map(|usage| (usage.input_tokens(), usage.output_tokens()))
                };
                let counted = Some((classes.input_tokens(), classes.output_tokens()));
                assert_eq!(by_language(&whole), counted, "{context}, usage");
                assert_eq!(
                    by_language(&streamed),
                    counted,
                    "{context}, usage of the stream"
                );
            }
            told += 1;
        }
    }
    assert!(told > 400, "{told}");
}

#[test]
fn every_recorded_request_is_written_in_each_language_or_refused_by_a_name() {
    let mut written = 0;
    for recording in recordings() {
        let body = &recording.exchange["request"]["body"];
        if !body.is_object() || recording.exchange["response"]["status"] != 200 {
            continue;
        }
        let client = recording.language.client.unwrap();
        let request = client.read_request(body.to_string().as_bytes());
        let Ok(request) = request else {
            let error = request.unwrap_err();
            assert!(error.param().is_some(), "{}: {error}", recording.name);
            continue;
        };
        for (_, language) in PROTOCOLS {
            let options = WriteOptions {
                upstream_model: "up",
                output_tokens_max: Some(4_096),
                asks_usage: true,
                quirks: Quirks::NONE,
            };
            match language.upstream.write_request(&request, &options) {
                Ok(out) => {
                    let out: Value = serde_json::from_slice(&out.body).unwrap();
                    // Gemini's has it in the path.
                    let model = out.get("model").unwrap_or(&Value::Null);
                    let has_model = language.name != "gemini";
                    assert_eq!(*model == "up", has_model, "{}", recording.name);
                    written += 1;
                }
                Err(error) => assert!(error.param().is_some(), "{}: {error}", recording.name),
            }
        }
    }
    assert!(written > 250, "{written}");
}
