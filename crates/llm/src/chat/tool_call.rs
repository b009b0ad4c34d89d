//! Calls of tools.

use crate::json::Value;

/// A call of a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolCall {
    pub id: String,
    pub name: String,
    /// JSON as the model wrote it, which may be broken off; the text for a custom tool.
    pub arguments: String,
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
