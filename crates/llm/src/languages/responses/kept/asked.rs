//! The members of a request that are about keeping, and the request without them.

use bytes::Bytes;

use super::Turn;
use super::items::{joined, message_of, output_as_input};
use crate::error::TranslateError;
use crate::json::{Cursor, Kind, Value, ValueSpan, splice};

/// The value of `include` that makes thoughts whole enough to be sent again.
const THOUGHTS: &str = "reasoning.encrypted_content";

/// The wish of a request to be kept, and the response that it goes on from.
#[derive(Debug, Default)]
pub struct Asked {
    /// The response that it goes on from.
    pub previous: Option<String>,
    /// The wish to have the response kept; `None` if nothing is said.
    pub store: Option<bool>,
    /// Members in the order of the text, each with its value's range.
    input: Option<ValueSpan>,
    spans: Spans,
    /// The model is told how to think.
    is_thinking: bool,
}

#[derive(Debug, Default)]
struct Spans {
    previous: Option<ValueSpan>,
    store: Option<ValueSpan>,
    include: Option<ValueSpan>,
}

impl Asked {
    /// Reads a request.
    ///
    /// # Errors
    /// If it is no JSON object, or a member is of another type.
    pub fn read(body: &[u8]) -> Result<Self, TranslateError> {
        let mut asked = Self::default();
        Cursor::new(body).object(|inner, key| asked.member(inner, &key.bytes()))?;
        Ok(asked)
    }

    fn member(&mut self, inner: &mut Cursor<'_>, key: &[u8]) -> Result<(), TranslateError> {
        let kind = inner.kind()?;
        let start = inner.at();
        match (key, kind) {
            (b"previous_response_id", Kind::String) => {
                self.previous = Some(inner.string()?.decode().into_owned());
            }
            (b"store", Kind::Bool) => self.store = Some(inner.bool()?),
            (b"previous_response_id" | b"store", Kind::Null) => inner.skip()?,
            (b"previous_response_id", _) => {
                return Err(TranslateError::WrongType {
                    param: "previous_response_id",
                    expected: "the id of a response",
                });
            }
            (b"store", _) => {
                return Err(TranslateError::WrongType {
                    param: "store",
                    expected: "a boolean",
                });
            }
            _ => inner.skip()?,
        }
        let span = start..inner.at();
        match key {
            b"input" => self.input = Some(span),
            b"previous_response_id" => self.spans.previous = Some(span),
            b"store" => self.spans.store = Some(span),
            b"include" => self.spans.include = Some(span),
            b"reasoning" => self.is_thinking = kind == Kind::Object,
            _ => {}
        }
        Ok(())
    }

    /// True for a request that has something to be kept, or to go on with.
    pub fn has_input(&self) -> bool {
        self.input.is_some()
    }

    /// The list of the request's own items.
    pub fn items(&self, body: &[u8]) -> Bytes {
        let input = self.input.clone().and_then(|span| body.get(span));
        let input = input.unwrap_or(b"[]");
        match Value::read(input) {
            Some(Value::Text(text)) => {
                let message = message_of("user", &text);
                Value::List(vec![message.into()]).to_json().into()
            }
            _ => Bytes::copy_from_slice(input),
        }
    }

    /// The request with the items of `earlier` turns before its own, and nothing for the provider to keep: it need not
    /// know of the conversation.
    pub fn rewritten(&self, body: &[u8], earlier: &[Turn]) -> Bytes {
        let mut edits: Vec<(ValueSpan, Vec<u8>)> = Vec::new();
        if let Some(span) = self.input.clone().filter(|_| !earlier.is_empty()) {
            edits.push((span, self.with_earlier(body, earlier)));
        }
        if let Some(span) = &self.spans.previous {
            edits.push((span.clone(), b"null".to_vec()));
        }
        let first = body.iter().position(|byte| *byte == b'{');
        let first = first.map_or(0, |brace| brace + 1);
        match &self.spans.store {
            Some(span) => edits.push((span.clone(), b"false".to_vec())),
            None => edits.push((first..first, br#""store":false,"#.to_vec())),
        }
        edits.extend(self.including_thoughts(body, first));
        edits.sort_by_key(|(span, _)| span.start);
        splice(body, &edits)
    }

    fn with_earlier(&self, body: &[u8], earlier: &[Turn]) -> Vec<u8> {
        let mut lists = Vec::with_capacity(earlier.len() * 2 + 1);
        for turn in earlier {
            lists.push(turn.input.clone());
            lists.push(output_as_input(&turn.response));
        }
        lists.push(self.items(body));
        joined(&lists)
    }

    /// The edit that asks for thoughts as they can be sent again. A model that is not told how to think may refuse it.
    fn including_thoughts(&self, body: &[u8], first: usize) -> Option<(ValueSpan, Vec<u8>)> {
        if !self.is_thinking {
            return None;
        }
        let Some(span) = self.spans.include.clone() else {
            return Some((
                first..first,
                format!(r#""include":["{THOUGHTS}"],"#).into_bytes(),
            ));
        };
        let given = Value::read(body.get(span.clone())?)?;
        let mut included = given.into_items();
        if included.iter().any(|value| value.text() == Some(THOUGHTS)) {
            return None;
        }
        included.push(THOUGHTS.into());
        Some((span, Value::List(included).to_json().into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, Turn};

    fn rewritten(body: &str, earlier: &[Turn]) -> String {
        let asked = Asked::read(body.as_bytes()).unwrap();
        let text = asked.rewritten(body.as_bytes(), earlier);
        String::from_utf8(text.to_vec()).unwrap()
    }

    #[test]
    fn a_request_says_nothing_of_keeping_to_its_provider() {
        for (body, expected) in [
            (r#"{"input":"Hi"}"#, r#"{"store":false,"input":"Hi"}"#),
            (
                r#" { "store" : true, "input":[] , "previous_response_id": "r"}"#,
                r#" { "store" : false, "input":[] , "previous_response_id": null}"#,
            ),
            (
                r#"{"input":"Hi","reasoning":{"effort":"low"},"include":["a"]}"#,
                r#"{"store":false,"input":"Hi","reasoning":{"effort":"low"},"include":["a","reasoning.encrypted_content"]}"#,
            ),
            (
                r#"{"store":null,"reasoning":{},"input":"Hi"}"#,
                r#"{"include":["reasoning.encrypted_content"],"store":false,"reasoning":{},"input":"Hi"}"#,
            ),
        ] {
            assert_eq!(rewritten(body, &[]), expected);
        }
    }

    #[test]
    fn items_of_earlier_turns_stand_before_those_of_the_request() {
        let turn = |input: &'static str, response: &'static str| Turn {
            input: input.into(),
            response: response.into(),
        };
        let earlier = [
            turn(
                r#"[{"role":"user","content":"1"}]"#,
                r#"{"output":[{"type":"reasoning","id":"rs","summary":[]},{"type":"reasoning","id":"rs","encrypted_content":"x"},{"type":"message","id":"m","status":"completed","content":[]}]}"#,
            ),
            turn("[]", r#"{"output":[]}"#),
        ];
        let expected = r#"{"store":false,"input":[{"role":"user","content":"1"},{"type":"reasoning","encrypted_content":"x"},{"type":"message","content":[]},{"type":"message","role":"user","content":[{"type":"input_text","text":"2"}]}]}"#;
        assert_eq!(rewritten(r#"{"input":"2"}"#, &earlier), expected);
    }

    #[test]
    fn a_member_of_another_type_is_refused() {
        for body in [r#"{"store":1}"#, r#"{"previous_response_id":["r"]}"#, "[]"] {
            assert!(Asked::read(body.as_bytes()).is_err(), "{body}");
        }
    }
}
