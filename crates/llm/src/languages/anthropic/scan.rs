//! Reading what admission needs of `POST /v1/messages`.

use crate::error::TranslateError;
use crate::json::Kind;
use crate::languages::summary_reader::SummaryReader;
use crate::operation::Operation;
use crate::summary::RequestSummary;

pub(super) fn scan(operation: &Operation, body: &[u8]) -> Result<RequestSummary, TranslateError> {
    let mut has_messages = false;
    let mut has_input = false;
    let reader = SummaryReader::read(body, |reader, cursor, key| match key {
        b"messages" => {
            if cursor.kind()? != Kind::Array {
                return Err(TranslateError::WrongType {
                    param: "messages",
                    expected: "an array of messages",
                });
            }
            has_messages = true;
            reader.count_prompt(cursor)
        }
        b"system" => reader.count_prompt(cursor),
        b"tools" => {
            let start = cursor.at();
            reader.count_prompt(cursor)?;
            reader.note_tools(body.get(start..cursor.at()).unwrap_or_default());
            Ok(())
        }
        b"output_format" | b"output_config" => {
            reader.note_form(SummaryReader::skipped(cursor, body)?);
            Ok(())
        }
        b"input" => {
            has_input = true;
            Ok(cursor.skip()?)
        }
        _ => Ok(cursor.skip()?),
    })?;
    if !has_messages {
        return Err(if has_input {
            TranslateError::Invalid {
                param: "input".to_owned(),
                problem: "this path takes 'messages'; a body with 'input' belongs to POST /v1/responses",
            }
        } else {
            TranslateError::Missing { param: "messages" }
        });
    }
    let mut summary = reader.finish(operation);
    summary.includes_usage = true;
    Ok(summary)
}
