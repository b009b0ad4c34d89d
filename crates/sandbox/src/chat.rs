//! `POST /v1/chat/completions`.

use bytes::Bytes;
use http::request::Parts;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::compose;
use crate::diagnose::{check_decimal, check_integer, check_stream_options, empty_array, parse};
use crate::directives::{Directives, Fault};
use crate::errors::{ApiError, json};
use crate::frames::{Frames, Wire};
use crate::hash;
use crate::models::{CREATED, FINGERPRINT, ModelName};
use crate::perform::{Content, Outcome};
use crate::prompt::Prompt;
use crate::reply::Choice;
use crate::request::{ChatRequest, Message};
use crate::stream::Script;
use crate::text::OneOrMany;
use crate::tokens::CONTEXT_TOKENS_MAX;
use crate::usage::Usage;

pub(crate) const CHOICES_MAX: i64 = 8;
const ROLES: &[&str] = &[
    "system",
    "assistant",
    "user",
    "function",
    "tool",
    "developer",
];

pub(crate) fn create(head: &Parts, body: &Bytes) -> Result<Outcome, ApiError> {
    let request: ChatRequest<'_> = parse(body)?;
    let model = request
        .model
        .as_deref()
        .ok_or_else(|| ApiError::missing("model"))?;
    let model = ModelName::parse(model)?;
    let contents = request
        .messages
        .iter()
        .flatten()
        .filter_map(|m| m.content.as_ref());
    let texts = contents.flat_map(|content| content.texts());
    let directives = Directives::gather(model.directives, &head.headers, texts)?;
    let content = response(&request, model.name, body, &directives);
    Ok(Outcome {
        directives,
        content,
    })
}

fn response(
    request: &ChatRequest<'_>,
    model: &str,
    body: &Bytes,
    directives: &Directives,
) -> Result<Content, ApiError> {
    let Answer { choices, usage } = answer(request, directives)?;
    let id = format!("chatcmpl-{:016x}", hash::of(body));
    if request.stream != Some(true) {
        let usage = usage.encode(directives);
        let body = whole(&id, model, &choices, usage.as_deref());
        return Ok(Content::Json {
            body,
            words: longest(&choices),
        });
    }
    let with_usage = request.stream_options.and_then(|o| o.include_usage) == Some(true)
        && directives.fault != Some(Fault::NoUsage);
    let usage = if with_usage {
        usage.encode(directives)
    } else {
        None
    };
    let with_chatter = directives.fault == Some(Fault::Chatter);
    let frames = Frames::new(Wire::Chat, &id, model, with_usage, with_chatter);
    Ok(Content::Stream(Box::new(Script::new(
        frames, choices, true, usage, directives,
    ))))
}

/// The words of the model and their count, whatever the language.
pub(crate) struct Answer {
    pub(crate) choices: Vec<Choice>,
    pub(crate) usage: Usage,
}

/// Answers a request.
pub(crate) fn answer(
    request: &ChatRequest<'_>,
    directives: &Directives,
) -> Result<Answer, ApiError> {
    let messages = validate(request)?;
    if directives.content_filter {
        return Err(ApiError::content_filter());
    }
    let prompt = Prompt::read(messages);
    let max = request.max_completion_tokens.or(request.max_tokens);
    check_context(prompt.tokens, max, "messages")?;
    let choices = choices(request, &prompt, max, directives)?;
    let usage = sum_usage(prompt.tokens, &choices);
    Ok(Answer { choices, usage })
}

fn validate<'r, 'a>(request: &'r ChatRequest<'a>) -> Result<&'r [Message<'a>], ApiError> {
    let Some(messages) = request.messages.as_deref() else {
        return Err(ApiError::missing("messages"));
    };
    if messages.is_empty() {
        return Err(empty_array("messages"));
    }
    for (index, message) in messages.iter().enumerate() {
        validate_message(index, message)?;
    }
    check_integer("n", request.n, 1, CHOICES_MAX)?;
    check_integer("max_tokens", request.max_tokens, 1, i64::MAX)?;
    check_integer(
        "max_completion_tokens",
        request.max_completion_tokens,
        1,
        i64::MAX,
    )?;
    check_decimal("temperature", request.temperature, 2.0)?;
    check_decimal("top_p", request.top_p, 1.0)?;
    check_stream_options(request.stream, request.stream_options)?;
    Ok(messages)
}

fn validate_message(index: usize, message: &Message<'_>) -> Result<(), ApiError> {
    let missing = |field: &str| {
        let param = format!("messages[{index}].{field}");
        ApiError::invalid(format!("Missing required parameter: '{param}'."))
            .param(param)
            .code("missing_required_parameter")
    };
    let role = message.role.as_deref().ok_or_else(|| missing("role"))?;
    if !ROLES.contains(&role) {
        let supported = ROLES.join("', '");
        let problem = format!("Invalid value: '{role}'. Supported values are: '{supported}'.");
        let param = format!("messages[{index}].role");
        return Err(ApiError::invalid(problem)
            .param(param)
            .code("invalid_value"));
    }
    if message.content.is_none() && role != "assistant" {
        return Err(missing("content"));
    }
    if role == "tool" && message.tool_call_id.is_none() {
        return Err(missing("tool_call_id"));
    }
    Ok(())
}

pub(crate) fn check_context(
    prompt_tokens: u64,
    max_tokens: Option<i64>,
    param: &'static str,
) -> Result<(), ApiError> {
    let asked = max_tokens
        .and_then(|max| u64::try_from(max).ok())
        .unwrap_or(0);
    let total = prompt_tokens.saturating_add(asked);
    if total <= CONTEXT_TOKENS_MAX {
        return Ok(());
    }
    Err(ApiError::invalid(format!(
        "This model's maximum context length is {CONTEXT_TOKENS_MAX} tokens. However, you \
         requested {total} tokens ({prompt_tokens} in the {param}, {asked} in the completion). \
         Please reduce the length of the {param} or completion."
    ))
    .param(param)
    .code("context_length_exceeded"))
}

fn choices(
    request: &ChatRequest<'_>,
    prompt: &Prompt<'_>,
    max: Option<i64>,
    directives: &Directives,
) -> Result<Vec<Choice>, ApiError> {
    let count = u64::try_from(request.n.unwrap_or(1)).unwrap_or(1);
    (0..count)
        .map(|index| {
            let seed = prompt.seed.wrapping_add(index);
            let mut choice = compose::choice(request, prompt, seed, directives)?;
            shape(&mut choice, request.stop.as_ref(), max, directives);
            Ok(choice)
        })
        .collect()
}

/// Shapes every response, whatever it says.
pub(crate) fn shape(
    choice: &mut Choice,
    stop: Option<&OneOrMany<'_>>,
    max: Option<i64>,
    directives: &Directives,
) {
    if let Some(stop) = stop {
        choice.stop_at(stop.texts());
    }
    if let Some(max) = max {
        choice.limit(u64::try_from(max).unwrap_or(0));
    }
    if let Some(finish) = &directives.finish {
        choice.finish = finish.clone().into();
    }
}

pub(crate) fn sum_usage(prompt_tokens: u64, choices: &[Choice]) -> Usage {
    Usage {
        prompt_tokens,
        completion_tokens: choices.iter().map(Choice::tokens).sum(),
        reasoning_tokens: choices.iter().map(Choice::reasoning_tokens).sum(),
    }
}

pub(crate) fn longest(choices: &[Choice]) -> u64 {
    choices.iter().map(Choice::tokens).max().unwrap_or(0)
}

#[derive(Serialize)]
struct ChatCompletion<'a> {
    id: &'a str,
    object: &'static str,
    created: u64,
    model: &'a str,
    choices: Vec<WholeChoice<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<&'a RawValue>,
    system_fingerprint: &'static str,
}

#[derive(Serialize)]
struct WholeChoice<'a> {
    index: usize,
    message: WholeMessage<'a>,
    logprobs: Option<()>,
    finish_reason: &'a str,
}

#[derive(Serialize)]
struct WholeMessage<'a> {
    role: &'static str,
    content: Option<&'a str>,
    refusal: Option<()>,
    #[serde(skip_serializing_if = "str::is_empty")]
    reasoning_content: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<WholeCall<'a>>,
}

#[derive(Serialize)]
struct WholeCall<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    function: WholeFunction<'a>,
}

#[derive(Serialize)]
struct WholeFunction<'a> {
    name: &'a str,
    arguments: &'a str,
}

fn whole(id: &str, model: &str, choices: &[Choice], usage: Option<&RawValue>) -> Bytes {
    json(&ChatCompletion {
        id,
        object: "chat.completion",
        created: CREATED,
        model,
        choices: choices.iter().enumerate().map(whole_choice).collect(),
        usage,
        system_fingerprint: FINGERPRINT,
    })
}

fn whole_choice((index, choice): (usize, &Choice)) -> WholeChoice<'_> {
    let calls = choice.calls.iter().map(|call| WholeCall {
        id: &call.id,
        kind: "function",
        function: WholeFunction {
            name: &call.name,
            arguments: &call.arguments,
        },
    });
    WholeChoice {
        index,
        message: WholeMessage {
            role: "assistant",
            content: choice.calls.is_empty().then_some(&choice.content),
            refusal: None,
            reasoning_content: &choice.reasoning,
            tool_calls: calls.collect(),
        },
        logprobs: None,
        finish_reason: &choice.finish,
    }
}
