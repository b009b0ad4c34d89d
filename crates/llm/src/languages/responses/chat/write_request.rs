//! Writing the body of `POST /v1/responses` for a client of another language.

use super::super::NAME;
use super::items::reasoning_item;
use crate::chat::{
    Content, Losses, Media, MediaSource, OutputFormat, Part, Request, Role, Tool, ToolChoice,
    ToolKind, ToolResult, WriteOptions, Written,
};
use crate::error::TranslateError;
use crate::json::{Object, Value};

/// The least output that the language takes.
const OUTPUT_TOKENS_MIN: u64 = 16;

/// Writes the request.
pub(in super::super) fn write(
    request: &Request,
    options: &WriteOptions<'_>,
) -> Result<Written, TranslateError> {
    let mut losses = Losses::of(request.language);
    let mut body = Object::new().with("model", options.upstream_model);
    if let Some(text) = request.instruction_text() {
        body.add("instructions", text);
    }
    body.add("input", input(request, &losses)?);
    if request.is_streamed {
        body.add("stream", true);
    }
    body.add("store", false);
    body.add("include", vec![Value::from("reasoning.encrypted_content")]);
    tools(request, &mut body, &losses)?;
    settings(request, &mut body, &mut losses)?;
    losses.drop_extras(&request.extras);
    Ok(losses.into_written(Value::from(body).to_json()))
}

fn input(request: &Request, losses: &Losses) -> Result<Vec<Object>, TranslateError> {
    let mut items = Vec::new();
    for turn in &request.turns {
        let mut content: Vec<Object> = Vec::new();
        for part in &turn.parts {
            if let Some(said) = said(part, turn.role, losses)? {
                content.push(said);
                continue;
            }
            close(turn.role, &mut content, &mut items);
            items.extend(item(part, losses)?);
        }
        close(turn.role, &mut content, &mut items);
    }
    Ok(items)
}

fn close(role: Role, content: &mut Vec<Object>, items: &mut Vec<Object>) {
    if content.is_empty() {
        return;
    }
    let role = match role {
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Instruction => "developer",
    };
    let message = Object::of_type("message").with("role", role);
    items.push(message.with("content", std::mem::take(content)));
}

/// A part of a message; `None` for what is an item of its own.
fn said(part: &Part, role: Role, losses: &Losses) -> Result<Option<Object>, TranslateError> {
    Ok(Some(match &part.content {
        Content::Text { text, .. } => {
            let kind = if role == Role::Assistant {
                "output_text"
            } else {
                "input_text"
            };
            Object::of_type(kind).with("text", text.as_str())
        }
        Content::Refusal(text) => Object::of_type("refusal").with("refusal", text.as_str()),
        Content::Image(media) => {
            let url = media
                .url("image/png")
                .ok_or_else(|| losses.refusal("image"))?;
            let detail = media.detail.as_deref().unwrap_or("auto");
            Object::of_type("input_image")
                .with("image_url", url)
                .with("detail", detail)
        }
        Content::File(media) => file(media).ok_or_else(|| losses.refusal("file"))?,
        Content::Audio(_) => return Err(losses.refusal("input_audio")),
        Content::Video(_) => return Err(losses.refusal("video_url")),
        _ => return Ok(None),
    }))
}

fn file(media: &Media) -> Option<Object> {
    let name = media.name.as_deref();
    Some(match &media.source {
        MediaSource::Url(url) => Object::of_type("input_file").with("file_url", url.as_str()),
        MediaSource::Inline(_) => Object::of_type("input_file")
            .with("filename", name.unwrap_or("document.pdf"))
            .with("file_data", media.url("application/pdf")?),
        MediaSource::Text(text) => Object::of_type("input_text").with("text", text.as_str()),
        MediaSource::Stored(_) => return None,
    })
}

/// An item; `None` for what belongs to another language.
fn item(part: &Part, losses: &Losses) -> Result<Option<Object>, TranslateError> {
    Ok(Some(match &part.content {
        Content::ToolCall(call) => {
            let kind = if call.is_custom {
                "custom_tool_call"
            } else {
                "function_call"
            };
            let argument = if call.is_custom { "input" } else { "arguments" };
            Object::of_type(kind)
                .with("call_id", call.id.as_str())
                .with("name", call.name.as_str())
                .with(argument, call.arguments.as_str())
        }
        Content::ToolResult(result) => output_item(result, losses)?,
        Content::Reasoning { text, id, .. } => match part.signature_of(NAME) {
            Some(proof) => reasoning_item(id.as_deref().unwrap_or_default(), text, Some(proof)),
            None => return Ok(None),
        },
        _ => return Ok(None),
    }))
}

fn output_item(result: &ToolResult, losses: &Losses) -> Result<Object, TranslateError> {
    let kind = if result.is_custom {
        "custom_tool_call_output"
    } else {
        "function_call_output"
    };
    let item = Object::of_type(kind).with("call_id", result.call_id.as_str());
    if result.is_text() {
        return Ok(item.with("output", result.text()));
    }
    let mut output = Vec::new();
    for part in &result.parts {
        output.extend(said(part, Role::User, losses)?);
    }
    Ok(item.with("output", output))
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
    match &request.tool_choice {
        None => {}
        Some(ToolChoice::Auto) => body.add("tool_choice", "auto"),
        Some(ToolChoice::None) => body.add("tool_choice", "none"),
        Some(ToolChoice::Required) => body.add("tool_choice", "required"),
        Some(ToolChoice::Named(name)) => {
            body.add(
                "tool_choice",
                Object::of_type("function").with("name", name.as_str()),
            );
        }
    }
    if let Some(parallel) = request.parallel_calls {
        body.add("parallel_tool_calls", parallel);
    }
    Ok(())
}

fn written_tool(tool: &Tool, losses: &Losses) -> Result<Object, TranslateError> {
    let object = |kind| {
        Object::of_type(kind)
            .with("name", tool.name.as_str())
            .maybe("description", tool.description.as_deref())
    };
    Ok(match &tool.kind {
        // Without a word on it the language takes schemas as strict, which most are not.
        ToolKind::Function { strict, .. } => object("function")
            .with("parameters", tool.schema())
            .with("strict", strict.unwrap_or_default()),
        ToolKind::Custom { format } => object("custom").maybe("format", format.clone()),
        ToolKind::Server { .. } if tool.name.starts_with("web_search") => {
            Object::of_type("web_search")
        }
        ToolKind::Server { .. } => return Err(losses.refusal(&format!("tools.{}", tool.name))),
    })
}

fn settings(
    request: &Request,
    body: &mut Object,
    losses: &mut Losses,
) -> Result<(), TranslateError> {
    let sampling = &request.sampling;
    losses.refuse_if("n", sampling.choices.is_some())?;
    losses.refuse_if("logprobs", sampling.logprobs.is_some())?;
    losses.refuse_if("logit_bias", sampling.logit_bias.is_some())?;
    losses.refuse_if("stop", !sampling.stop.is_empty())?;
    if let Some(limit) = request.output_tokens_max {
        body.add("max_output_tokens", limit.max(OUTPUT_TOKENS_MIN));
    }
    let numbers = [
        ("temperature", &sampling.temperature),
        ("top_p", &sampling.top_p),
    ];
    for (name, value) in numbers {
        if let Some(value) = value {
            body.add(name, value.clone());
        }
    }
    if let Some(effort) = request.reasoning.as_ref().and_then(|wish| wish.effort()) {
        let summary = if effort == "none" { None } else { Some("auto") };
        let wish = Object::new().with("effort", effort);
        body.add("reasoning", wish.maybe("summary", summary));
    }
    text(request, body);
    let texts = [
        ("service_tier", &request.service_tier),
        ("user", &request.user),
        ("prompt_cache_key", &request.prompt_cache_key),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            body.add(name, text.as_str());
        }
    }
    losses.drop_if("top_k", sampling.top_k.is_some());
    losses.drop_if("seed", sampling.seed.is_some());
    losses.drop_if("frequency_penalty", sampling.frequency_penalty.is_some());
    losses.drop_if("presence_penalty", sampling.presence_penalty.is_some());
    losses.drop_if("metadata", request.metadata.is_some());
    Ok(())
}

fn text(request: &Request, body: &mut Object) {
    let format = match &request.output {
        OutputFormat::Text => None,
        OutputFormat::Json => Some(Object::of_type("json_object")),
        OutputFormat::Schema {
            name,
            description,
            schema,
            strict,
        } => Some(
            Object::of_type("json_schema")
                .with("name", name.as_deref().unwrap_or("response"))
                .maybe("description", description.as_deref())
                .with("schema", schema.clone())
                .maybe("strict", *strict),
        ),
    };
    if format.is_some() || request.verbosity.is_some() {
        let text = Object::new()
            .maybe("format", format)
            .maybe("verbosity", request.verbosity.as_deref());
        body.add("text", text);
    }
}
