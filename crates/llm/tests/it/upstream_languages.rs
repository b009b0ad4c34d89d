//! Recorded exchanges in the languages that only providers speak: what is read of each, wherever its bytes are cut, what a
//! client of each language is told, and what is written for them.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use llm::chat::{Content, Event, Made, Quirks, Request, Response, WriteOptions, events};
use llm::languages::{ANTHROPIC, BEDROCK, COHERE, OLLAMA, OPENAI, RESPONSES};
use llm::{Language, Refusal, UpstreamError};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::inner_form::{decode, fold};

const LANGUAGES: [(&str, &Language); 3] = [
    ("bedrock", &BEDROCK),
    ("cohere", &COHERE),
    ("ollama", &OLLAMA),
];
const CLIENTS: [&Language; 3] = [&OPENAI, &ANTHROPIC, &RESPONSES];

struct Recording {
    name: String,
    language: &'static Language,
    exchange: Value,
}

impl Recording {
    fn stream(&self) -> Option<Vec<u8>> {
        let response = &self.exchange["response"];
        if let Some(text) = response["stream_base64"].as_str() {
            return Some(STANDARD.decode(text).unwrap());
        }
        match &response["stream"] {
            Value::String(text) => Some(text.clone().into_bytes()),
            Value::Array(parts) => {
                let parts: Vec<&str> = parts.iter().filter_map(Value::as_str).collect();
                Some(parts.concat().into_bytes())
            }
            _ => None,
        }
    }

    fn status(&self) -> u16 {
        u16::try_from(self.exchange["response"]["status"].as_u64().unwrap()).unwrap()
    }

    fn body(&self) -> String {
        self.exchange["response"]["body"].to_string()
    }

    fn response(&self) -> Result<Response, UpstreamError> {
        match self.stream() {
            Some(stream) => fold(decode(self.language, &stream, &[])?),
            None => self.language.upstream.read_response(self.body().as_bytes()),
        }
    }

    fn refusal(&self) -> UpstreamError {
        let kind = self.exchange["response"]["headers"]["x-amzn-errortype"].as_str();
        self.language.upstream.classify_error(&Refusal {
            status: Some(self.status()),
            error_type: kind,
            body: self.body().as_bytes(),
            ..Refusal::default()
        })
    }
}

fn recordings() -> &'static [Recording] {
    static READ: LazyLock<Vec<Recording>> = LazyLock::new(read_all);
    &READ
}

/// The streams of all recordings: name, language, bytes.
pub(crate) fn streams() -> Vec<(String, &'static Language, Vec<u8>)> {
    let streams = recordings().iter().filter_map(|recording| {
        let stream = recording.stream()?;
        Some((recording.name.clone(), recording.language, stream))
    });
    streams.collect()
}

fn read_all() -> Vec<Recording> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/recordings/upstreams");
    let mut found = Vec::new();
    for (name, language) in LANGUAGES {
        for entry in std::fs::read_dir(folder.join(name)).unwrap() {
            let path = entry.unwrap().path();
            let file = path.file_stem().unwrap().to_string_lossy();
            found.push(Recording {
                name: format!("{name}/{file}"),
                language,
                exchange: serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap(),
            });
        }
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    assert!(found.len() > 40, "{}", found.len());
    found
}

fn shown(text: &str) -> String {
    let start: String = text.chars().take(60).collect();
    format!("{start:?} ({})", text.chars().count())
}

fn describe(response: &Response) -> String {
    let mut out = String::new();
    for part in &response.parts {
        let proof = part.signature.as_ref().map_or(String::new(), |signature| {
            format!(", proof of {} ({})", signature.origin, signature.data.len())
        });
        let line = match &part.content {
            Content::Text { text, citations } if citations.is_empty() => {
                format!("text {}", shown(text))
            }
            Content::Text { text, citations } => {
                format!("text {} with {} citations", shown(text), citations.len())
            }
            Content::Reasoning { text, .. } => format!("thought {}{proof}", shown(text)),
            Content::Redacted => format!("redacted{proof}"),
            Content::ToolCall(call) => format!("call {} {}", call.name, call.arguments),
            Content::Opaque { value, .. } => format!("opaque {}", shown(&value.to_json())),
            other => format!("{other:?}").chars().take(80).collect(),
        };
        let _ = writeln!(out, "    {line}");
    }
    let _ = write!(out, "    end {:?}", response.finish.reason);
    if let Some(usage) = &response.usage {
        let classes: Vec<String> = usage
            .classes()
            .iter()
            .map(|(meter, amount)| format!("{} {amount}", meter.name()))
            .collect();
        let _ = write!(out, "; {}", classes.join(", "));
    }
    out
}

#[test]
fn every_recording_is_read() {
    let mut read = String::new();
    for recording in recordings() {
        let said = if recording.status() >= 400 {
            let error = recording.refusal();
            format!("    {} {}: {error}", recording.status(), error.kind())
        } else {
            describe(&recording.response().unwrap())
        };
        writeln!(read, "{}\n{said}", recording.name).unwrap();
    }
    insta::assert_snapshot!(read);
}

#[test]
fn every_stream_cut_at_every_byte_gives_the_same_events() {
    let mut streams = 0;
    for recording in recordings() {
        let Some(stream) = recording.stream() else {
            continue;
        };
        streams += 1;
        let whole = decode(recording.language, &stream, &[]).unwrap();
        let bytes = vec![1; stream.len()];
        let cut = decode(recording.language, &stream, &bytes).unwrap();
        assert_eq!(cut, whole, "{}", recording.name);
    }
    assert!(streams > 20, "{streams}");
}

#[test]
fn a_stream_that_is_cut_off_has_no_end() {
    for recording in recordings() {
        let Some(stream) = recording.stream() else {
            continue;
        };
        for end in [stream.len() / 4, stream.len() / 3] {
            let events = decode(recording.language, &stream[..end], &[]).unwrap();
            let is_end = |event: &Event| matches!(event, Event::Finished(_));
            assert!(!events.iter().any(is_end), "{} at {end}", recording.name);
        }
    }
}

fn made() -> Made {
    Made {
        seed: "x".to_owned(),
        created_s: 1,
        model: "m".to_owned(),
    }
}

/// The text, the thoughts and the calls of a response, in the order of their kinds.
fn said(response: &Response) -> (String, String, Vec<(String, Value)>) {
    let (mut text, mut thoughts, mut calls) = (String::new(), String::new(), Vec::new());
    for part in &response.parts {
        match &part.content {
            Content::Text { text: more, .. } => text.push_str(more),
            Content::Reasoning { text: more, .. } => thoughts.push_str(more),
            Content::ToolCall(call) => {
                let arguments = serde_json::from_str(&call.arguments).unwrap_or_default();
                calls.push((call.name.clone(), arguments));
            }
            _ => {}
        }
    }
    (text, thoughts, calls)
}

#[test]
fn every_response_is_told_in_each_language_of_clients_whole_and_streamed() {
    for recording in recordings() {
        if recording.status() >= 400 {
            continue;
        }
        let response = recording.response().unwrap();
        for language in CLIENTS {
            let client = language.client.unwrap();
            let request = Request {
                includes_usage: true,
                ..Request::default()
            };
            let whole = client.write_response(&response, &request, &made());
            let whole = language.upstream.read_response(&whole).unwrap();
            let mut encoder = client.encoder(&request, made());
            let mut out = Vec::new();
            for event in events(&response) {
                encoder.write(&event, &mut out);
            }
            let streamed = fold(decode(language, &out, &[]).unwrap()).unwrap();
            let context = format!("{} in {}", recording.name, language.name);
            assert_eq!(said(&whole), said(&response), "{context}, whole");
            assert_eq!(said(&streamed), said(&response), "{context}, streamed");
            let counted = |told: &Response| {
                let classes = told.usage.map(|usage| usage.classes());
                classes.map(|usage| (usage.input_tokens(), usage.output_tokens()))
            };
            let expected = counted(&response);
            if expected.is_some() {
                assert_eq!(counted(&whole), expected, "{context}");
                assert_eq!(counted(&streamed), expected, "{context}");
            }
        }
    }
}

/// A conversation with everything that the languages have in common.
fn conversation() -> Request {
    let body = json!({
        "model": "m", "stream": true, "max_tokens": 50, "temperature": 0.50, "top_p": 0.9, "stop": ["END"],
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [
                {"type": "text", "text": "What is this?"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}},
            ]},
            {"role": "assistant", "content": "I look.", "tool_calls": [
                {"id": "functions.look:0", "type": "function", "function": {"name": "look", "arguments": "{\"at\":1.50}"}},
            ]},
            {"role": "tool", "tool_call_id": "functions.look:0", "content": "a dot"},
        ],
        "tools": [{"type": "function", "function": {
            "name": "look", "description": "Looks.", "strict": true, "parameters": {"type": "object", "properties": {}},
        }}],
        "tool_choice": "required", "parallel_tool_calls": false, "seed": 3, "user": "u",
    });
    let client = OPENAI.client.unwrap();
    client.read_request(body.to_string().as_bytes()).unwrap()
}

fn write(language: &Language, request: &Request, model: &str) -> (Value, Vec<String>) {
    let options = WriteOptions {
        upstream_model: model,
        output_tokens_max: Some(4_096),
        asks_usage: true,
        quirks: Quirks::NONE,
    };
    let written = language.upstream.write_request(request, &options).unwrap();
    (
        serde_json::from_slice(&written.body).unwrap(),
        written.dropped,
    )
}

#[test]
fn a_conversation_is_written_for_converse() {
    let (body, dropped) = write(&BEDROCK, &conversation(), "us.anthropic.claude-sonnet-4-5");
    let expected = json!({
        "system": [{"text": "Be brief."}],
        "messages": [
            {"role": "user", "content": [
                {"text": "What is this?"},
                {"image": {"format": "png", "source": {"bytes": "AA=="}}},
            ]},
            {"role": "assistant", "content": [
                {"text": "I look."},
                {"toolUse": {"toolUseId": "functions_look_0", "name": "look", "input": {"at": 1.5}}},
            ]},
            {"role": "user", "content": [
                {"toolResult": {"toolUseId": "functions_look_0", "content": [{"text": "a dot"}]}},
            ]},
        ],
        "inferenceConfig": {"maxTokens": 50, "temperature": 0.5, "topP": 0.9, "stopSequences": ["END"]},
        "toolConfig": {
            "tools": [{"toolSpec": {"name": "look", "description": "Looks.",
                "inputSchema": {"json": {"type": "object", "properties": {}}}}}],
            "toolChoice": {"any": {}},
        },
    });
    assert_eq!(body, expected);
    assert_eq!(
        dropped,
        ["tools.strict", "parallel_tool_calls", "seed", "user"]
    );
}

#[test]
fn a_conversation_is_written_for_cohere() {
    let (body, dropped) = write(&COHERE, &conversation(), "command-a");
    let expected = json!({
        "model": "command-a", "stream": true, "max_tokens": 50, "temperature": 0.5, "p": 0.9, "seed": 3,
        "stop_sequences": ["END"], "tool_choice": "REQUIRED",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [
                {"type": "text", "text": "What is this?"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}},
            ]},
            {"role": "assistant", "tool_plan": "I look.", "tool_calls": [
                {"id": "functions.look:0", "type": "function", "function": {"name": "look", "arguments": "{\"at\":1.50}"}},
            ]},
            {"role": "tool", "tool_call_id": "functions.look:0", "content": "a dot"},
        ],
        "tools": [{"type": "function", "function": {
            "name": "look", "description": "Looks.", "parameters": {"type": "object", "properties": {}},
        }}],
    });
    assert_eq!(body, expected);
    assert_eq!(dropped, ["tools.strict", "parallel_tool_calls", "user"]);
}

#[test]
fn a_conversation_is_written_for_ollama() {
    let mut request = conversation();
    request.tool_choice = None;
    let (body, dropped) = write(&OLLAMA, &request, "qwen3:4b");
    let expected = json!({
        "model": "qwen3:4b", "stream": true,
        "options": {"num_predict": 50, "temperature": 0.5, "top_p": 0.9, "seed": 3, "stop": ["END"]},
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "What is this?", "images": ["AA=="]},
            {"role": "assistant", "content": "I look.", "tool_calls": [
                {"type": "function", "function": {"name": "look", "arguments": {"at": 1.5}}},
            ]},
            {"role": "tool", "content": "a dot", "tool_name": "look"},
        ],
        "tools": [{"type": "function", "function": {
            "name": "look", "description": "Looks.", "parameters": {"type": "object", "properties": {}},
        }}],
    });
    assert_eq!(body, expected);
    assert_eq!(dropped, ["tools.strict", "parallel_tool_calls", "user"]);
}

#[test]
fn the_wish_for_reasoning_is_written_as_each_maker_has_it() {
    let mut request = Request {
        output_tokens_max: Some(20_000),
        ..conversation()
    };
    request.tool_choice = None;
    request.turns.truncate(1);
    request.reasoning = Some(llm::chat::Reasoning {
        effort: Some("medium".to_owned()),
        ..llm::chat::Reasoning::default()
    });
    let more = |model| write(&BEDROCK, &request, model);
    let (claude, dropped) = more("us.anthropic.claude-sonnet-4-5");
    let thinking = json!({"thinking": {"type": "enabled", "budget_tokens": 8192}});
    assert_eq!(claude["additionalModelRequestFields"], thinking);
    assert!(claude["inferenceConfig"].get("temperature").is_none());
    assert!(dropped.contains(&"temperature".to_owned()), "{dropped:?}");
    let nova = more("us.amazon.nova-2-lite-v1:0").0;
    let config = json!({"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "medium"}});
    assert_eq!(nova["additionalModelRequestFields"], config);
    let (other, dropped) = more("meta.llama");
    assert!(other.get("additionalModelRequestFields").is_none());
    assert!(
        dropped.contains(&"reasoning_effort".to_owned()),
        "{dropped:?}"
    );
    let cohere = write(&COHERE, &request, "command-a-reasoning").0;
    assert_eq!(
        cohere["thinking"],
        json!({"type": "enabled", "token_budget": 8192})
    );
    assert_eq!(write(&OLLAMA, &request, "qwen3").0["think"], true);
    assert_eq!(write(&OLLAMA, &request, "gpt-oss:20b").0["think"], "medium");
}

#[test]
fn thoughts_go_back_to_their_makers_alone() {
    let thought = |origin: &str| {
        let signature = llm::chat::Signature::new(origin, "proof");
        llm::chat::Part::reasoning("hm").with_signature(Some(signature))
    };
    let mut request = conversation();
    request.turns[1].parts.insert(0, thought("anthropic"));
    request.turns[1].parts.insert(0, thought("bedrock"));
    request.tool_choice = None;
    let sent = |language: &Language, model| write(language, &request, model).0.to_string();
    let count = |text: String| text.matches("proof").count();
    assert_eq!(count(sent(&BEDROCK, "us.anthropic.claude")), 2);
    assert_eq!(count(sent(&BEDROCK, "us.amazon.nova-lite")), 1);
    for language in [&COHERE, &OLLAMA] {
        let text = write(language, &request, "m").0.to_string();
        assert!(!text.contains("proof") && !text.contains("hm"), "{text}");
    }
}

#[test]
fn what_would_mean_something_else_is_refused_by_its_name() {
    let base = json!({"model": "m", "messages": [{"role": "user", "content": "Hi"}]});
    let tools = json!([{"type": "function", "function": {"name": "f"}}]);
    let cases = [
        (json!({"n": 2}), "n", vec![&BEDROCK, &COHERE, &OLLAMA]),
        (
            json!({"logprobs": true}),
            "logprobs",
            vec![&BEDROCK, &COHERE, &OLLAMA],
        ),
        (
            json!({"logit_bias": {"1": 2}}),
            "logit_bias",
            vec![&BEDROCK, &COHERE, &OLLAMA],
        ),
        (
            json!({"tools": tools, "tool_choice": "required"}),
            "tool_choice",
            vec![&OLLAMA],
        ),
        (
            json!({"web_search_options": {}}),
            "tools.web_search",
            vec![&BEDROCK, &COHERE, &OLLAMA],
        ),
    ];
    for (more, param, languages) in cases {
        let mut body = base.clone();
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let client = OPENAI.client.unwrap();
        let request = client.read_request(body.to_string().as_bytes()).unwrap();
        for language in languages {
            let options = WriteOptions {
                upstream_model: "m",
                output_tokens_max: None,
                asks_usage: true,
                quirks: Quirks::NONE,
            };
            let refused = language.upstream.write_request(&request, &options);
            let refused = refused.unwrap_err();
            assert_eq!(refused.param(), Some(param), "{} {body}", language.name);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn a_damaged_stream_makes_nothing_panic(
        at in any::<prop::sample::Index>(), byte in any::<u8>(), which in any::<prop::sample::Index>(),
    ) {
        let streams: Vec<&Recording> = recordings().iter().filter(|one| one.stream().is_some()).collect();
        let recording = which.get(&streams);
        let mut stream = recording.stream().unwrap();
        let at = at.index(stream.len());
        stream[at] = byte;
        let whole = decode(recording.language, &stream, &[]).ok();
        let cut = decode(recording.language, &stream, &vec![7; stream.len() / 7]).ok();
        prop_assert_eq!(whole, cut);
        let _ = recording.language.upstream.read_response(&stream);
    }
}
