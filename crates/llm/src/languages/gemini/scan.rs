//! Reading what admission needs of the body of `generateContent`, and of `countTokens`, which may hold such a body.

use crate::error::TranslateError;
use crate::json::{Cursor, Kind};
use crate::languages::summary_reader::SummaryReader;
use crate::operation::Operation;
use crate::summary::RequestSummary;

pub(super) fn scan(operation: &Operation, body: &[u8]) -> Result<RequestSummary, TranslateError> {
    let mut has_contents = false;
    let mut has_messages = false;
    let reader = SummaryReader::read_without_model(body, |reader, cursor, key| {
        has_messages |= matches!(key, b"messages" | b"input");
        member(reader, cursor, key, &mut has_contents)
    })?;
    if !has_contents {
        return Err(if has_messages {
            TranslateError::Invalid {
                param: "contents".to_owned(),
                problem: "this path takes 'contents'; a body with 'messages' belongs to POST /v1/chat/completions or /v1/messages, one with 'input' to POST /v1/responses",
            }
        } else {
            TranslateError::Missing { param: "contents" }
        });
    }
    let mut summary = reader.finish(operation);
    summary.includes_usage = true;
    Ok(summary)
}

fn member(
    reader: &mut SummaryReader,
    cursor: &mut Cursor<'_>,
    key: &[u8],
    has_contents: &mut bool,
) -> Result<(), TranslateError> {
    match key {
        b"contents" => {
            if !matches!(cursor.kind()?, Kind::Array | Kind::Object | Kind::String) {
                return Err(TranslateError::WrongType {
                    param: "contents",
                    expected: "an array of contents",
                });
            }
            *has_contents = true;
            reader.count_prompt(cursor)
        }
        b"systemInstruction" | b"system_instruction" | b"tools" => reader.count_prompt(cursor),
        b"generationConfig" | b"generation_config" if cursor.kind()? == Kind::Object => cursor
            .object(|inner, key| match &*key.bytes() {
                b"maxOutputTokens" | b"max_output_tokens" => {
                    reader.limit_output(inner, "generationConfig.maxOutputTokens")
                }
                b"candidateCount" | b"candidate_count" => {
                    reader.count_choices(inner, "generationConfig.candidateCount")
                }
                _ => Ok(inner.skip()?),
            }),
        b"generateContentRequest" | b"generate_content_request"
            if cursor.kind()? == Kind::Object =>
        {
            cursor.object(|inner, key| member(reader, inner, &key.bytes(), has_contents))
        }
        _ => Ok(cursor.skip()?),
    }
}
