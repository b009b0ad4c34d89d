//! OpenAI's words about a request it cannot accept. Reading is typed and fast; only when it
//! fails is the body read again, loosely, to find the parameter at fault.

use serde::Deserialize;
use serde_json::Value;

use crate::errors::ApiError;
use crate::request::StreamOptions;

#[derive(Clone, Copy)]
pub(crate) enum Kind {
    String,
    Boolean,
    Integer,
    Number,
    Object,
    Objects,
    StringOrArray,
}

const FIELDS: &[(&str, Kind)] = &[
    ("model", Kind::String),
    ("messages", Kind::Objects),
    ("prompt", Kind::StringOrArray),
    ("input", Kind::StringOrArray),
    ("tools", Kind::Objects),
    ("parallel_tool_calls", Kind::Boolean),
    ("reasoning_effort", Kind::String),
    ("thinking", Kind::Object),
    ("max_completion_tokens", Kind::Integer),
    ("max_tokens", Kind::Integer),
    ("n", Kind::Integer),
    ("temperature", Kind::Number),
    ("top_p", Kind::Number),
    ("stop", Kind::StringOrArray),
    ("stream", Kind::Boolean),
    ("stream_options", Kind::Object),
    ("dimensions", Kind::Integer),
    ("encoding_format", Kind::String),
];

pub(crate) fn parse<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, ApiError> {
    serde_json::from_slice(body).map_err(|error| explain(body, &error))
}

/// Refuses a number outside its range; absent is fine.
pub(crate) fn check_integer(
    name: &'static str,
    value: Option<i64>,
    min: i64,
    max: i64,
) -> Result<(), ApiError> {
    let Some(value) = value else { return Ok(()) };
    if value < min {
        let message = range_message(name, "integer below minimum", &format!(">= {min}"), value);
        return Err(ApiError::invalid(message)
            .param(name)
            .code("integer_below_min_value"));
    }
    if value > max {
        let message = range_message(name, "integer above maximum", &format!("<= {max}"), value);
        return Err(ApiError::invalid(message)
            .param(name)
            .code("integer_above_max_value"));
    }
    Ok(())
}

pub(crate) fn check_decimal(
    name: &'static str,
    value: Option<f64>,
    max: f64,
) -> Result<(), ApiError> {
    let Some(value) = value else { return Ok(()) };
    if value < 0.0 {
        let message = range_message(name, "decimal below minimum", ">= 0", value);
        return Err(ApiError::invalid(message)
            .param(name)
            .code("decimal_below_min_value"));
    }
    if value > max {
        let message = range_message(name, "decimal above maximum", &format!("<= {max}"), value);
        return Err(ApiError::invalid(message)
            .param(name)
            .code("decimal_above_max_value"));
    }
    Ok(())
}

pub(crate) fn check_stream_options(
    stream: Option<bool>,
    options: Option<StreamOptions>,
) -> Result<(), ApiError> {
    if options.is_some() && stream != Some(true) {
        let message = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
        return Err(ApiError::invalid(message).param("stream_options"));
    }
    Ok(())
}

pub(crate) fn invalid_type(param: impl Into<String>, expected: &str, got: &str) -> ApiError {
    let param = param.into();
    let message =
        format!("Invalid type for '{param}': expected {expected}, but got {got} instead.");
    ApiError::invalid(message).param(param).code("invalid_type")
}

pub(crate) fn empty_array(param: &'static str) -> ApiError {
    let message = format!(
        "Invalid '{param}': empty array. Expected an array with minimum length 1, but got an \
         empty array instead."
    );
    ApiError::invalid(message).param(param).code("empty_array")
}

fn range_message(name: &str, problem: &str, expected: &str, got: impl std::fmt::Display) -> String {
    format!(
        "Invalid '{name}': {problem} value. Expected a value {expected}, but got {got} instead."
    )
}

fn explain(body: &[u8], error: &serde_json::Error) -> ApiError {
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        return ApiError::invalid(format!(
            "We could not parse the JSON body of your request. (HINT: This likely means you \
             aren't using your HTTP library correctly: {error}.)"
        ));
    };
    let Value::Object(fields) = value else {
        return ApiError::invalid("The JSON body of your request must be an object.");
    };
    for (name, kind) in FIELDS {
        if let Some(value) = fields.get(*name)
            && let Some(problem) = mismatch(name, *kind, value)
        {
            return problem;
        }
    }
    ApiError::invalid(format!("Invalid request: {error}."))
}

fn mismatch(name: &str, kind: Kind, value: &Value) -> Option<ApiError> {
    let (fits, expected) = match kind {
        Kind::String => (value.is_string(), "a string"),
        Kind::Boolean => (value.is_boolean(), "a boolean"),
        Kind::Integer => (value.is_i64(), "an integer"),
        Kind::Number => (value.is_number(), "a decimal"),
        Kind::Object => (value.is_object(), "an object"),
        Kind::Objects => (value.is_array(), "an array of objects"),
        Kind::StringOrArray => (
            value.is_string() || value.is_array(),
            "a string or an array",
        ),
    };
    if value.is_null() {
        return None;
    }
    if !fits {
        return Some(invalid_type(name, expected, type_name(value)));
    }
    let items = value.as_array().filter(|_| matches!(kind, Kind::Objects))?;
    items
        .iter()
        .enumerate()
        .find_map(|(index, item)| item_mismatch(name, index, item))
}

fn item_mismatch(list: &str, index: usize, item: &Value) -> Option<ApiError> {
    if !item.is_object() {
        return Some(invalid_type(
            format!("{list}[{index}]"),
            "an object",
            type_name(item),
        ));
    }
    let content = &item["content"];
    if !(content.is_null() || content.is_string() || content.is_array()) {
        let param = format!("{list}[{index}].content");
        return Some(invalid_type(
            param,
            "a string or an array of parts",
            type_name(content),
        ));
    }
    let role = &item["role"];
    if !(role.is_null() || role.is_string()) {
        return Some(invalid_type(
            format!("{list}[{index}].role"),
            "a string",
            type_name(role),
        ));
    }
    None
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a decimal",
        Value::Number(_) => "an integer",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
