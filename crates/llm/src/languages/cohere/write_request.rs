//! Writing the body of `POST /v2/chat`.

use super::write_messages;
use crate::chat::{
    Losses, OutputFormat, Request, Tool, ToolChoice, ToolKind, WriteOptions, Written,
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
        .with("stream", request.is_streamed)
        .maybe("max_tokens", request.output_tokens_max);
    tools(request, &mut body, &mut losses)?;
    sampling(request, &mut body, &losses)?;
    thinking(request, &mut body);
    match &request.output {
        OutputFormat::Text => {}
        OutputFormat::Json => body.add("response_format", Object::of_type("json_object")),
        OutputFormat::Schema { schema, .. } => {
            let format = Object::of_type("json_object").with("json_schema", schema.clone());
            body.add("response_format", format);
        }
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

fn tools(request: &Request, body: &mut Object, losses: &mut Losses) -> Result<(), TranslateError> {
    let named = match &request.tool_choice {
        Some(ToolChoice::Named(name)) => Some(name),
        _ => None,
    };
    let mut tools = Vec::new();
    for tool in &request.tools {
        // One that has to be called is the only one.
        if named.is_none_or(|name| *name == tool.name) {
            tools.push(written_tool(tool, losses)?);
        }
    }
    if tools.is_empty() {
        return Ok(());
    }
    body.add("tools", tools);
    match &request.tool_choice {
        None | Some(ToolChoice::Auto) => {}
        Some(ToolChoice::None) => body.add("tool_choice", "NONE"),
        Some(ToolChoice::Required | ToolChoice::Named(_)) => body.add("tool_choice", "REQUIRED"),
    }
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

fn sampling(request: &Request, body: &mut Object, losses: &Losses) -> Result<(), TranslateError> {
    let sampling = &request.sampling;
    losses.refuse_if("n", sampling.choices.is_some())?;
    losses.refuse_if("logprobs", sampling.logprobs.is_some())?;
    losses.refuse_if("logit_bias", sampling.logit_bias.is_some())?;
    let numbers = [
        ("temperature", &sampling.temperature),
        ("p", &sampling.top_p),
        ("k", &sampling.top_k),
        ("frequency_penalty", &sampling.frequency_penalty),
        ("presence_penalty", &sampling.presence_penalty),
        ("seed", &sampling.seed),
    ];
    for (name, value) in numbers {
        if let Some(value) = value {
            body.add(name, value.clone());
        }
    }
    if !sampling.stop.is_empty() {
        let stop = sampling.stop.iter().map(|text| text.as_str().into());
        body.add("stop_sequences", stop.collect::<Vec<Value>>());
    }
    Ok(())
}

/// Models that do not think refuse the wish themselves.
fn thinking(request: &Request, body: &mut Object) {
    let Some(wish) = &request.reasoning else {
        return;
    };
    let thinking = if wish.is_off() {
        Object::of_type("disabled")
    } else {
        Object::of_type("enabled").maybe("token_budget", wish.budget())
    };
    body.add("thinking", thinking);
}
