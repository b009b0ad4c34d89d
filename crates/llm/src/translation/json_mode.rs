//! JSON without a schema, at a provider that has no mode for it: one forced tool, whose arguments become the content.

use crate::chat::{
    Content, Delta, Event, FinishReason, OutputFormat, Part, Request, Response, Tool, ToolChoice,
    ToolKind,
};
use crate::json::Value;

/// The name of the tool.
const TOOL: &str = "json_response";

/// The request with the tool in place of the wish; `None` where there is no such wish, or tools of the client's, among
/// which none may be forced.
pub(super) fn with_tool(request: &Request) -> Option<Request> {
    if request.output != OutputFormat::Json || !request.tools.is_empty() {
        return None;
    }
    let mut request = request.clone();
    request.output = OutputFormat::Text;
    request.tools.push(Tool {
        name: TOOL.to_owned(),
        description: Some("Takes the whole response, as a JSON object.".to_owned()),
        kind: ToolKind::Function {
            parameters: Value::read(br#"{"type":"object","additionalProperties":true}"#),
            strict: None,
        },
        cache: None,
    });
    request.tool_choice = Some(ToolChoice::Named(TOOL.to_owned()));
    Some(request)
}

/// Takes the tool out of a whole response.
pub(super) fn unwrap(response: &mut Response) {
    let mut has_unwrapped = false;
    for part in &mut response.parts {
        if let Some(text) = arguments(part) {
            *part = Part::text(text);
            has_unwrapped = true;
        }
    }
    if has_unwrapped && response.finish.reason == FinishReason::ToolCalls {
        response.finish.reason = FinishReason::Stop;
    }
}

fn arguments(part: &Part) -> Option<String> {
    match &part.content {
        Content::ToolCall(call) if call.name == TOOL => Some(call.arguments.clone()),
        _ => None,
    }
}

/// Takes the tool out of a stream.
#[derive(Debug, Default)]
pub(super) struct Unwrapping {
    is_within: bool,
    has_unwrapped: bool,
}

impl Unwrapping {
    /// The event without the tool.
    pub(super) fn event(&mut self, event: Event) -> Event {
        match event {
            Event::Began(part) => match arguments(&part) {
                Some(_) => {
                    (self.is_within, self.has_unwrapped) = (true, true);
                    Event::Began(Part::text(""))
                }
                None => Event::Began(part),
            },
            Event::Grew(Delta::Arguments(text)) if self.is_within => Event::Grew(Delta::Text(text)),
            Event::Ended => {
                self.is_within = false;
                Event::Ended
            }
            Event::Finished(mut finish) => {
                if self.has_unwrapped && finish.reason == FinishReason::ToolCalls {
                    finish.reason = FinishReason::Stop;
                }
                Event::Finished(finish)
            }
            event => event,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{TOOL, Unwrapping, unwrap, with_tool};
    use crate::chat::{
        Content, Finish, FinishReason, Fold, OutputFormat, Part, Request, Response, ToolCall,
        events,
    };

    fn called() -> Response {
        Response {
            parts: vec![Part::new(Content::ToolCall(ToolCall {
                id: "c".to_owned(),
                name: TOOL.to_owned(),
                arguments: r#"{"a":1}"#.to_owned(),
                is_custom: false,
            }))],
            finish: Finish::of(FinishReason::ToolCalls),
            ..Response::default()
        }
    }

    #[test]
    fn the_arguments_of_the_tool_are_the_content_whole_and_streamed() {
        let mut whole = called();
        unwrap(&mut whole);
        assert_eq!(whole.parts, [Part::text(r#"{"a":1}"#)]);
        assert_eq!(whole.finish.reason, FinishReason::Stop);
        let (mut unwrapping, mut fold) = (Unwrapping::default(), Fold::default());
        for event in events(&called()) {
            fold.add(unwrapping.event(event));
        }
        assert_eq!(fold.finish().unwrap(), whole);
    }

    #[test]
    fn the_tool_stands_in_for_the_wish_where_the_client_has_no_tools() {
        let mut request = Request {
            output: OutputFormat::Json,
            ..Request::default()
        };
        let with = with_tool(&request).unwrap();
        assert_eq!((with.output, with.tools.len()), (OutputFormat::Text, 1));
        request.output = OutputFormat::Text;
        assert!(with_tool(&request).is_none());
    }
}
