//! Reading tools and their choice.

use super::super::NAME;
use super::schema;
use crate::chat::{Request, Tool, ToolChoice, ToolKind};
use crate::json::{Fields, Value};

/// Tools that run at Google, which another language has by another name.
const SEARCHES: [&str; 2] = ["googleSearch", "googleSearchRetrieval"];
/// The begin of the name of such a tool elsewhere.
const SEARCH: &str = "web_search";

/// Reads the tools: declarations of functions, and those that run at the provider, one by one.
pub(super) fn read(tools: Vec<Value>) -> Vec<Tool> {
    let mut found = Vec::new();
    for tool in tools {
        let Value::Object(members) = tool else {
            continue;
        };
        for (name, value) in members {
            if name == "functionDeclarations" {
                found.extend(value.into_items().into_iter().map(function));
            } else if value != Value::Null {
                found.push(server(name, value));
            }
        }
    }
    found
}

fn function(value: Value) -> Tool {
    let mut fields = Fields::of(value);
    let own = fields.take("parameters").map(schema::read);
    Tool {
        name: fields.text("name").unwrap_or_default(),
        description: fields.text("description"),
        kind: ToolKind::Function {
            parameters: fields.take("parametersJsonSchema").or(own),
            strict: None,
        },
        cache: None,
    }
}

fn server(name: String, value: Value) -> Tool {
    let is_search = SEARCHES.contains(&name.as_str());
    Tool {
        name: if is_search {
            SEARCH.to_owned()
        } else {
            name.clone()
        },
        description: None,
        kind: ToolKind::Server {
            language: NAME,
            value: Value::Object(vec![(name, value)]),
        },
        cache: None,
    }
}

/// Reads the choice. Of several functions that are allowed the others are taken away.
pub(super) fn choice(request: &mut Request, mut config: Fields) {
    let mut calling = config.fields("functionCallingConfig");
    let allowed: Vec<String> = calling
        .list("allowedFunctionNames")
        .into_iter()
        .filter_map(Value::into_text)
        .collect();
    let mode = calling.text("mode").unwrap_or_default();
    request.tool_choice = match (mode.to_ascii_uppercase().as_str(), allowed.as_slice()) {
        ("AUTO" | "VALIDATED", _) => Some(ToolChoice::Auto),
        ("NONE", _) => Some(ToolChoice::None),
        ("ANY", [name]) => Some(ToolChoice::Named(name.clone())),
        ("ANY", _) => Some(ToolChoice::Required),
        _ => None,
    };
    if allowed.len() > 1 {
        let is_allowed = |tool: &Tool| {
            !matches!(tool.kind, ToolKind::Function { .. }) || allowed.contains(&tool.name)
        };
        request.tools.retain(is_allowed);
    }
}
