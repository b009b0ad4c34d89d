//! The inner form: a response and its events say the same, and OpenAI's language says what it was told.

use bytes::Bytes;
use llm::UpstreamError;
use llm::chat::{
    Content, Event, Finish, FinishReason, Fold, Made, Part, Quirks, Request, Response, Role,
    Signature, ToolCall, WriteOptions, events,
};
use llm::languages::OPENAI;
use proptest::prelude::*;

/// The events of a stream in a language, fed in pieces of these lengths.
pub(crate) fn decode(
    language: &llm::Language,
    stream: &[u8],
    cuts: &[usize],
) -> Result<Vec<Event>, UpstreamError> {
    let mut decoder = language.upstream.decoder();
    let mut cutter = language.upstream.framing().cutter(1 << 20);
    let mut found = Vec::new();
    let mut rest = stream;
    let whole = [stream.len()];
    for length in cuts.iter().chain(&whole) {
        let (piece, behind) = rest.split_at((*length).min(rest.len()));
        rest = behind;
        let mut frame = Bytes::copy_from_slice(piece);
        while let Some(event) = cutter.next(&mut frame)? {
            decoder.read(&event, &mut found)?;
        }
    }
    if let Some(event) = cutter.finish() {
        decoder.read(&event, &mut found)?;
    }
    decoder.finish(true, &mut found);
    Ok(found)
}

/// The response that events say.
pub(crate) fn fold(events: Vec<Event>) -> Result<Response, UpstreamError> {
    let mut fold = Fold::default();
    events.into_iter().for_each(|event| fold.add(event));
    fold.finish()
}

fn made() -> Made {
    Made {
        seed: "seed".to_owned(),
        created_s: 7,
        model: "m".to_owned(),
    }
}

fn part() -> impl Strategy<Value = Part> {
    let text = || "[a-z\\PC\"\\\\]{0,9}";
    let signature = prop::option::of(("[a-z]{1,4}", "[A-Za-z0-9+/=]{1,9}"));
    let signature =
        signature.prop_map(|signed| signed.map(|(origin, data)| Signature::new(origin, data)));
    prop_oneof![
        text().prop_map(Part::text),
        text().prop_map(|text| Part::new(Content::Refusal(text))),
        (text(), signature).prop_map(|(text, signed)| Part::reasoning(text).with_signature(signed)),
        (text(), text(), any::<bool>()).prop_map(|(name, arguments, is_custom)| {
            Part::new(Content::ToolCall(ToolCall {
                id: format!("call_{name}"),
                name,
                arguments,
                is_custom,
            }))
        }),
        Just(Part::new(Content::Redacted).with_signature(Some(Signature::new("anthropic", "x")))),
    ]
}

fn response() -> impl Strategy<Value = Response> {
    let reason = prop_oneof![
        Just(FinishReason::Stop),
        Just(FinishReason::Length),
        Just(FinishReason::ContentFilter)
    ];
    (prop::collection::vec(part(), 0..5), reason).prop_map(|(parts, reason)| Response {
        id: Some("id".to_owned()),
        model: None,
        parts,
        finish: Finish::of(reason),
        usage: None,
    })
}

proptest! {
    #[test]
    fn a_response_and_its_events_say_the_same(response in response()) {
        prop_assert_eq!(fold(events(&response)).unwrap(), response);
    }
}

fn stream(events: &[&str]) -> Vec<u8> {
    let text: String = events
        .iter()
        .map(|event| format!("data: {event}\n\n"))
        .collect();
    text.into_bytes()
}

fn of_openai(events: &[&str]) -> Response {
    fold(decode(&OPENAI, &stream(events), &[]).unwrap()).unwrap()
}

fn calls(response: &Response) -> Vec<(&str, &str, &str)> {
    let calls = response
        .parts
        .iter()
        .filter_map(|part| match &part.content {
            Content::ToolCall(call) => Some((&*call.id, &*call.name, &*call.arguments)),
            _ => None,
        });
    calls.collect()
}

#[test]
fn calls_that_grow_at_the_same_time_come_one_after_the_other() {
    let delta = |calls: &str| {
        format!(r#"{{"choices":[{{"index":0,"delta":{{"tool_calls":[{calls}]}}}}]}}"#)
    };
    let events = [
        delta(r#"{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x"}}"#),
        delta(r#"{"index":1,"id":"b","function":{"name":"g","arguments":"{\"y"}}"#),
        delta(r#"{"index":0,"function":{"arguments":"\":1}"}}"#),
        delta(r#"{"index":1,"id":"","function":{"arguments":"\":2}"}}"#),
        r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#.to_owned(),
        "[DONE]".to_owned(),
    ];
    let events: Vec<&str> = events.iter().map(String::as_str).collect();
    let response = of_openai(&events);
    assert_eq!(
        calls(&response),
        [("a", "f", r#"{"x":1}"#), ("b", "g", r#"{"y":2}"#)]
    );
    assert_eq!(response.finish.reason, FinishReason::ToolCalls);
}

#[test]
fn calls_of_one_index_are_told_apart_by_their_ids() {
    let call = |id: &str| {
        format!(
            r#"{{"choices":[{{"delta":{{"tool_calls":[{{"index":0,"id":"{id}","function":{{"name":"f","arguments":"{{}}"}}}}]}}}}]}}"#
        )
    };
    let (one, two) = (call("a"), call("b"));
    let end = r#"{"choices":[{"delta":{},"finish_reason":"tool_calls"}]}"#;
    let response = of_openai(&[&one, &two, end]);
    assert_eq!(calls(&response), [("a", "f", "{}"), ("b", "f", "{}")]);
}

#[test]
fn a_stream_without_a_reason_to_end_has_no_end() {
    let text = r#"{"choices":[{"index":0,"delta":{"content":"x"}}]}"#;
    let events = decode(&OPENAI, &stream(&[text]), &[]).unwrap();
    assert!(matches!(fold(events), Err(UpstreamError::Protocol { .. })));
    // Snowflake never says a reason, but that it is done.
    assert_eq!(
        of_openai(&[text, "[DONE]"]).finish.reason,
        FinishReason::Stop
    );
}

#[test]
fn what_is_written_is_read_the_same() {
    let parts = vec![
        Part::reasoning("hm").with_signature(Some(Signature::new("anthropic", "sig"))),
        Part::text("Yes.\n\"so\""),
        Part::new(Content::ToolCall(ToolCall {
            id: "call_1".to_owned(),
            name: "add".to_owned(),
            arguments: r#"{"a": 1.50}"#.to_owned(),
            is_custom: false,
        })),
    ];
    let response = Response {
        id: Some("chatcmpl-seed".to_owned()),
        model: Some("m".to_owned()),
        parts,
        finish: Finish::of(FinishReason::ToolCalls),
        usage: None,
    };
    let client = OPENAI.client.unwrap();
    let whole = client.write_response(&response, &Request::default(), &made());
    assert_eq!(OPENAI.upstream.read_response(&whole).unwrap(), response);
    let mut encoder = client.encoder(&Request::default(), made());
    let mut out = Vec::new();
    for event in events(&response) {
        encoder.write(&event, &mut out);
    }
    assert_eq!(fold(decode(&OPENAI, &out, &[]).unwrap()).unwrap(), response);
}

#[test]
fn a_request_is_written_as_it_was_read() {
    let body = r#"{"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"What is it?"},{"type":"image_url","image_url":{"url":"https://example.com/a.png","detail":"low"}}]},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"look","arguments":"{\"n\": 1.0}"}}]},{"role":"tool","tool_call_id":"c1","content":"a cat"},{"role":"user","content":"Well?"}],"stream":true,"stream_options":{"include_usage":true},"max_tokens":9,"tools":[{"type":"function","function":{"name":"look","description":"Looks.","parameters":{"type":"object","properties":{}},"strict":true}}],"tool_choice":{"type":"function","function":{"name":"look"}},"parallel_tool_calls":false,"temperature":0.0,"seed":7,"stop":["x"],"reasoning_effort":"low","response_format":{"type":"json_schema","json_schema":{"name":"r","schema":{"type":"object"},"strict":true}},"user":"u"}"#;
    let request = OPENAI
        .client
        .unwrap()
        .read_request(body.as_bytes())
        .unwrap();
    assert_eq!(request.turns.len(), 3);
    assert_eq!(request.turns[2].role, Role::User);
    let options = WriteOptions {
        upstream_model: "m",
        output_tokens_max: None,
        asks_usage: true,
        quirks: Quirks::NONE,
    };
    let written = OPENAI.upstream.write_request(&request, &options).unwrap();
    let read = |text: &[u8]| serde_json::from_slice::<serde_json::Value>(text).unwrap();
    assert_eq!(read(&written.body), read(body.as_bytes()));
    assert!(written.dropped.is_empty());
}

#[test]
fn the_older_form_of_tools_is_refused_by_name() {
    let body = br#"{"model":"m","messages":[],"functions":[{"name":"f"}]}"#;
    let error = OPENAI.client.unwrap().read_request(body).unwrap_err();
    assert_eq!(error.param(), Some("functions"));
}
