//! Which tools a response calls, and with what arguments.

use serde_json::Value;

use crate::directives::Directives;
use crate::errors::ApiError;
use crate::hash;
use crate::prompt::Prompt;
use crate::reply::Call;
use crate::request::{ChatRequest, Function};
use crate::schema;

const CALLS_MAX: usize = 16;

/// No calls means that the response is text. A tool's result is always answered in text, or else a
/// client which sends results back would never come to an end.
pub(crate) fn calls(
    request: &ChatRequest<'_>,
    prompt: &Prompt<'_>,
    seed: u64,
    directives: &Directives,
) -> Result<Vec<Call>, ApiError> {
    let tools = request.tools.iter().flatten();
    let tools: Vec<&Function<'_>> = tools.filter_map(|tool| tool.function.as_ref()).collect();
    let chosen = choose(request, &tools)?;
    if prompt.is_tool_result {
        return Ok(Vec::new());
    }
    if let Some(name) = &directives.tool {
        return Ok(vec![call(name, &tools, seed, 0)]);
    }
    let named = named_in_prompt(&prompt.heard, &tools);
    let names = match chosen {
        Chosen::None => Vec::new(),
        Chosen::Function(name) => vec![name],
        Chosen::Auto => named,
        Chosen::Required if named.is_empty() => {
            tools.iter().take(1).map(|tool| &*tool.name).collect()
        }
        Chosen::Required => named,
    };
    let count = if request.parallel_tool_calls == Some(false) {
        1
    } else {
        CALLS_MAX
    };
    let names = names.into_iter().take(count).enumerate();
    Ok(names
        .map(|(position, name)| call(name, &tools, seed, position))
        .collect())
}

enum Chosen<'a> {
    None,
    Auto,
    Required,
    Function(&'a str),
}

fn choose<'a>(
    request: &'a ChatRequest<'_>,
    tools: &[&Function<'_>],
) -> Result<Chosen<'a>, ApiError> {
    let Some(choice) = &request.tool_choice else {
        return Ok(Chosen::Auto);
    };
    if choice.as_str() == Some("none") {
        return Ok(Chosen::None);
    }
    if tools.is_empty() {
        let message = "'tool_choice' is only allowed when 'tools' are specified.";
        return Err(ApiError::invalid(message).param("tool_choice"));
    }
    match (choice.as_str(), choice["function"]["name"].as_str()) {
        (Some("auto"), _) => Ok(Chosen::Auto),
        (Some("required"), _) => Ok(Chosen::Required),
        (_, Some(name)) if tools.iter().any(|tool| *tool.name == *name) => {
            Ok(Chosen::Function(name))
        }
        (_, Some(name)) => {
            let message = format!("Tool choice '{name}' not found in 'tools' parameter.");
            Err(ApiError::invalid(message).param("tool_choice"))
        }
        _ => {
            let message = "Invalid value for 'tool_choice'. Supported values are: 'none', \
                           'auto', 'required', and an object which names a function.";
            Err(ApiError::invalid(message)
                .param("tool_choice")
                .code("invalid_value"))
        }
    }
}

/// Every tool after the word "call".
fn named_in_prompt<'a>(heard: &str, tools: &[&'a Function<'_>]) -> Vec<&'a str> {
    if tools.is_empty() {
        return Vec::new();
    }
    let mut names = Vec::new();
    let mut after_call = false;
    for word in heard.split_ascii_whitespace() {
        if after_call {
            let is_outside = |c: char| !(c.is_alphanumeric() || c == '_' || c == '-');
            let word = word.trim_matches(is_outside);
            names.extend(
                tools
                    .iter()
                    .map(|tool| &*tool.name)
                    .find(|name| *name == word),
            );
        }
        after_call = word.eq_ignore_ascii_case("call");
    }
    names
}

fn call(name: &str, tools: &[&Function<'_>], seed: u64, position: usize) -> Call {
    let seed = hash::combine(seed, position as u64);
    let tool = tools.iter().find(|tool| *tool.name == *name);
    let parameters = tool.and_then(|tool| tool.parameters);
    let parameters = parameters.and_then(|json| serde_json::from_str::<Value>(json.get()).ok());
    let arguments = parameters.map_or_else(|| "{}".into(), |schema| schema::example(&schema, seed));
    Call {
        id: format!("call_{seed:016x}"),
        name: name.to_owned(),
        arguments,
    }
}
