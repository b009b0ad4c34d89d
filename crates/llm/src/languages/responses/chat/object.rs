//! The object of a response, with what it repeats of its request.

use crate::chat::{Finish, FinishReason, Made, Request};
use crate::cost;
use crate::json::{Object, Value};
use crate::meter::Meter;
use crate::usage::UsageReport;

/// Members of a request that its response repeats, with what stands where they were not given.
const REPEATED: [(&str, &str); 16] = [
    ("instructions", "null"),
    ("max_output_tokens", "null"),
    ("max_tool_calls", "null"),
    ("metadata", "{}"),
    ("parallel_tool_calls", "true"),
    ("prompt_cache_key", "null"),
    ("reasoning", r#"{"effort":null,"summary":null}"#),
    ("safety_identifier", "null"),
    ("service_tier", "\"default\""),
    ("temperature", "1.0"),
    ("text", r#"{"format":{"type":"text"}}"#),
    ("tool_choice", "\"auto\""),
    ("tools", "[]"),
    ("top_p", "1.0"),
    ("truncation", "\"disabled\""),
    ("user", "null"),
];

/// The names of the members that are repeated.
pub(super) fn is_repeated(name: &str) -> bool {
    REPEATED.iter().any(|(repeated, _)| *repeated == name)
}

/// The state of a response.
pub(super) struct State<'a> {
    pub(super) status: &'a str,
    pub(super) output: Vec<Value>,
    pub(super) usage: Option<&'a UsageReport>,
    pub(super) error: Option<Object>,
    pub(super) incomplete: Option<&'static str>,
}

/// The members that a response repeats.
pub(super) fn repeated(request: &Request) -> Vec<(String, Value)> {
    let member = |(name, missing): &(&str, &str)| {
        let given = request.repeated.iter().find(|(given, _)| given == name);
        let value = given.map(|(_, value)| value.clone());
        let value = value.or_else(|| Value::read(missing.as_bytes()));
        ((*name).to_owned(), value.unwrap_or(Value::Null))
    };
    REPEATED.iter().map(member).collect()
}

/// The object.
pub(super) fn write(made: &Made, repeated: &[(String, Value)], state: State<'_>) -> Object {
    let incomplete = state
        .incomplete
        .map(|reason| Object::new().with("reason", reason));
    let mut object = Object::new()
        .with("id", made.id("resp_"))
        .with("object", "response")
        .with("created_at", made.created_s)
        .with("status", state.status)
        .with("background", false)
        .with("error", state.error.map_or(Value::Null, Value::from))
        .with(
            "incomplete_details",
            incomplete.map_or(Value::Null, Value::from),
        )
        .with("model", made.model.as_str())
        .with("output", state.output)
        .with("previous_response_id", Value::Null)
        .with("store", false)
        .with("top_logprobs", 0u64);
    for (name, value) in repeated {
        object.add(name, value.clone());
    }
    object.with(
        "usage",
        state
            .usage
            .map_or(Value::Null, |report| usage(report).into()),
    )
}

/// The status at the end, and why it is incomplete.
pub(super) fn status(finish: &Finish) -> (&'static str, Option<&'static str>) {
    match finish.reason {
        FinishReason::Length => ("incomplete", Some("max_output_tokens")),
        FinishReason::ContentFilter | FinishReason::Refusal => {
            ("incomplete", Some("content_filter"))
        }
        FinishReason::Stop
        | FinishReason::ToolCalls
        | FinishReason::Pause
        | FinishReason::Error => ("completed", None),
    }
}

fn usage(report: &UsageReport) -> Object {
    let classes = report.classes();
    let (input, output) = (classes.input_tokens(), classes.output_tokens());
    let written = classes[Meter::CacheWrite5m] + classes[Meter::CacheWrite1h];
    let of_input = Object::new()
        .with("cached_tokens", classes[Meter::CacheRead])
        .with("cache_write_tokens", written);
    let of_output = Object::new().with("reasoning_tokens", classes[Meter::Reasoning]);
    Object::new()
        .with("input_tokens", input)
        .with("input_tokens_details", of_input)
        .with("output_tokens", output)
        .with("output_tokens_details", of_output)
        .with("total_tokens", input.saturating_add(output))
        .maybe("cost", report.cost_nanos.map(cost::value))
}
