//! Writing the body of `POST /chat/completions` for a client of another language.

use super::{parts, reasoning};
use crate::chat::{
    Content, Losses, OutputFormat, Part, Quirks, Request, Role, Sampling, ThoughtsBack, ToolCall,
    ToolChoice, ToolKind, ToolResult, Turn, WriteOptions, Written,
};
use crate::error::TranslateError;
use crate::json::{Object, Value};

/// Writes the request.
pub(in super::super) fn write(
    request: &Request,
    options: &WriteOptions<'_>,
) -> Result<Written, TranslateError> {
    let mut losses = Losses::of(request.language);
    let mut body = Object::new().with("model", options.upstream_model);
    body.add("messages", messages(request, options.quirks, &losses)?);
    if request.is_streamed {
        body.add("stream", true);
        if options.asks_usage {
            body.add("stream_options", Object::new().with("include_usage", true));
        }
    }
    if let Some(limit) = request.output_tokens_max {
        body.add(options.quirks.output_limit, limit);
    }
    tools(request, &mut body, &losses)?;
    sampling(
        &request.sampling,
        options.quirks.refuses_sampling,
        &mut body,
        &mut losses,
    )?;
    settings(request, &mut body);
    losses.drop_if("top_k", request.sampling.top_k.is_some());
    losses.drop_if("cache_control", request.has_cache_marks());
    losses.drop_extras(&request.extras);
    Ok(losses.into_written(Value::from(body).to_json()))
}

fn messages(
    request: &Request,
    quirks: Quirks,
    losses: &Losses,
) -> Result<Vec<Object>, TranslateError> {
    let mut messages = Vec::new();
    if let Some(text) = request.instruction_text() {
        messages.push(message("system").with("content", text));
    }
    for turn in &request.turns {
        match turn.role {
            Role::Instruction => {
                let content = content(&turn.parts, losses)?;
                messages.push(message("system").with("content", content));
            }
            Role::User => user(turn, losses, &mut messages)?,
            Role::Assistant => messages.push(assistant(turn, quirks)),
        }
    }
    Ok(messages)
}

fn message(role: &str) -> Object {
    Object::new().with("role", role)
}

fn content(parts: &[Part], losses: &Losses) -> Result<Value, TranslateError> {
    parts::write(parts).map_err(|kind| losses.refusal(kind))
}

/// Results come first, as messages of their own; what they have beside text follows with what the user says.
fn user(turn: &Turn, losses: &Losses, messages: &mut Vec<Object>) -> Result<(), TranslateError> {
    let mut rest = Vec::new();
    for part in &turn.parts {
        let Content::ToolResult(result) = &part.content else {
            rest.push(part.clone());
            continue;
        };
        messages.push(tool_message(result));
        let others = result.parts.iter().filter(|part| part.as_text().is_none());
        rest.extend(others.cloned());
    }
    if !rest.is_empty() {
        messages.push(message("user").with("content", content(&rest, losses)?));
    }
    Ok(())
}

fn tool_message(result: &ToolResult) -> Object {
    message("tool")
        .with("tool_call_id", result.call_id.as_str())
        .with("content", result.text())
}

fn assistant(turn: &Turn, quirks: Quirks) -> Object {
    let texts: Vec<&str> = turn.parts.iter().filter_map(Part::as_text).collect();
    let calls: Vec<Object> = turn.parts.iter().filter_map(call).collect();
    let mut message = message("assistant");
    if texts.is_empty() {
        message.add("content", Value::Null);
    } else {
        message.add("content", texts.join(""));
    }
    for part in &turn.parts {
        if let Content::Refusal(text) = &part.content {
            message.add("refusal", text.as_str());
        }
    }
    add_thoughts(turn, quirks.thoughts_back, &mut message);
    if !calls.is_empty() {
        message.add("tool_calls", calls);
    }
    message
}

/// Proofs are shown to a provider alone that hands them to their makers.
fn add_thoughts(turn: &Turn, back: ThoughtsBack, message: &mut Object) {
    if back == ThoughtsBack::Never {
        return;
    }
    let thoughts = turn.parts.iter().filter_map(|part| match &part.content {
        // A thought with a proof belongs to its maker.
        Content::Reasoning { text, .. }
            if part.signature.is_none() || back == ThoughtsBack::Details =>
        {
            Some(text.as_str())
        }
        _ => None,
    });
    let text: Vec<&str> = thoughts.collect();
    if !text.is_empty() {
        message.add("reasoning_content", text.join(""));
    }
    if back == ThoughtsBack::Text {
        return;
    }
    let signed = turn.parts.iter().filter(|part| part.signature.is_some());
    let details: Vec<Object> = signed
        .zip(0..)
        .filter_map(|(part, index)| reasoning::write(part, index))
        .collect();
    if !details.is_empty() {
        message.add("reasoning_details", details);
    }
}

fn call(part: &Part) -> Option<Object> {
    let Content::ToolCall(call) = &part.content else {
        return None;
    };
    let object = written_call(call);
    let google = part.signature_of("gemini").map(|data| {
        let signature = Object::new().with("thought_signature", data);
        Object::new().with("google", signature)
    });
    Some(object.maybe("extra_content", google))
}

/// A call without arguments has an empty object.
pub(super) fn written_call(call: &ToolCall) -> Object {
    let object = Object::new().with("id", call.id.as_str());
    if call.is_custom {
        let custom = Object::new()
            .with("name", call.name.as_str())
            .with("input", call.arguments.as_str());
        return object.with("type", "custom").with("custom", custom);
    }
    let is_empty = call.arguments.trim().is_empty();
    let arguments = if is_empty { "{}" } else { &call.arguments };
    let function = Object::new()
        .with("name", call.name.as_str())
        .with("arguments", arguments);
    object.with("type", "function").with("function", function)
}

fn tools(request: &Request, body: &mut Object, losses: &Losses) -> Result<(), TranslateError> {
    let mut tools = Vec::new();
    for tool in &request.tools {
        match &tool.kind {
            ToolKind::Function { strict, .. } => {
                let function = Object::new()
                    .with("name", tool.name.as_str())
                    .maybe("description", tool.description.as_deref())
                    .with("parameters", tool.schema())
                    .maybe("strict", *strict);
                tools.push(Object::of_type("function").with("function", function));
            }
            // Most providers know functions alone.
            ToolKind::Custom { .. } => {
                let function = Object::new()
                    .with("name", tool.name.as_str())
                    .maybe("description", tool.description.as_deref())
                    .with("parameters", tool.schema());
                tools.push(Object::of_type("function").with("function", function));
            }
            ToolKind::Server { .. } => {
                return Err(losses.refusal(&format!("tools.{}", tool.name)));
            }
        }
    }
    if tools.is_empty() {
        return Ok(());
    }
    body.add("tools", tools);
    match &request.tool_choice {
        None => {}
        Some(ToolChoice::Auto) => body.add("tool_choice", "auto"),
        Some(ToolChoice::None) => body.add("tool_choice", "none"),
        Some(ToolChoice::Required) => body.add("tool_choice", "required"),
        Some(ToolChoice::Named(name)) => {
            let function = Object::new().with("name", name.as_str());
            body.add(
                "tool_choice",
                Object::of_type("function").with("function", function),
            );
        }
    }
    if let Some(parallel) = request.parallel_calls {
        body.add("parallel_tool_calls", parallel);
    }
    Ok(())
}

/// The settings of sampling; a model that refuses them samples in its own way.
fn sampling(
    sampling: &Sampling,
    is_refused: bool,
    body: &mut Object,
    losses: &mut Losses,
) -> Result<(), TranslateError> {
    // One choice is all that the client's language can say.
    losses.refuse_if("n", sampling.choices.is_some())?;
    losses.refuse_if("logprobs", sampling.logprobs.is_some())?;
    let numbers = [
        ("temperature", &sampling.temperature, 1.0),
        ("top_p", &sampling.top_p, 1.0),
        ("frequency_penalty", &sampling.frequency_penalty, 0.0),
        ("presence_penalty", &sampling.presence_penalty, 0.0),
    ];
    for (name, value, default) in numbers {
        let Some(value) = value else {
            continue;
        };
        if is_refused {
            let is_default = |number: f64| (number - default).abs() < f64::EPSILON;
            losses.drop_if(name, !value.number().is_some_and(is_default));
        } else {
            body.add(name, value.clone());
        }
    }
    let others = [
        ("seed", &sampling.seed),
        ("logit_bias", &sampling.logit_bias),
    ];
    for (name, value) in others {
        if let Some(value) = value {
            body.add(name, value.clone());
        }
    }
    Ok(())
}

fn settings(request: &Request, body: &mut Object) {
    let sampling = &request.sampling;
    if !sampling.stop.is_empty() {
        let stop: Vec<Value> = sampling
            .stop
            .iter()
            .map(|text| text.as_str().into())
            .collect();
        body.add("stop", stop);
    }
    if let Some(effort) = request.reasoning.as_ref().and_then(|wish| wish.effort()) {
        body.add("reasoning_effort", effort);
    }
    match &request.output {
        OutputFormat::Text => {}
        OutputFormat::Json => body.add("response_format", Object::of_type("json_object")),
        OutputFormat::Schema {
            name,
            description,
            schema,
            strict,
        } => {
            let format = Object::new()
                .with("name", name.as_deref().unwrap_or("response"))
                .maybe("description", description.as_deref())
                .with("schema", schema.clone())
                .maybe("strict", *strict);
            body.add(
                "response_format",
                Object::of_type("json_schema").with("json_schema", format),
            );
        }
    }
    let texts = [
        ("verbosity", &request.verbosity),
        ("service_tier", &request.service_tier),
        ("user", &request.user),
        ("prompt_cache_key", &request.prompt_cache_key),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            body.add(name, text.as_str());
        }
    }
}
