//! Reading answers: usage, the length of what was generated, and where the model is named.

use crate::error::UpstreamError;
use crate::json::{Cursor, JsonError, Kind};
use crate::protocol::Answer;
use crate::usage::read_openai;

pub(super) fn read(body: &[u8]) -> Result<Answer, UpstreamError> {
    let not_json = |_| UpstreamError::Protocol {
        detail: "the answer is not a JSON object",
    };
    let mut answer = Answer::default();
    let mut choices = 0..0;
    let mut is_error = false;
    let mut cursor = Cursor::new(body);
    cursor
        .object(|inner, key| match &*key.bytes() {
            b"usage" => {
                answer.usage = read_openai(inner)?;
                Ok(())
            }
            b"model" if inner.kind()? == Kind::String => {
                let name = inner.string()?;
                answer.model_span = Some(name.start()..name.end());
                Ok(())
            }
            b"error" => {
                is_error = inner.kind()? != Kind::Null;
                inner.skip()
            }
            b"choices" => {
                let start = inner.at();
                inner.skip()?;
                choices = start..inner.at();
                Ok(())
            }
            _ => inner.skip(),
        })
        .map_err(not_json)?;
    cursor.finish().map_err(not_json)?;
    if is_error {
        return Err(UpstreamError::Protocol {
            detail: "an error came with the status of a success",
        });
    }
    // Only for an estimate: where the upstream counted, nobody asks for the length.
    if answer.usage.is_none() {
        let choices = body
            .get(choices)
            .filter(|text| !text.is_empty())
            .unwrap_or(b"[]");
        answer.text_bytes = text_bytes(&mut Cursor::new(choices)).map_err(not_json)?;
    }
    Ok(answer)
}

/// Sums the lengths of the strings that a model generated, wherever they stand in a choice.
pub(super) fn text_bytes(cursor: &mut Cursor<'_>) -> Result<u64, JsonError> {
    let mut total = 0;
    match cursor.kind()? {
        Kind::Array => cursor.array(|inner| {
            total += text_bytes(inner)?;
            Ok::<(), JsonError>(())
        })?,
        Kind::Object => cursor.object(|inner, key| {
            total += match (&*key.bytes(), inner.kind()?) {
                (
                    b"content" | b"reasoning_content" | b"reasoning" | b"text" | b"arguments"
                    | b"refusal",
                    Kind::String,
                ) => inner.string()?.raw().len() as u64,
                (_, Kind::Object | Kind::Array) => text_bytes(inner)?,
                _ => {
                    inner.skip()?;
                    0
                }
            };
            Ok::<(), JsonError>(())
        })?,
        Kind::String | Kind::Number | Kind::Bool | Kind::Null => cursor.skip()?,
    }
    Ok(total)
}
