//! A request of this language as the one that the model reads.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::errors::ApiError;

/// Efforts by the most tokens that stand for them.
const EFFORTS: [(i64, &str); 4] = [
    (0, "none"),
    (1_024, "minimal"),
    (4_096, "low"),
    (8_192, "medium"),
];

/// The body of a chat that asks the same.
pub(super) fn as_chat(body: &Bytes, model: &str) -> Result<Bytes, ApiError> {
    let asked: Value = serde_json::from_slice(body)
        .map_err(|error| ApiError::invalid(format!("Invalid JSON payload received. {error}")))?;
    let inner = asked.get("generateContentRequest").unwrap_or(&asked);
    let Some(contents) = member(inner, "contents").as_array() else {
        return Err(ApiError::invalid(
            "GenerateContentRequest.contents: contents is not specified",
        )
        .param("contents"));
    };
    let mut messages = Vec::new();
    if let Some(text) = text_of(member(inner, "systemInstruction")) {
        messages.push(json!({ "role": "system", "content": text }));
    }
    for content in contents {
        messages.extend(turn(content));
    }
    let config = member(inner, "generationConfig");
    let mut chat = json!({ "model": model, "messages": messages });
    let tools = tools(inner);
    if !tools.is_empty() {
        chat["tools"] = tools.into();
        chat["tool_choice"] = choice(member(inner, "toolConfig"));
    }
    for (own, name) in [
        ("temperature", "temperature"),
        ("topP", "top_p"),
        ("maxOutputTokens", "max_tokens"),
        ("candidateCount", "n"),
        ("stopSequences", "stop"),
    ] {
        let value = member(config, own);
        if !value.is_null() {
            chat[name] = value.clone();
        }
    }
    if let Some(effort) = effort(member(config, "thinkingConfig")) {
        chat["reasoning_effort"] = effort.into();
    }
    if let Some(format) = format(config) {
        chat["response_format"] = format;
    }
    Ok(chat.to_string().into())
}

/// A member, by either of its spellings.
fn member<'v>(value: &'v Value, name: &str) -> &'v Value {
    let own = &value[name];
    if !own.is_null() {
        return own;
    }
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    &value[snake.as_str()]
}

fn parts(content: &Value) -> impl Iterator<Item = &Value> {
    content["parts"].as_array().into_iter().flatten()
}

fn text_of(content: &Value) -> Option<String> {
    let texts: Vec<&str> = parts(content)
        .filter_map(|part| part["text"].as_str())
        .collect();
    (!texts.is_empty()).then(|| texts.concat())
}

/// The messages of a turn: results of tools stand by themselves.
fn turn(content: &Value) -> Vec<Value> {
    let mut messages = Vec::new();
    for part in parts(content) {
        let result = member(part, "functionResponse");
        if result.is_object() {
            let said = result["response"].to_string();
            messages.push(json!({ "role": "tool", "tool_call_id": "call", "content": said }));
        }
    }
    let role = match content["role"].as_str() {
        Some("model") => "assistant",
        _ => "user",
    };
    let mut said: Vec<Value> = Vec::new();
    for part in parts(content) {
        if let Some(text) = part["text"].as_str() {
            said.push(json!({ "type": "text", "text": text }));
        } else if part.get("inlineData").or(part.get("fileData")).is_some() {
            said.push(json!({ "type": "image_url", "image_url": { "url": "" } }));
        }
    }
    if !said.is_empty() || messages.is_empty() {
        messages.push(json!({ "role": role, "content": said }));
    }
    messages
}

fn tools(asked: &Value) -> Vec<Value> {
    let mut found = Vec::new();
    for tool in asked["tools"].as_array().into_iter().flatten() {
        let declared = member(tool, "functionDeclarations").as_array();
        for function in declared.into_iter().flatten() {
            let json_schema = member(function, "parametersJsonSchema");
            let parameters = if json_schema.is_null() {
                lower(&function["parameters"])
            } else {
                json_schema.clone()
            };
            let mut named = json!({ "name": function["name"] });
            if !parameters.is_null() {
                named["parameters"] = parameters;
            }
            found.push(json!({ "type": "function", "function": named }));
        }
    }
    found
}

fn choice(config: &Value) -> Value {
    let calling = member(config, "functionCallingConfig");
    let names = member(calling, "allowedFunctionNames");
    match (calling["mode"].as_str(), names[0].as_str()) {
        (Some("NONE"), _) => "none".into(),
        (Some("ANY"), Some(name)) => json!({ "type": "function", "function": { "name": name } }),
        (Some("ANY"), None) => "required".into(),
        _ => "auto".into(),
    }
}

fn effort(config: &Value) -> Option<String> {
    if let Some(level) = member(config, "thinkingLevel").as_str() {
        return Some(level.to_ascii_lowercase());
    }
    let budget = member(config, "thinkingBudget").as_i64()?;
    let known = EFFORTS
        .iter()
        .find(|(most, _)| budget >= 0 && budget <= *most);
    Some(known.map_or("high", |(_, effort)| effort).to_owned())
}

fn format(config: &Value) -> Option<Value> {
    let schema = [
        member(config, "responseJsonSchema"),
        member(config, "responseSchema"),
    ];
    if let Some(schema) = schema.into_iter().find(|schema| schema.is_object()) {
        return Some(json!({ "type": "json_schema", "json_schema": { "schema": lower(schema) } }));
    }
    let kind = member(config, "responseMimeType").as_str()?;
    (kind == "application/json").then(|| json!({ "type": "json_object" }))
}

/// A schema with its types in lower case.
fn lower(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            let lowered = members.iter().map(|(name, value)| {
                let value = match value.as_str() {
                    Some(kind) if name == "type" => kind.to_ascii_lowercase().into(),
                    _ => lower(value),
                };
                (name.clone(), value)
            });
            Value::Object(lowered.collect::<Map<String, Value>>())
        }
        Value::Array(items) => items.iter().map(lower).collect(),
        value => value.clone(),
    }
}
