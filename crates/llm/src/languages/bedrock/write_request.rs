//! Writing the body of `POST /model/{model}/converse`.

use super::blocks::{Writer, cache_point};
use super::wish;
use crate::chat::{
    Content, Losses, OutputFormat, Request, Role, Tool, ToolChoice, ToolKind, Turn, WriteOptions,
    Written, call_ids,
};
use crate::error::TranslateError;
use crate::json::{Object, Value};

/// Writes the request. The model stands in the path, and so does the wish for a stream.
pub(super) fn write(
    request: &Request,
    options: &WriteOptions<'_>,
) -> Result<Written, TranslateError> {
    let mut losses = Losses::of(request.language);
    let maker = wish::Maker::of(options.upstream_model);
    let mut turns = request.turns_of_two_roles();
    call_ids::adapt(&mut turns);
    let mut body = content(request, &turns, maker, &losses)?;
    let tools = tools(request, &turns, &mut losses)?;
    let thought = wish::write(request, options, maker, &mut losses);
    let inference = inference(request, &thought, &mut losses)?;
    if !inference.is_empty() {
        body.add("inferenceConfig", inference);
    }
    if !tools.is_empty() {
        body.add("toolConfig", tools);
    }
    let mut more = thought.more;
    top_k(request, maker, thought.is_thinking, &mut more, &mut losses);
    if !more.is_empty() {
        body.add("additionalModelRequestFields", more);
    }
    output(request, &mut body, &mut losses);
    hints(request, &mut body, &mut losses);
    losses.drop_extras(&request.extras);
    Ok(losses.into_written(Value::from(body).to_json()))
}

fn content(
    request: &Request,
    turns: &[Turn],
    maker: wish::Maker,
    losses: &Losses,
) -> Result<Object, TranslateError> {
    let mut writer = Writer::new(losses, maker == wish::Maker::Anthropic);
    let mut system = Vec::new();
    for part in &request.instructions {
        writer.add(part, &mut system)?;
    }
    let mut body = Object::new().with("messages", messages(turns, &mut writer)?);
    if !system.is_empty() {
        body.add("system", system);
    }
    Ok(body)
}

/// Turns that alternate, the results of calls before everything else of theirs.
fn messages(turns: &[Turn], writer: &mut Writer<'_>) -> Result<Vec<Object>, TranslateError> {
    let mut messages = Vec::with_capacity(turns.len());
    for turn in turns {
        let mut parts: Vec<_> = turn.parts.iter().collect();
        if turn.role == Role::User {
            parts.sort_by_key(|part| !matches!(part.content, Content::ToolResult(_)));
        }
        let mut content = Vec::new();
        for part in parts {
            writer.add(part, &mut content)?;
        }
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

/// The tools and their choice. Where turns have calls the language wants tools, whether they may be called or not.
fn tools(request: &Request, turns: &[Turn], losses: &mut Losses) -> Result<Object, TranslateError> {
    let is_closed = request.tool_choice == Some(ToolChoice::None);
    let has_calls = !called(turns).is_empty();
    if is_closed && has_calls {
        return Err(losses.refusal("tool_choice"));
    }
    let mut tools = Vec::new();
    for tool in request.tools.iter().filter(|_| !is_closed) {
        tools.push(written_tool(tool, losses)?);
        tools.extend(tool.cache.map(cache_point));
    }
    if tools.is_empty() {
        let named = called(turns)
            .into_iter()
            .map(|name| spec(name, None, Value::empty_object()));
        tools.extend(named);
    }
    if tools.is_empty() {
        return Ok(Object::new());
    }
    losses.drop_if("parallel_tool_calls", request.parallel_calls == Some(false));
    let choice = match &request.tool_choice {
        None | Some(ToolChoice::None) => None,
        Some(ToolChoice::Auto) => Some(("auto", Object::new())),
        Some(ToolChoice::Required) => Some(("any", Object::new())),
        Some(ToolChoice::Named(name)) => Some(("tool", Object::new().with("name", name.as_str()))),
    };
    let choice = choice.map(|(name, value)| Object::new().with(name, value));
    Ok(Object::new()
        .with("tools", tools)
        .maybe("toolChoice", choice))
}

/// The names of the tools that turns called, each once.
fn called(turns: &[Turn]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for part in turns.iter().flat_map(|turn| &turn.parts) {
        if let Content::ToolCall(call) = &part.content
            && !names.contains(&call.name.as_str())
        {
            names.push(&call.name);
        }
    }
    names
}

fn written_tool(tool: &Tool, losses: &mut Losses) -> Result<Object, TranslateError> {
    if let ToolKind::Server { .. } = tool.kind {
        return Err(losses.refusal(&format!("tools.{}", tool.name)));
    }
    if let ToolKind::Function {
        strict: Some(true), ..
    } = tool.kind
    {
        losses.drop_named("tools.strict".to_owned());
    }
    let description = tool.description.as_deref().filter(|text| !text.is_empty());
    Ok(spec(&tool.name, description, tool.schema()))
}

fn spec(name: &str, description: Option<&str>, schema: Value) -> Object {
    let schema = match schema {
        Value::Object(members) if members.is_empty() => Object::of_type("object").into(),
        schema => schema,
    };
    let spec = Object::new()
        .with("name", name)
        .maybe("description", description)
        .with("inputSchema", Object::new().with("json", schema));
    Object::new().with("toolSpec", spec)
}

fn inference(
    request: &Request,
    thought: &wish::Thought,
    losses: &mut Losses,
) -> Result<Object, TranslateError> {
    let sampling = &request.sampling;
    losses.refuse_if("n", sampling.choices.is_some())?;
    losses.refuse_if("logprobs", sampling.logprobs.is_some())?;
    losses.refuse_if("logit_bias", sampling.logit_bias.is_some())?;
    let mut config = Object::new().maybe("maxTokens", thought.output_max);
    let numbers = [
        (
            "temperature",
            "temperature",
            sampling.temperature.clone().map(clamped),
        ),
        ("topP", "top_p", sampling.top_p.clone()),
    ];
    for (own, name, value) in numbers {
        match value {
            // A model that thinks samples in its own way.
            Some(_) if thought.is_thinking => losses.drop_if(name, true),
            Some(value) => config.add(own, value),
            None => {}
        }
    }
    let is_blank = |text: &&String| text.trim().is_empty();
    let stop = sampling.stop.iter().filter(|text| !is_blank(text));
    let stop: Vec<Value> = stop.map(|text| text.as_str().into()).collect();
    losses.drop_if("stop", stop.len() < sampling.stop.len());
    if !stop.is_empty() {
        config.add("stopSequences", stop);
    }
    losses.drop_if("frequency_penalty", sampling.frequency_penalty.is_some());
    losses.drop_if("presence_penalty", sampling.presence_penalty.is_some());
    losses.drop_if("seed", sampling.seed.is_some());
    Ok(config)
}

/// Temperatures end at 1 here; OpenAI's at 2.
fn clamped(temperature: Value) -> Value {
    if temperature.number().is_some_and(|degrees| degrees > 1.0) {
        return Value::from(1u64);
    }
    temperature
}

/// A setting that only some makers know, each in its own way.
fn top_k(
    request: &Request,
    maker: wish::Maker,
    is_thinking: bool,
    more: &mut Object,
    losses: &mut Losses,
) {
    let Some(top_k) = request.sampling.top_k.clone() else {
        return;
    };
    match maker {
        wish::Maker::Anthropic if !is_thinking => more.add("top_k", top_k),
        wish::Maker::Amazon => {
            more.add("inferenceConfig", Object::new().with("topK", top_k));
        }
        _ => losses.drop_if("top_k", true),
    }
}

fn output(request: &Request, body: &mut Object, losses: &mut Losses) {
    // With tools of the client's none can be forced to be it.
    losses.drop_if("response_format", request.output == OutputFormat::Json);
    if let OutputFormat::Schema {
        name,
        description,
        schema,
        ..
    } = &request.output
    {
        let schema = Object::new()
            .with("name", name.as_deref().unwrap_or("response"))
            .with("schema", schema.to_json())
            .maybe("description", description.as_deref());
        let format = Object::of_type("json_schema")
            .with("structure", Object::new().with("jsonSchema", schema));
        body.add("outputConfig", Object::new().with("textFormat", format));
    }
}

fn hints(request: &Request, body: &mut Object, losses: &mut Losses) {
    match request.service_tier.as_deref() {
        None | Some("auto") => {}
        Some(tier @ ("default" | "flex" | "priority")) => {
            body.add("serviceTier", Object::of_type(tier));
        }
        Some(_) => losses.drop_if("service_tier", true),
    }
    losses.drop_if("user", request.user.is_some());
    losses.drop_if("metadata", request.metadata.is_some());
    losses.drop_if("verbosity", request.verbosity.is_some());
    losses.drop_if("prompt_cache_key", request.prompt_cache_key.is_some());
}
