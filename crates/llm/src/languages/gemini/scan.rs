//! Reading what admission needs of the body of `generateContent`, and of `countTokens`, which may hold such a body.

use memchr::memmem;

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
        member(reader, cursor, (key, body), &mut has_contents)
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
    (key, body): (&[u8], &[u8]),
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
        b"systemInstruction" | b"system_instruction" => reader.count_prompt(cursor),
        b"tools" => {
            let start = cursor.at();
            reader.count_prompt(cursor)?;
            let tools = body.get(start..cursor.at()).unwrap_or_default();
            if declares_functions(tools) {
                reader.note_tools(tools);
            }
            Ok(())
        }
        b"generationConfig" | b"generation_config" if cursor.kind()? == Kind::Object => cursor
            .object(|inner, key| match &*key.bytes() {
                b"maxOutputTokens" | b"max_output_tokens" => {
                    reader.limit_output(inner, "generationConfig.maxOutputTokens")
                }
                b"candidateCount" | b"candidate_count" => {
                    reader.count_choices(inner, "generationConfig.candidateCount")
                }
                b"responseSchema"
                | b"response_schema"
                | b"responseJsonSchema"
                | b"response_json_schema" => {
                    reader.note_schema();
                    Ok(inner.skip()?)
                }
                _ => Ok(inner.skip()?),
            }),
        b"generateContentRequest" | b"generate_content_request"
            if cursor.kind()? == Kind::Object =>
        {
            cursor.object(|inner, key| member(reader, inner, (&key.bytes(), body), has_contents))
        }
        _ => Ok(cursor.skip()?),
    }
}

/// True of a list with functions of the client: tools that run at Google need no ability of the model's.
fn declares_functions(tools: &[u8]) -> bool {
    let names: [&[u8]; 2] = [b"functionDeclarations", b"function_declarations"];
    names.iter().any(|name| memmem::find(tools, name).is_some())
}

#[cfg(test)]
mod tests {
    use super::scan;
    use crate::operation::CHAT;

    #[test]
    fn the_needs_of_a_body_are_its_functions_pictures_and_schema() {
        let needs = |rest: &str| {
            let body = format!(r#"{{"contents":[{{"parts":[{{"text":"a"}}]}}]{rest}}}"#);
            let needs = scan(&CHAT, body.as_bytes()).unwrap().needs;
            (needs.tools, needs.vision, needs.json_schema)
        };
        assert_eq!(needs(""), (false, false, false));
        let functions = r#","tools":[{"functionDeclarations":[{"name":"f"}]}]"#;
        assert_eq!(needs(functions), (true, false, false));
        let of_google = r#","tools":[{"googleSearch":{}}]"#;
        assert_eq!(needs(of_google), (false, false, false));
        let schema = r#","generationConfig":{"responseSchema":{"type":"OBJECT"}}"#;
        assert_eq!(needs(schema), (false, false, true));
        let picture =
            r#","systemInstruction":{"parts":[{"inlineData":{"mimeType":"image/png","data":""}}]}"#;
        assert_eq!(needs(picture), (false, true, false));
    }
}
