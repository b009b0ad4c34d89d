//! `POST /v1/embeddings`.

use crate::TranslateError;
use crate::json::{Cursor, Kind};

use super::completions::text_or_tokens;
use crate::languages::summary_reader::{SummaryReader, positive};

pub(super) fn read(body: &[u8]) -> Result<SummaryReader, TranslateError> {
    let mut has_input = false;
    let reader = SummaryReader::read(body, |reader, cursor, key| match key {
        b"input" => {
            has_input = true;
            text_or_tokens(reader, cursor, "input")
        }
        b"dimensions" => positive(cursor, "dimensions").map(drop),
        b"encoding_format" => encoding_format(cursor),
        _ => Ok(cursor.skip()?),
    })?;
    if !has_input {
        return Err(TranslateError::Missing { param: "input" });
    }
    if reader.text_bytes == 0 && reader.extra_tokens == 0 {
        return Err(TranslateError::OutOfRange {
            param: "input",
            expected: "at least one token",
        });
    }
    Ok(reader)
}

fn encoding_format(cursor: &mut Cursor<'_>) -> Result<(), TranslateError> {
    let param = "encoding_format";
    match cursor.kind()? {
        Kind::Null => Ok(cursor.skip()?),
        Kind::String => match cursor.string()?.raw() {
            b"float" | b"base64" => Ok(()),
            _ => Err(TranslateError::OutOfRange {
                param,
                expected: "'float' or 'base64'",
            }),
        },
        Kind::Object | Kind::Array | Kind::Number | Kind::Bool => Err(TranslateError::WrongType {
            param,
            expected: "a string",
        }),
    }
}
