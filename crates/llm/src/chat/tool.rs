//! Tools of the client's, their calls, and the outcomes.

use super::part::{CacheMark, Part};
use crate::json::Value;

/// A tool that a model may call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    pub name: String,
    pub description: Option<String>,
    pub kind: ToolKind,
    pub cache: Option<CacheMark>,
}

/// The kinds of tools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToolKind {
    /// Takes JSON after a schema.
    Function {
        parameters: Option<Value>,
        strict: Option<bool>,
    },
    /// Takes free text, after a grammar where there is one.
    Custom { format: Option<Value> },
    /// Runs at the provider: only the language that it came in knows it.
    Server {
        language: &'static str,
        value: Value,
    },
}

/// The choice of tools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToolChoice {
    Auto,
    None,
    Required,
    /// The tool of this name.
    Named(String),
}

/// A call of a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolCall {
    pub id: String,
    pub name: String,
    /// JSON as the model wrote it, which may be broken off; the text for a custom tool.
    pub arguments: String,
    pub is_custom: bool,
}

/// The outcome of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolResult {
    pub call_id: String,
    /// The name of the tool, where the language says it.
    pub name: Option<String>,
    pub parts: Vec<Part>,
    pub is_error: bool,
    pub is_custom: bool,
}

impl ToolCall {
    /// The arguments as an object; what is none stands in one under `input`.
    pub fn arguments_object(&self) -> Value {
        if !self.is_custom {
            if self.arguments.trim().is_empty() {
                return Value::empty_object();
            }
            let value = Value::read(self.arguments.as_bytes());
            if let Some(value @ Value::Object(_)) = value {
                return value;
            }
        }
        let input = Value::from(self.arguments.as_str());
        Value::Object(vec![("input".to_owned(), input)])
    }
}

impl ToolResult {
    /// The texts of the outcome, joined by line feeds.
    pub fn text(&self) -> String {
        let texts: Vec<&str> = self.parts.iter().filter_map(Part::as_text).collect();
        texts.join("\n")
    }

    /// True if all parts are text.
    pub fn is_text(&self) -> bool {
        self.parts.iter().all(|part| part.as_text().is_some())
    }
}

impl Tool {
    /// The schema of what the tool takes: of free text, an object with one string.
    pub fn schema(&self) -> Value {
        match &self.kind {
            ToolKind::Function {
                parameters: Some(parameters),
                ..
            } => parameters.clone(),
            ToolKind::Function { .. } | ToolKind::Server { .. } => {
                let text = br#"{"type":"object","properties":{}}"#;
                Value::read(text).unwrap_or(Value::Null)
            }
            ToolKind::Custom { .. } => {
                let text = br#"{"type":"object","properties":{"input":{"type":"string"}},"required":["input"],"additionalProperties":false}"#;
                Value::read(text).unwrap_or(Value::Null)
            }
        }
    }
}
