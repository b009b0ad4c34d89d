//! Writing the body of `POST /v1/messages` for a client of another language.

use super::super::NAME;
use super::{blocks, wish};
use crate::chat::{
    Content, Losses, OutputFormat, Request, Role, Tool, ToolChoice, ToolKind, Turn, WriteOptions,
    Written, call_ids,
};
use crate::error::TranslateError;
use crate::json::{Object, Value};

/// The bound on the output where neither the client nor the model has one: the language asks for it.
const OUTPUT_TOKENS_MAX: u64 = 8_192;

/// Writes the request.
pub(in super::super) fn write(
    request: &Request,
    options: &WriteOptions<'_>,
) -> Result<Written, TranslateError> {
    let mut losses = Losses::of(request.language);
    let output_max = request.output_tokens_max.or(options.output_tokens_max);
    let output_max = output_max.unwrap_or(OUTPUT_TOKENS_MAX);
    let mut body = Object::new()
        .with("model", options.upstream_model)
        .with("max_tokens", output_max);
    instructions(request, &mut body, &losses)?;
    body.add("messages", messages(request, &losses)?);
    if request.is_streamed {
        body.add("stream", true);
    }
    tools(request, &mut body, &losses)?;
    let thinking = wish::write(request, output_max, &[NAME], &mut losses);
    let is_thinking = thinking.is_some();
    if let Some(thinking) = thinking {
        body.add("thinking", thinking);
    }
    output(request, &mut body);
    settings(request, is_thinking, &mut body, &mut losses)?;
    // With tools of the client's none can be forced to be it.
    losses.drop_if("response_format", request.output == OutputFormat::Json);
    losses.drop_extras(&request.extras);
    Ok(losses.into_written(Value::from(body).to_json()))
}

fn instructions(
    request: &Request,
    body: &mut Object,
    losses: &Losses,
) -> Result<(), TranslateError> {
    if request.instructions.iter().all(|part| part.cache.is_none()) {
        if let Some(text) = request.instruction_text().filter(|text| !text.is_empty()) {
            body.add("system", text);
        }
        return Ok(());
    }
    let mut system = Vec::new();
    for part in &request.instructions {
        system.extend(blocks::write(part, losses)?);
    }
    body.add("system", system);
    Ok(())
}

/// Turns that alternate, the results of calls before everything else of theirs.
fn messages(request: &Request, losses: &Losses) -> Result<Vec<Object>, TranslateError> {
    let mut turns = request.turns_of_two_roles();
    call_ids::adapt(&mut turns);
    let mut messages = Vec::with_capacity(turns.len());
    for mut turn in turns {
        let is_other = |part: &crate::chat::Part| !matches!(part.content, Content::ToolResult(_));
        if turn.role == Role::User {
            turn.parts.sort_by_key(is_other);
        }
        let content = content(&turn, losses)?;
        if content.is_empty() {
            continue;
        }
        let role = if turn.role == Role::Assistant {
            "assistant"
        } else {
            "user"
        };
        messages.push(Object::new().with("role", role).with("content", content));
    }
    Ok(messages)
}

fn content(turn: &Turn, losses: &Losses) -> Result<Vec<Object>, TranslateError> {
    let mut content = Vec::new();
    for part in &turn.parts {
        content.extend(blocks::write(part, losses)?);
    }
    Ok(content)
}

fn tools(request: &Request, body: &mut Object, losses: &Losses) -> Result<(), TranslateError> {
    let mut tools = Vec::new();
    for tool in &request.tools {
        tools.push(written_tool(tool, losses)?);
    }
    if tools.is_empty() {
        return Ok(());
    }
    body.add("tools", tools);
    let choice = match &request.tool_choice {
        None if request.parallel_calls == Some(false) => Some(Object::of_type("auto")),
        None => None,
        Some(ToolChoice::Auto) => Some(Object::of_type("auto")),
        Some(ToolChoice::None) => Some(Object::of_type("none")),
        Some(ToolChoice::Required) => Some(Object::of_type("any")),
        Some(ToolChoice::Named(name)) => Some(Object::of_type("tool").with("name", name.as_str())),
    };
    if let Some(mut choice) = choice {
        if request.parallel_calls == Some(false) && request.tool_choice != Some(ToolChoice::None) {
            choice.add("disable_parallel_tool_use", true);
        }
        body.add("tool_choice", choice);
    }
    Ok(())
}

fn written_tool(tool: &Tool, losses: &Losses) -> Result<Object, TranslateError> {
    if let ToolKind::Server { .. } = tool.kind {
        let is_search = tool.name.starts_with("web_search");
        if is_search {
            return Ok(Object::of_type("web_search_20250305").with("name", "web_search"));
        }
        return Err(losses.refusal(&format!("tools.{}", tool.name)));
    }
    let strict = match &tool.kind {
        ToolKind::Function { strict, .. } => strict.filter(|strict| *strict),
        _ => None,
    };
    Ok(Object::new()
        .with("name", tool.name.as_str())
        .maybe("description", tool.description.as_deref())
        .with("input_schema", tool.schema())
        .maybe("strict", strict)
        .maybe("cache_control", tool.cache.map(blocks::mark)))
}

fn output(request: &Request, body: &mut Object) {
    if let OutputFormat::Schema { schema, .. } = &request.output {
        let format = Object::of_type("json_schema").with("schema", schema.clone());
        body.add("output_config", Object::new().with("format", format));
    }
}

fn settings(
    request: &Request,
    is_thinking: bool,
    body: &mut Object,
    losses: &mut Losses,
) -> Result<(), TranslateError> {
    let sampling = &request.sampling;
    losses.refuse_if("n", sampling.choices.is_some())?;
    losses.refuse_if("logprobs", sampling.logprobs.is_some())?;
    losses.refuse_if("logit_bias", sampling.logit_bias.is_some())?;
    // A model that thinks samples in its own way.
    let taken = [
        ("temperature", sampling.temperature.clone().map(clamped)),
        ("top_p", sampling.top_p.clone()),
        ("top_k", sampling.top_k.clone()),
    ];
    for (name, value) in taken {
        if let Some(value) = value {
            if is_thinking {
                losses.drop_if(name, true);
            } else {
                body.add(name, value);
            }
        }
    }
    let is_blank = |text: &&String| text.trim().is_empty();
    let stop: Vec<Value> = sampling
        .stop
        .iter()
        .filter(|text| !is_blank(text))
        .map(|text| text.as_str().into())
        .collect();
    losses.drop_if("stop", stop.len() < sampling.stop.len());
    if !stop.is_empty() {
        body.add("stop_sequences", stop);
    }
    if let Some(user) = &request.user {
        body.add("metadata", Object::new().with("user_id", user.as_str()));
    }
    match request.service_tier.as_deref() {
        Some("auto") => body.add("service_tier", "auto"),
        Some("default") => body.add("service_tier", "standard_only"),
        other => losses.drop_if("service_tier", other.is_some()),
    }
    losses.drop_if("frequency_penalty", sampling.frequency_penalty.is_some());
    losses.drop_if("presence_penalty", sampling.presence_penalty.is_some());
    losses.drop_if("seed", sampling.seed.is_some());
    losses.drop_if("verbosity", request.verbosity.is_some());
    losses.drop_if("metadata", request.metadata.is_some());
    losses.drop_if("prompt_cache_key", request.prompt_cache_key.is_some());
    Ok(())
}

/// Temperatures end at 1 here; OpenAI's at 2.
fn clamped(temperature: Value) -> Value {
    if temperature.number().is_some_and(|degrees| degrees > 1.0) {
        return Value::from(1u64);
    }
    temperature
}
