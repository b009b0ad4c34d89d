//! Writing tools and their choice.

use super::super::NAME;
use super::schema;
use crate::chat::{Losses, Request, Tool, ToolChoice, ToolKind};
use crate::error::TranslateError;
use crate::json::{Object, Value};

/// The tool that searches the web, by the name that it has here.
const SEARCH: &str = "googleSearch";

/// Writes the tools of a request.
///
/// # Errors
/// If a tool runs at another provider.
pub(super) fn write(
    request: &Request,
    body: &mut Object,
    losses: &mut Losses,
) -> Result<(), TranslateError> {
    let mut declarations = Vec::new();
    let mut tools: Vec<Value> = Vec::new();
    for tool in &request.tools {
        match &tool.kind {
            ToolKind::Function { strict, .. } => {
                losses.drop_if("tools.function.strict", *strict == Some(true));
                declarations.push(declaration(tool, losses));
            }
            ToolKind::Custom { .. } => declarations.push(declaration(tool, losses)),
            ToolKind::Server { language, value } if *language == NAME => tools.push(value.clone()),
            ToolKind::Server { .. } if tool.name.starts_with("web_search") => {
                tools.push(Object::new().with(SEARCH, Object::new()).into());
            }
            ToolKind::Server { .. } => {
                return Err(losses.refusal(&format!("tools.{}", tool.name)));
            }
        }
    }
    if !declarations.is_empty() {
        let functions = Object::new().with("functionDeclarations", declarations);
        tools.insert(0, functions.into());
    }
    if tools.is_empty() {
        return Ok(());
    }
    body.add("tools", tools);
    choice(request, body);
    Ok(())
}

fn choice(request: &Request, body: &mut Object) {
    let (mode, names) = match &request.tool_choice {
        None => return,
        Some(ToolChoice::Auto) => ("AUTO", None),
        Some(ToolChoice::None) => ("NONE", None),
        Some(ToolChoice::Required) => ("ANY", None),
        Some(ToolChoice::Named(name)) => ("ANY", Some(vec![Value::from(name.as_str())])),
    };
    let config = Object::new()
        .with("mode", mode)
        .maybe("allowedFunctionNames", names);
    let config = Object::new().with("functionCallingConfig", config);
    body.add("toolConfig", config);
}

/// A function, its schema in the member that takes JSON Schema.
fn declaration(tool: &Tool, losses: &mut Losses) -> Object {
    let parameters = schema::write(&tool.schema(), "tools.parameters", losses);
    Object::new()
        .with("name", tool.name.as_str())
        .maybe("description", tool.description.as_deref())
        .with("parametersJsonSchema", parameters)
}
