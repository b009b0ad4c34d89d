//! Tools of the client's.

use super::part::CacheMark;
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
