//! `POST /v1/completions`, the older text interface.

use crate::TranslateError;
use crate::json::{Cursor, Kind};

use crate::languages::summary_reader::SummaryReader;

/// With `echo` and `logprobs` a prompt is scored, and nothing is generated.
const OUTPUT_MIN: u64 = 0;

pub(super) fn read(body: &[u8]) -> Result<SummaryReader, TranslateError> {
    let mut has_prompt = false;
    let reader =
        SummaryReader::read_with_output_of(OUTPUT_MIN, body, |reader, cursor, key| match key {
            b"prompt" => {
                has_prompt = true;
                prompts(reader, cursor)
            }
            b"best_of" => reader.count_choices(cursor, "best_of"),
            _ => Ok(cursor.skip()?),
        })?;
    if has_prompt {
        Ok(reader)
    } else {
        Err(TranslateError::Missing { param: "prompt" })
    }
}

/// Reads one prompt or several: texts, or arrays of token ids.
fn prompts(reader: &mut SummaryReader, cursor: &mut Cursor<'_>) -> Result<(), TranslateError> {
    if cursor.kind()? != Kind::Array {
        return text_or_tokens(reader, cursor, "prompt");
    }
    cursor.array(|inner| {
        if matches!(inner.kind()?, Kind::String | Kind::Array) {
            reader.prompts += 1;
        }
        text_or_tokens(reader, inner, "prompt")
    })
}

/// Reads a string, an array of strings, an array of token ids, or an array of such arrays.
pub(super) fn text_or_tokens(
    reader: &mut SummaryReader,
    cursor: &mut Cursor<'_>,
    param: &'static str,
) -> Result<(), TranslateError> {
    match cursor.kind()? {
        Kind::String => reader.text_bytes += cursor.string()?.raw().len() as u64,
        Kind::Number => {
            cursor.skip()?;
            reader.extra_tokens += 1;
        }
        Kind::Array => cursor.array(|inner| text_or_tokens(reader, inner, param))?,
        Kind::Object | Kind::Bool | Kind::Null => {
            let expected = "a string, an array of strings, or an array of token ids";
            return Err(TranslateError::WrongType { param, expected });
        }
    }
    Ok(())
}
