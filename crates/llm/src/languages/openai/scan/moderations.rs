//! `POST /v1/moderations`: a text, several, or texts and pictures.

use super::part;
use crate::TranslateError;
use crate::json::Kind;

use crate::languages::summary_reader::SummaryReader;

/// The model that is meant where none is named, as at OpenAI.
const MODEL: &str = "omni-moderation-latest";

pub(super) fn read(body: &[u8]) -> Result<SummaryReader, TranslateError> {
    let param = "input";
    let mut has_input = false;
    let reader = SummaryReader::read_or_model(MODEL, body, |reader, cursor, key| {
        if key != b"input" {
            return Ok(cursor.skip()?);
        }
        has_input = true;
        if cursor.kind()? == Kind::Array {
            cursor.array(|item| part(reader, item, param))
        } else {
            part(reader, cursor, param)
        }
    })?;
    if has_input {
        Ok(reader)
    } else {
        Err(TranslateError::Missing { param })
    }
}
