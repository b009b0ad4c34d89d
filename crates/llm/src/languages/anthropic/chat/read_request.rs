//! Reading the body of `POST /v1/messages`.

use super::super::NAME;
use super::{blocks, wish};
use crate::chat::{CacheMark, OutputFormat, Request, Role, Sampling, Tool, ToolChoice, ToolKind};
use crate::error::TranslateError;
use crate::json::{Fields, Value};

/// Reads a request whose body was scanned.
pub(in super::super) fn read(body: &[u8]) -> Result<Request, TranslateError> {
    let mut fields = Fields::of(Value::read(body).unwrap_or(Value::Null));
    let mut request = Request {
        language: NAME,
        model: fields.text("model").unwrap_or_default(),
        is_streamed: fields.bool("stream").unwrap_or_default(),
        includes_usage: true,
        ..Request::default()
    };
    request.instructions = fields.take("system").map(blocks::read).unwrap_or_default();
    for (place, message) in fields.list("messages").into_iter().enumerate() {
        let mut message = Fields::of(message);
        let role = match message.text("role").as_deref() {
            Some("user") => Role::User,
            Some("assistant") => Role::Assistant,
            Some("system") => Role::Instruction,
            _ => {
                return Err(TranslateError::Invalid {
                    param: format!("messages.{place}.role"),
                    problem: "expected user or assistant",
                });
            }
        };
        let content = message.take("content").unwrap_or(Value::Null);
        check_content(&content, place)?;
        let parts = blocks::read(content);
        request.add(role, parts);
    }
    if request.turns.is_empty() {
        return Err(TranslateError::Invalid {
            param: "messages".to_owned(),
            problem: "expected at least one message",
        });
    }
    request.tools = fields.list("tools").into_iter().map(tool).collect();
    if let Some(place) = request.tools.iter().position(|tool| tool.name.is_empty()) {
        return Err(TranslateError::Invalid {
            param: format!("tools.{place}.name"),
            problem: "expected a text",
        });
    }
    choice(&mut request, fields.fields("tool_choice"));
    let mut config = fields.fields("output_config");
    let format = config.take("format").or(fields.take("output_format"));
    request.output = output(format);
    request.reasoning = wish::read(&mut fields.fields("thinking"), config.text("effort"));
    request.output_tokens_max = fields.count("max_tokens");
    request.sampling = Sampling {
        temperature: fields.take("temperature"),
        top_p: fields.take("top_p"),
        top_k: fields.take("top_k"),
        stop: fields
            .list("stop_sequences")
            .into_iter()
            .filter_map(Value::into_text)
            .collect(),
        ..Sampling::default()
    };
    request.service_tier = fields.text("service_tier").map(|tier| match tier.as_str() {
        "standard_only" => "default".to_owned(),
        _ => tier,
    });
    request.user = fields.fields("metadata").text("user_id");
    request.extras = fields.rest();
    // What is off anyhow is no loss.
    request.extras.retain(|(_, value)| !value.is_falsy());
    Ok(request)
}

/// Checks that a content is a text, or blocks that each have a type.
fn check_content(content: &Value, place: usize) -> Result<(), TranslateError> {
    let is_block = |item: &Value| item.text_of("type").is_some();
    let is_sound = match content {
        Value::Text(_) => true,
        Value::List(items) => items.iter().all(is_block),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
    };
    if is_sound {
        return Ok(());
    }
    Err(TranslateError::Invalid {
        param: format!("messages.{place}.content"),
        problem: "expected a text, or a list of blocks with a type",
    })
}

fn tool(value: Value) -> Tool {
    let whole = value.clone();
    let mut fields = Fields::of(value);
    let cache = fields
        .take("cache_control")
        .map(|control| CacheMark::read(&control));
    let kind = fields.text("type");
    let is_own = kind.as_deref().is_none_or(|kind| kind == "custom");
    Tool {
        name: fields.text("name").or(kind).unwrap_or_default(),
        description: fields.text("description"),
        kind: if is_own {
            ToolKind::Function {
                parameters: fields.take("input_schema"),
                strict: fields.bool("strict"),
            }
        } else {
            ToolKind::Server {
                language: NAME,
                value: whole,
            }
        },
        cache,
    }
}

fn choice(request: &mut Request, mut choice: Fields) {
    request.tool_choice = match choice.text("type").as_deref() {
        Some("auto") => Some(ToolChoice::Auto),
        Some("any") => Some(ToolChoice::Required),
        Some("none") => Some(ToolChoice::None),
        Some("tool") => choice.text("name").map(ToolChoice::Named),
        _ => None,
    };
    let disables = choice.bool("disable_parallel_tool_use");
    request.parallel_calls = disables.map(|is_disabled| !is_disabled);
}

fn output(format: Option<Value>) -> OutputFormat {
    let schema = format.and_then(|mut format| {
        let is_schema = format.text_of("type") == Some("json_schema");
        let schema = Fields::of(std::mem::replace(&mut format, Value::Null)).take("schema");
        schema.filter(|_| is_schema)
    });
    match schema {
        Some(schema) => OutputFormat::Schema {
            name: None,
            description: None,
            schema,
            strict: Some(true),
        },
        None => OutputFormat::Text,
    }
}
