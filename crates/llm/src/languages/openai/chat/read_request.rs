//! Reading the body of `POST /chat/completions`.

use super::super::NAME;
use super::{parts, reasoning};
use crate::chat::{
    CacheMark, Content, OutputFormat, Part, Reasoning, Request, Role, Sampling, Signature, Tool,
    ToolCall, ToolChoice, ToolKind, ToolResult,
};
use crate::error::TranslateError;
use crate::json::{Fields, Value};

/// Reads a request whose body was scanned: its members have the types that the summary asks for.
pub(in super::super) fn read(body: &[u8]) -> Result<Request, TranslateError> {
    let mut fields = Fields::of(Value::read(body).unwrap_or(Value::Null));
    let mut request = Request {
        language: NAME,
        model: fields.text("model").unwrap_or_default(),
        is_streamed: fields.bool("stream").unwrap_or_default(),
        ..Request::default()
    };
    let stream_options = fields.fields("stream_options").bool("include_usage");
    request.includes_usage = stream_options.unwrap_or_default();
    for (place, message) in fields.list("messages").into_iter().enumerate() {
        add_message(&mut request, message, place)?;
    }
    read_tools(&mut request, &mut fields)?;
    request.output = output(fields.take("response_format"));
    request.sampling = sampling(&mut fields);
    let limits = [
        fields.count("max_completion_tokens"),
        fields.count("max_tokens"),
    ];
    request.output_tokens_max = limits.into_iter().flatten().max();
    request.reasoning = wish(&mut fields);
    request.verbosity = fields.text("verbosity");
    request.service_tier = fields.text("service_tier");
    request.user = fields.text("safety_identifier").or(fields.text("user"));
    request.metadata = fields.take("metadata");
    request.prompt_cache_key = fields.text("prompt_cache_key");
    // Text is what is generated where nothing else is said.
    if let Some(Value::List(kinds)) = fields.take("modalities")
        && kinds.iter().any(|kind| kind.text() != Some("text"))
    {
        return Err(unsupported("modalities"));
    }
    if fields.take("audio").is_some() {
        return Err(unsupported("audio"));
    }
    request.extras = fields.rest();
    // What is off anyhow is no loss.
    request.extras.retain(|(_, value)| !value.is_falsy());
    Ok(request)
}

fn unsupported(param: &str) -> TranslateError {
    TranslateError::Unsupported {
        param: param.to_owned(),
    }
}

fn add_message(request: &mut Request, message: Value, place: usize) -> Result<(), TranslateError> {
    let mut fields = Fields::of(message);
    let role = fields.text("role").unwrap_or_default();
    let content = fields.take("content").map(parts::read).unwrap_or_default();
    match role.as_str() {
        "system" | "developer" => request.add(Role::Instruction, content),
        "user" => request.add(Role::User, content),
        "assistant" => {
            let parts = assistant(fields, content);
            request.add(Role::Assistant, parts);
        }
        "tool" | "function" => {
            let name = fields.text("name");
            let call_id = fields
                .text("tool_call_id")
                .or(name.clone())
                .unwrap_or_default();
            let mut result = result(call_id, content);
            result.name = name;
            request.add(Role::User, vec![Part::new(Content::ToolResult(result))]);
        }
        _ => {
            return Err(TranslateError::Invalid {
                param: format!("messages[{place}].role"),
                problem: "expected system, developer, user, assistant or tool",
            });
        }
    }
    Ok(())
}

fn result(call_id: String, parts: Vec<Part>) -> ToolResult {
    ToolResult {
        call_id,
        name: None,
        parts,
        is_error: false,
        is_custom: false,
    }
}

/// Thoughts, what was said, and calls.
fn assistant(mut fields: Fields, content: Vec<Part>) -> Vec<Part> {
    let details = fields.list("reasoning_details");
    let mut parts = reasoning::parts(&details);
    let text = fields
        .text("reasoning_content")
        .or(fields.text("reasoning"));
    if parts.is_empty()
        && let Some(text) = text.filter(|text| !text.is_empty())
    {
        parts.push(Part::reasoning(text));
    }
    parts.extend(content);
    if let Some(refusal) = fields.text("refusal").filter(|text| !text.is_empty()) {
        parts.push(Part::new(Content::Refusal(refusal)));
    }
    for call in fields.list("tool_calls") {
        parts.push(tool_call(call));
    }
    if let Some(call) = fields.take("function_call") {
        let name = call.text_of("name").unwrap_or_default().to_owned();
        parts.push(Part::new(Content::ToolCall(ToolCall {
            id: name.clone(),
            name,
            arguments: call.text_of("arguments").unwrap_or_default().to_owned(),
            is_custom: false,
        })));
    }
    parts
}

fn tool_call(call: Value) -> Part {
    let google = call
        .get("extra_content")
        .and_then(|extra| extra.get("google"));
    let signature = google.and_then(|google| google.text_of("thought_signature"));
    let signature = signature.map(|data| Signature::new("gemini", data));
    let mut fields = Fields::of(call);
    let id = fields.text("id").unwrap_or_default();
    let mut custom = fields.fields("custom");
    let is_custom = fields.text("type").as_deref() == Some("custom") || !custom.is_empty();
    let (name, arguments) = if is_custom {
        (custom.text("name"), custom.text("input"))
    } else {
        let mut function = fields.fields("function");
        let name = function.text("name");
        // Some clients write the object and not its text.
        let arguments = function.take("arguments").map(|value| match value {
            Value::Text(text) => text,
            other => other.to_json(),
        });
        (name, arguments)
    };
    Part::new(Content::ToolCall(ToolCall {
        id,
        name: name.unwrap_or_default(),
        arguments: arguments.unwrap_or_default(),
        is_custom,
    }))
    .with_signature(signature)
}

fn read_tools(request: &mut Request, fields: &mut Fields) -> Result<(), TranslateError> {
    // The older form: its calls would come back in another place than the client looks for them.
    for older in ["functions", "function_call"] {
        if fields.take(older).is_some_and(|value| !value.is_falsy()) {
            return Err(unsupported(older));
        }
    }
    request.tools = fields.list("tools").into_iter().filter_map(tool).collect();
    if let Some(options) = fields.take("web_search_options") {
        request.tools.push(Tool {
            name: "web_search".to_owned(),
            description: None,
            kind: ToolKind::Server {
                language: NAME,
                value: options,
            },
            cache: None,
        });
    }
    request.tool_choice = match fields.take("tool_choice") {
        None => None,
        Some(Value::Text(word)) => match word.as_str() {
            "none" => Some(ToolChoice::None),
            "required" | "any" => Some(ToolChoice::Required),
            _ => Some(ToolChoice::Auto),
        },
        Some(choice) => {
            let holder = ["function", "custom"]
                .into_iter()
                .find_map(|name| choice.get(name));
            let name = holder.unwrap_or(&choice).text_of("name");
            let Some(name) = name else {
                return Err(unsupported("tool_choice"));
            };
            Some(ToolChoice::Named(name.to_owned()))
        }
    };
    request.parallel_calls = fields.bool("parallel_tool_calls");
    Ok(())
}

/// A tool, nested as the language has it or flat as Cursor writes it.
fn tool(value: Value) -> Option<Tool> {
    let whole = value.clone();
    let cache = value.get("cache_control").map(CacheMark::read);
    let kind = value.text_of("type").unwrap_or("function").to_owned();
    let mut fields = Fields::of(value);
    if let Some(nested) = fields.take(&kind) {
        fields = Fields::of(nested);
    }
    let is_known = matches!(kind.as_str(), "function" | "custom");
    let name = fields.text("name");
    let name = if is_known {
        name?
    } else {
        name.unwrap_or(kind.clone())
    };
    Some(Tool {
        name,
        description: fields.text("description"),
        kind: match kind.as_str() {
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
        },
        cache,
    })
}

fn output(format: Option<Value>) -> OutputFormat {
    let Some(format) = format else {
        return OutputFormat::Text;
    };
    match format.text_of("type") {
        Some("json_schema") => {
            let mut fields = Fields::of(format).fields("json_schema");
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

pub(in super::super) fn sampling(fields: &mut Fields) -> Sampling {
    let stop = match fields.take("stop") {
        Some(Value::Text(text)) => vec![text],
        Some(other) => other
            .into_items()
            .into_iter()
            .filter_map(Value::into_text)
            .collect(),
        None => Vec::new(),
    };
    let wants_logprobs = fields.bool("logprobs").unwrap_or_default();
    let top = fields.take("top_logprobs");
    Sampling {
        temperature: fields.take("temperature"),
        top_p: fields.take("top_p"),
        top_k: fields.take("top_k"),
        frequency_penalty: fields.take("frequency_penalty").filter(is_set),
        presence_penalty: fields.take("presence_penalty").filter(is_set),
        seed: fields.take("seed"),
        stop,
        choices: fields.count("n").filter(|count| *count > 1),
        logprobs: wants_logprobs.then(|| top.unwrap_or(Value::from(0u64))),
        logit_bias: fields.take("logit_bias").filter(|bias| !bias.is_falsy()),
    }
}

/// A penalty of zero is none.
fn is_set(value: &Value) -> bool {
    !value.is_falsy()
}

/// `reasoning_effort`, and OpenRouter's `reasoning`.
fn wish(fields: &mut Fields) -> Option<Reasoning> {
    let effort = fields.text("reasoning_effort");
    let mut object = fields.fields("reasoning");
    let is_off = object.bool("enabled") == Some(false);
    let wish = Reasoning {
        effort: effort
            .or(object.text("effort"))
            .or(is_off.then(|| "none".to_owned())),
        budget: object.count("max_tokens"),
        is_adaptive: false,
        summary: object.text("summary"),
    };
    (wish != Reasoning::default()).then_some(wish)
}
