//! Reading a whole response of converse.

use super::{read_blocks, usage};
use crate::chat::{Content, Part, Response};
use crate::error::UpstreamError;
use crate::json::{Fields, Value};
use crate::refusal;

/// Reads a whole response.
pub(super) fn read(body: &[u8]) -> Result<Response, UpstreamError> {
    let Some(value @ Value::Object(_)) = Value::read(body) else {
        return Err(UpstreamError::Protocol {
            detail: "the response is not a JSON object",
        });
    };
    let mut fields = Fields::of(value);
    let Some(output) = fields.take("output") else {
        // Behind proxies a failure may have the status of a success.
        return Err(refusal::classify_unmarked(body));
    };
    let content = Fields::of(output).fields("message").list("content");
    let reason = fields.text("stopReason").unwrap_or_default();
    Ok(Response {
        id: None,
        model: None,
        parts: parts(content),
        finish: read_blocks::finish(&reason),
        usage: fields.take("usage").as_ref().and_then(usage::read),
    })
}

/// The parts of the content. Sources without words of their own are those of the text before them.
fn parts(content: Vec<Value>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::with_capacity(content.len());
    for block in content {
        let part = read_blocks::block(block);
        if let Content::Text {
            text,
            citations: more,
        } = &part.content
            && text.is_empty()
            && let Some(Part {
                content: Content::Text { citations, .. },
                ..
            }) = parts.last_mut()
        {
            citations.extend(more.iter().cloned());
        } else {
            parts.push(part);
        }
    }
    parts
}
