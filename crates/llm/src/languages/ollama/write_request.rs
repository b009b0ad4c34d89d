//! Writing the body of `POST /api/chat`.

use super::write_messages;
use crate::chat::{
    Losses, OutputFormat, Reasoning, Request, Tool, ToolChoice, ToolKind, WriteOptions, Written,
};
use crate::error::TranslateError;
use crate::json::{Object, Value};

/// Writes the request.
pub(super) fn write(
    request: &Request,
    options: &WriteOptions<'_>,
) -> Result<Written, TranslateError> {
    let mut losses = Losses::of(request.language);
    let mut body = Object::new()
        .with("model", options.upstream_model)
        .with("messages", write_messages::write(request, &losses)?)
        .with("stream", request.is_streamed);
    tools(request, &mut body, &mut losses)?;
    let settings = settings(request, &losses)?;
    if !settings.is_empty() {
        body.add("options", settings);
    }
    if let Some(wish) = &request.reasoning {
        body.add("think", think(wish, options.upstream_model));
    }
    match &request.output {
        OutputFormat::Text => {}
        OutputFormat::Json => body.add("format", "json"),
        OutputFormat::Schema { schema, .. } => body.add("format", schema.clone()),
    }
    losses.drop_if("service_tier", request.service_tier.is_some());
    losses.drop_if("user", request.user.is_some());
    losses.drop_if("metadata", request.metadata.is_some());
    losses.drop_if("verbosity", request.verbosity.is_some());
    losses.drop_if("prompt_cache_key", request.prompt_cache_key.is_some());
    losses.drop_if("cache_control", request.has_cache_marks());
    losses.drop_extras(&request.extras);
    Ok(losses.into_written(Value::from(body).to_json()))
}

/// The tools. The language cannot say that one has to be called; where none may be, none is named.
fn tools(request: &Request, body: &mut Object, losses: &mut Losses) -> Result<(), TranslateError> {
    if request.tools.is_empty() {
        return Ok(());
    }
    match &request.tool_choice {
        Some(ToolChoice::None) => return Ok(()),
        Some(ToolChoice::Required | ToolChoice::Named(_)) => {
            return Err(losses.refusal("tool_choice"));
        }
        None | Some(ToolChoice::Auto) => {}
    }
    let mut tools = Vec::new();
    for tool in &request.tools {
        tools.push(written_tool(tool, losses)?);
    }
    body.add("tools", tools);
    losses.drop_if("parallel_tool_calls", request.parallel_calls == Some(false));
    Ok(())
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
    let function = Object::new()
        .with("name", tool.name.as_str())
        .maybe("description", tool.description.as_deref())
        .with("parameters", tool.schema());
    Ok(Object::of_type("function").with("function", function))
}

fn settings(request: &Request, losses: &Losses) -> Result<Object, TranslateError> {
    let sampling = &request.sampling;
    losses.refuse_if("n", sampling.choices.is_some())?;
    losses.refuse_if("logprobs", sampling.logprobs.is_some())?;
    losses.refuse_if("logit_bias", sampling.logit_bias.is_some())?;
    let mut options = Object::new().maybe("num_predict", request.output_tokens_max);
    let numbers = [
        ("temperature", &sampling.temperature),
        ("top_p", &sampling.top_p),
        ("top_k", &sampling.top_k),
        ("frequency_penalty", &sampling.frequency_penalty),
        ("presence_penalty", &sampling.presence_penalty),
        ("seed", &sampling.seed),
    ];
    for (name, value) in numbers {
        if let Some(value) = value {
            options.add(name, value.clone());
        }
    }
    if !sampling.stop.is_empty() {
        let stop = sampling.stop.iter().map(|text| text.as_str().into());
        options.add("stop", stop.collect::<Vec<Value>>());
    }
    Ok(options)
}

/// One family of models has levels, all others think or do not.
fn think(wish: &Reasoning, model: &str) -> Value {
    if !model.contains("gpt-oss") {
        return Value::Bool(!wish.is_off());
    }
    match wish.effort() {
        Some("none" | "minimal" | "low") => "low".into(),
        Some("high" | "xhigh" | "max") => "high".into(),
        _ => "medium".into(),
    }
}
