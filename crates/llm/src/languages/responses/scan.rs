//! Reading what admission needs of `POST /v1/responses`.

use crate::error::TranslateError;
use crate::json::{Cursor, Kind};
use crate::languages::summary_reader::{SummaryReader, positive};
use crate::operation::Operation;
use crate::summary::RequestSummary;

/// Members that ask for something that is kept between requests. Where responses are kept, nothing is left of the one that
/// names an earlier response when a request is read ([`super::kept`]).
const KEPT: [&[u8]; 3] = [b"previous_response_id", b"conversation", b"prompt"];

pub(super) fn scan(operation: &Operation, body: &[u8]) -> Result<RequestSummary, TranslateError> {
    let mut has_input = false;
    let mut has_messages = false;
    let mut output_max = None;
    let reader = SummaryReader::read(body, |reader, cursor, key| match key {
        b"input" => {
            has_input = true;
            if !matches!(cursor.kind()?, Kind::String | Kind::Array) {
                return Err(TranslateError::WrongType {
                    param: "input",
                    expected: "a string or an array of items",
                });
            }
            reader.count_prompt(cursor)
        }
        b"instructions" => reader.count_prompt(cursor),
        b"tools" => {
            let start = cursor.at();
            reader.count_prompt(cursor)?;
            reader.note_tools(body.get(start..cursor.at()).unwrap_or_default());
            Ok(())
        }
        b"text" => {
            reader.note_form(SummaryReader::skipped(cursor, body)?);
            Ok(())
        }
        b"max_output_tokens" => {
            output_max = positive(cursor, "max_output_tokens")?;
            Ok(())
        }
        b"messages" => {
            has_messages = true;
            Ok(cursor.skip()?)
        }
        b"store" | b"background" => refuse_if_true(cursor, key),
        key if KEPT.contains(&key) => refuse_if_given(cursor, key),
        _ => Ok(cursor.skip()?),
    })?;
    if !has_input {
        return Err(if has_messages {
            TranslateError::Invalid {
                param: "messages".to_owned(),
                problem: "this path takes 'input'; a body with 'messages' belongs to POST /v1/chat/completions or POST /v1/messages",
            }
        } else {
            TranslateError::Missing { param: "input" }
        });
    }
    let mut summary = reader.finish(operation);
    summary.includes_usage = true;
    summary.output_tokens_max = output_max.or(summary.output_tokens_max);
    Ok(summary)
}

fn refuse_if_true(cursor: &mut Cursor<'_>, key: &[u8]) -> Result<(), TranslateError> {
    if cursor.kind()? == Kind::Bool {
        return if cursor.bool()? {
            Err(not_kept(key))
        } else {
            Ok(())
        };
    }
    Ok(cursor.skip()?)
}

fn refuse_if_given(cursor: &mut Cursor<'_>, key: &[u8]) -> Result<(), TranslateError> {
    let is_given = cursor.kind()? != Kind::Null;
    cursor.skip()?;
    if is_given {
        return Err(not_kept(key));
    }
    Ok(())
}

fn not_kept(key: &[u8]) -> TranslateError {
    TranslateError::NotKept {
        param: String::from_utf8_lossy(key).into_owned(),
    }
}
