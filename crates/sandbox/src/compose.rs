//! Decides what a chat response says: a tool call, a response to a tool's result, JSON, or words.

use serde_json::Value;

use crate::directives::Directives;
use crate::errors::ApiError;
use crate::prompt::Prompt;
use crate::reply::Choice;
use crate::request::ChatRequest;
use crate::{schema, tools, words};

pub(crate) fn choice(
    request: &ChatRequest<'_>,
    prompt: &Prompt<'_>,
    seed: u64,
    directives: &Directives,
) -> Result<Choice, ApiError> {
    let calls = tools::calls(request, prompt, seed, directives)?;
    let mut choice = if calls.is_empty() {
        Choice::text(content(request, prompt, seed, directives))
    } else {
        Choice {
            calls,
            finish: "tool_calls".into(),
            ..Choice::text(String::new())
        }
    };
    choice.reasoning = words::filler(reasoning_words(request), !seed);
    Ok(choice)
}

fn content(
    request: &ChatRequest<'_>,
    prompt: &Prompt<'_>,
    seed: u64,
    directives: &Directives,
) -> String {
    let format = request.response_format.as_ref().unwrap_or(&Value::Null);
    let opening = if prompt.is_tool_result {
        "The tool answered:"
    } else {
        "You said:"
    };
    let length = directives.words.unwrap_or(words::DEFAULT_WORDS);
    let says = |length| words::response(opening, &prompt.heard, length, seed);
    match format["type"].as_str() {
        Some("json_schema") => schema::example(&format["json_schema"]["schema"], seed),
        Some("json_object") => format!("{{\"answer\": {}}}", Value::from(says(length))),
        _ => says(length),
    }
}

fn reasoning_words(request: &ChatRequest<'_>) -> usize {
    let thinks = request
        .thinking
        .as_ref()
        .and_then(|thinking| thinking.kind.as_deref());
    match (request.reasoning_effort.as_deref(), thinks) {
        (Some("none"), _) | (None, None | Some("disabled")) => 0,
        (Some("minimal"), _) => 4,
        (Some("low"), _) => 8,
        (Some("high"), _) => 32,
        (Some("xhigh"), _) => 64,
        (Some(_), _) | (None, Some(_)) => 16,
    }
}
