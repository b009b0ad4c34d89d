//! Reading the body of `POST /v1/responses`.

use super::super::NAME;
use super::{items, object};
use crate::chat::{
    OutputFormat, Part, Reasoning, Request, Role, Sampling, Tool, ToolChoice, ToolKind,
    proofs_in_place,
};
use crate::error::TranslateError;
use crate::json::{Fields, Value};

/// Reads a request whose body was scanned.
pub(in super::super) fn read(body: &[u8]) -> Result<Request, TranslateError> {
    let value = Value::read(body).unwrap_or(Value::Null);
    let repeated = match &value {
        Value::Object(members) => members
            .iter()
            .filter(|(name, value)| object::is_repeated(name) && *value != Value::Null)
            .cloned()
            .collect(),
        _ => Vec::new(),
    };
    let mut fields = Fields::of(value);
    let mut request = Request {
        language: NAME,
        model: fields.text("model").unwrap_or_default(),
        is_streamed: fields.bool("stream").unwrap_or_default(),
        includes_usage: true,
        repeated,
        ..Request::default()
    };
    if let Some(text) = fields.text("instructions") {
        request.instructions.push(Part::text(text));
    }
    input(&mut request, fields.take("input").unwrap_or(Value::Null))?;
    tools(&mut request, &mut fields)?;
    let mut text = fields.fields("text");
    request.output = output(text.take("format"));
    request.verbosity = text.text("verbosity");
    request.reasoning = wish(fields.fields("reasoning"));
    request.output_tokens_max = fields.count("max_output_tokens");
    let include = fields.list("include");
    let wants_logprobs = include
        .iter()
        .any(|name| name.text() == Some("message.output_text.logprobs"));
    let top = fields.take("top_logprobs").filter(|top| !top.is_falsy());
    request.sampling = Sampling {
        temperature: fields.take("temperature"),
        top_p: fields.take("top_p"),
        logprobs: top.or(wants_logprobs.then(|| Value::from(0u64))),
        ..Sampling::default()
    };
    request.service_tier = fields.text("service_tier");
    request.user = fields.text("safety_identifier").or(fields.text("user"));
    request.metadata = fields
        .take("metadata")
        .filter(|metadata| !metadata.is_falsy());
    request.prompt_cache_key = fields.text("prompt_cache_key");
    for said in ["store", "background", "stream_options"] {
        fields.take(said);
    }
    request.extras = fields.rest();
    // What is off anyhow is no loss.
    request.extras.retain(|(name, value)| {
        !(value.is_falsy() || name == "truncation" && value.text() == Some("disabled"))
    });
    Ok(request)
}

fn input(request: &mut Request, input: Value) -> Result<(), TranslateError> {
    if let Value::Text(text) = input {
        request.add(Role::User, vec![Part::text(text)]);
        return Ok(());
    }
    for (place, item) in input.into_items().into_iter().enumerate() {
        if item.text_of("type") == Some("item_reference") {
            return Err(TranslateError::Invalid {
                param: format!("input[{place}]"),
                problem: "items are not kept here; send the item itself",
            });
        }
        items::check(&item, place)?;
        if let Some((role, parts)) = items::read(item) {
            request.add(role, parts);
        }
    }
    for turn in &mut request.turns {
        turn.parts = proofs_in_place(std::mem::take(&mut turn.parts));
    }
    Ok(())
}

fn tools(request: &mut Request, fields: &mut Fields) -> Result<(), TranslateError> {
    for value in fields.list("tools") {
        add_tool(request, value);
    }
    request.parallel_calls = fields.bool("parallel_tool_calls");
    request.tool_choice = match fields.take("tool_choice") {
        None => None,
        Some(Value::Text(word)) => match word.as_str() {
            "none" => Some(ToolChoice::None),
            "required" => Some(ToolChoice::Required),
            _ => Some(ToolChoice::Auto),
        },
        Some(choice) => match choice.text_of("name").or(choice.text_of("type")) {
            Some(name) if choice.text_of("type") != Some("allowed_tools") => {
                Some(ToolChoice::Named(name.to_owned()))
            }
            _ => {
                return Err(TranslateError::Unsupported {
                    param: "tool_choice".to_owned(),
                });
            }
        },
    };
    Ok(())
}

fn add_tool(request: &mut Request, value: Value) {
    let whole = value.clone();
    let mut fields = Fields::of(value);
    let kind = fields.text("type").unwrap_or_else(|| "function".to_owned());
    // A group of tools: each is a tool.
    if kind == "namespace" {
        for inner in fields.list("tools") {
            add_tool(request, inner);
        }
        return;
    }
    // A search that may not leave the provider's cache is a hint.
    let is_hint = kind == "tool_search"
        || (kind.starts_with("web_search") && fields.bool("external_web_access") == Some(false));
    if is_hint {
        request.extras.push((format!("tools.{kind}"), whole));
        return;
    }
    let name = fields.text("name").unwrap_or_else(|| kind.clone());
    let description = fields.text("description");
    let kind = match kind.as_str() {
        "function" => ToolKind::Function {
            parameters: fields.take("parameters"),
            strict: fields.bool("strict"),
        },
        "custom" => ToolKind::Custom {
            format: fields.take("format"),
        },
        _ => ToolKind::Server {
            language: NAME,
            value: whole,
        },
    };
    request.tools.push(Tool {
        name,
        description,
        kind,
        cache: None,
    });
}

fn output(format: Option<Value>) -> OutputFormat {
    let Some(format) = format else {
        return OutputFormat::Text;
    };
    match format.text_of("type") {
        Some("json_schema") => {
            let mut fields = Fields::of(format);
            OutputFormat::Schema {
                name: fields.text("name"),
                description: fields.text("description"),
                schema: fields.take("schema").unwrap_or(Value::empty_object()),
                strict: fields.bool("strict"),
            }
        }
        Some("json_object") => OutputFormat::Json,
        _ => OutputFormat::Text,
    }
}

fn wish(mut fields: Fields) -> Option<Reasoning> {
    let wish = Reasoning {
        effort: fields.text("effort"),
        summary: fields.text("summary").or(fields.text("generate_summary")),
        ..Reasoning::default()
    };
    (wish != Reasoning::default()).then_some(wish)
}
