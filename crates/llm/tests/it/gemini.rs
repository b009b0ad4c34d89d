//! Recorded responses of Gemini and Vertex AI: counts to the token, proofs in their places, and what breaks.

use std::path::Path;

use bytes::Bytes;
use llm::chat::{Content, Event, FinishReason, Losses, Part, Quirks, Response, WriteOptions};
use llm::language::ErrorFacts;
use llm::languages::{GEMINI, OPENAI};
use llm::meter::Meter;
use llm::{Refusal, UpstreamError};
use serde_json::{Value, json};

use crate::inner_form::{decode, fold};

fn recording(name: &str) -> Value {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/replay/corpus");
    let path = corpus.join(format!("{name}.json"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn stream(name: &str) -> String {
    let recording = recording(name);
    let parts = recording["response"]["stream"].as_array().unwrap().clone();
    parts.iter().filter_map(Value::as_str).collect()
}

fn read(body: &Value) -> Result<Response, UpstreamError> {
    GEMINI.upstream.read_response(body.to_string().as_bytes())
}

fn response(name: &str) -> Response {
    let recording = recording(name);
    if recording["response"]["stream"].is_array() {
        return fold(decode(&GEMINI, stream(name).as_bytes(), &[]).unwrap()).unwrap();
    }
    read(&recording["response"]["body"]).unwrap()
}

const CODE: &str = "gemini/gemini/pydantic-ai--test-code-execution-test-code-execution-stream-0";
const GROUNDED: &str = "gemini/gemini/req-llm--gemini-2-0-flash-grounding-streaming-0";
const TOOLS: &str = "gemini/gemini/fantasy--gemini-3-pro-preview-multi-tool-streaming-0";
const CACHED: &str = "vertex/gemini/ruby-llm--cachedcontent-explicit-caching-round-trip-vertexai-gemini-2-5-flash-cr-3";
const BLOCKED: &str =
    "vertex/gemini/pydantic-ai--test-google-model-armor-prompt-template-text-gets-blocked-1";

#[test]
fn counts_are_those_of_the_recording_by_class() {
    for (name, input, output, reasoning, cached) in [
        // Tokens of the prompt that tools were given are input too.
        (CODE, 147 + 360, 108 + 168, 168, 0),
        (GROUNDED, 8, 454, 0, 0),
        (CACHED, 9_613, 33 + 39, 39, 9_602),
    ] {
        let usage = response(name).usage.unwrap().classes();
        let counted = (usage.input_tokens(), usage.output_tokens());
        assert_eq!(counted, (input, output), "{name}");
        assert_eq!(usage[Meter::Reasoning], reasoning, "{name}");
        assert_eq!(usage[Meter::CacheRead], cached, "{name}");
    }
}

#[test]
fn bytes_that_pass_are_counted_like_those_that_are_translated() {
    let face = GEMINI.passthrough.unwrap();
    for name in [CODE, GROUNDED, TOOLS] {
        let mut counted = llm::UsageReport::default();
        for line in stream(name).lines() {
            if let Some(data) = line.strip_prefix("data: ") {
                let event = face.read_event(data.trim().as_bytes()).unwrap();
                counted.update(event.facts.usage.unwrap_or_default());
            }
        }
        let expected = response(name).usage.unwrap().classes();
        assert_eq!(counted.classes(), expected, "{name}");
    }
    let body = &recording(CACHED)["response"]["body"];
    let spans = face.read_response(body.to_string().as_bytes()).unwrap();
    let expected = response(CACHED).usage.unwrap().classes();
    assert_eq!(spans.usage.unwrap().classes(), expected);
}

#[test]
fn proofs_hang_on_the_parts_that_they_came_with() {
    let calls: Vec<Part> = response(TOOLS)
        .parts
        .into_iter()
        .filter(|part| matches!(part.content, Content::ToolCall(_)))
        .collect();
    assert!(calls[0].signature_of("gemini").is_some());
    // Of a text that has none but the proof it is kept too.
    let last = response(CODE).parts.pop().unwrap();
    assert_eq!(last.as_text(), Some(""));
    assert!(last.signature_of("gemini").is_some());
}

#[test]
fn a_grounded_text_cites_its_pages_by_characters() {
    let response = response(GROUNDED);
    let text: String = response.parts.iter().filter_map(Part::as_text).collect();
    let cited = response.parts.iter().find_map(|part| match &part.content {
        Content::Text { citations, .. } if !citations.is_empty() => Some(citations.clone()),
        _ => None,
    });
    let cited = cited.unwrap();
    assert!(cited.len() > 10, "{}", cited.len());
    for citation in cited {
        let (start, end) = citation.span.unwrap();
        let words: String = text
            .chars()
            .skip(usize::try_from(start).unwrap())
            .take(usize::try_from(end - start).unwrap())
            .collect();
        assert_eq!(Some(words), citation.quote);
        assert!(citation.url.unwrap().starts_with("https://"));
    }
}

#[test]
fn a_blocked_prompt_is_a_response_of_the_content_filter() {
    let blocked = response(BLOCKED);
    assert_eq!(blocked.finish.reason, FinishReason::ContentFilter);
    assert!(blocked.parts.is_empty());
}

#[test]
fn a_call_without_an_id_gets_one_that_google_never_sees() {
    let body = json!({"candidates": [{"content": {"parts": [
        {"functionCall": {"name": "f", "args": {}}}, {"functionCall": {"name": "f", "id": "own"}},
    ]}, "finishReason": "STOP"}], "responseId": "r"});
    let response = read(&body).unwrap();
    assert_eq!(response.finish.reason, FinishReason::ToolCalls);
    let ids: Vec<&str> = response
        .parts
        .iter()
        .filter_map(|part| match &part.content {
            Content::ToolCall(call) => Some(&*call.id),
            _ => None,
        })
        .collect();
    assert!(ids[0].starts_with("gem_") && ids[1] == "own", "{ids:?}");
    let written = written(&format!(
        r#"{{"model":"m","messages":[{{"role":"assistant","tool_calls":[{{"id":"{}","type":"function","function":{{"name":"f","arguments":"{{}}"}}}},{{"id":"own","type":"function","function":{{"name":"f","arguments":"{{}}"}}}}]}}]}}"#,
        ids[0]
    ));
    let parts = &written["contents"][0]["parts"];
    assert_eq!(parts[0]["functionCall"].get("id"), None);
    assert_eq!(parts[1]["functionCall"]["id"], "own");
}

/// The request as Gemini 3 gets it from a client of OpenAI's language.
fn written(body: &str) -> Value {
    let request = OPENAI.client.unwrap().read_request(body.as_bytes());
    let options = WriteOptions {
        upstream_model: "gemini-3-pro-preview",
        output_tokens_max: None,
        asks_usage: true,
        quirks: Quirks::NONE,
    };
    let written = GEMINI.upstream.write_request(&request.unwrap(), &options);
    serde_json::from_slice(&written.unwrap().body).unwrap()
}

#[test]
fn calls_of_another_model_carry_the_word_that_newer_models_take_for_a_proof() {
    let body = written(
        r#"{"model":"m","messages":[{"role":"user","content":"Hi"},{"role":"assistant","tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"call_1","content":"{\"n\":1}"}]}"#,
    );
    let proof = &body["contents"][1]["parts"][0]["thoughtSignature"];
    assert_eq!(proof, "skip_thought_signature_validator");
    let result = &body["contents"][2]["parts"][0]["functionResponse"];
    assert_eq!(result, &json!({"name": "f", "response": {"n": 1}}));
}

#[test]
fn what_breaks_has_no_end_and_what_fails_says_so() {
    let whole = stream(CODE);
    let without_end = whole.rsplit_once("data: ").unwrap().0;
    let events = decode(&GEMINI, without_end.as_bytes(), &[]).unwrap();
    assert!(fold(events).is_err());
    for garbage in ["data: [1]\n\n", "data: \"x\"\n\n", "data: <html>\n\n"] {
        assert!(
            decode(&GEMINI, garbage.as_bytes(), &[]).is_err(),
            "{garbage}"
        );
    }
    let failure = "data: {\"error\":{\"code\":503,\"message\":\"Overloaded\",\"status\":\"UNAVAILABLE\"}}\n\n";
    let broken = format!("{without_end}{failure}");
    let events = decode(&GEMINI, broken.as_bytes(), &[]).unwrap();
    let failed = events.iter().find_map(|event| match event {
        Event::Failed(error) => Some(error.kind()),
        _ => None,
    });
    assert_eq!(failed, Some("overloaded"));
    assert!(fold(events).is_err());
    // Twice the same, and the end before the beginning, still end once.
    let mut pieces: Vec<&str> = whole.split_inclusive("\r\n\r\n").collect();
    pieces.reverse();
    for odd in [format!("{whole}{whole}"), pieces.concat()] {
        let events = decode(&GEMINI, odd.as_bytes(), &[]).unwrap();
        let is_end = |event: &&Event| matches!(event, Event::Finished(_));
        assert_eq!(events.iter().filter(is_end).count(), 1);
        assert!(matches!(events.last(), Some(Event::Finished(_))));
    }
}

#[test]
fn a_list_of_chunks_is_a_response_too() {
    let name = "gemini/gemini/llm-gemini--test-nested-model-deep-composition-0";
    let list = response(name);
    let text: String = list.parts.iter().filter_map(Part::as_text).collect();
    let read: Value = serde_json::from_str(&text).unwrap();
    assert!(read.is_object());
}

#[test]
fn refusals_of_google_are_understood() {
    for (name, kind) in [
        (
            "mirascope--test-authentication-error-google-gemini-2-5-flash-0",
            "unauthorized",
        ),
        (
            "ruby-llm--chat-real-error-scenarios-gemini-gemini-2-5-flash-handles-context-leng-0",
            "rate_limited",
        ),
    ] {
        let recorded = recording(&format!("gemini/gemini/{name}"));
        let body = recorded["response"]["body"].to_string();
        let status = recorded["response"]["status"].as_u64().unwrap();
        let error = GEMINI.upstream.classify_error(&Refusal {
            status: u16::try_from(status).ok(),
            body: body.as_bytes(),
            ..Refusal::default()
        });
        assert_eq!(error.kind(), kind, "{name}: {error}");
    }
}

#[test]
fn every_recorded_stream_passes_with_the_name_of_the_model_alone_changed() {
    let face = GEMINI.passthrough.unwrap();
    let folded = face.fold_stream(&Bytes::from(stream(TOOLS)), "m").unwrap();
    let whole = GEMINI.upstream.read_response(&folded.unwrap()).unwrap();
    assert_eq!(whole.finish, response(TOOLS).finish);
    let unfolded =
        face.unfold_response(recording(CACHED)["response"]["body"].to_string().as_bytes());
    let again = fold(decode(&GEMINI, &unfolded.unwrap(), &[]).unwrap()).unwrap();
    let text = |response: &Response| -> String {
        response.parts.iter().filter_map(Part::as_text).collect()
    };
    assert_eq!(text(&again), text(&response(CACHED)));
}

#[test]
fn the_error_event_begins_as_googles_clients_look_for_it() {
    let facts = ErrorFacts {
        message: "It broke.",
        kind: "upstream_error",
        param: None,
        code: Some("upstream_error"),
        request_id: None,
        status: 502,
        retry_after_s: None,
    };
    let event = GEMINI.client.unwrap().error_event(&facts);
    assert!(event.starts_with(b"data: {\"error\":{\"code\":502,"));
    // Losses have the names that the client wrote.
    let mut losses = Losses::of("gemini");
    losses.drop_if("stop", true);
    let dropped = losses.into_written(String::new()).dropped;
    assert_eq!(dropped, ["generationConfig.stopSequences"]);
}
