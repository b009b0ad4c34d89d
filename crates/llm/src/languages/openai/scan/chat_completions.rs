//! `POST /v1/chat/completions`.

use crate::TranslateError;
use crate::json::{Cursor, Kind, Text};

use crate::languages::summary_reader::SummaryReader;

/// Tokens that a message costs besides its text.
const TOKENS_PER_MESSAGE: u64 = 4;

/// Tokens assumed for a content part that is not text (a picture, a file); its bytes say nothing of them.
const TOKENS_PER_MEDIA_PART: u64 = 1_000;

pub(super) fn read(body: &[u8]) -> Result<SummaryReader, TranslateError> {
    let mut has_messages = false;
    let reader = SummaryReader::read(body, |reader, cursor, key| match key {
        b"messages" if has_messages => Err(TranslateError::Duplicate { param: "messages" }),
        b"messages" => {
            has_messages = true;
            messages(reader, cursor)
        }
        b"tools" | b"functions" => {
            let list = SummaryReader::skipped(cursor, body)?;
            reader.text_bytes += list.len() as u64;
            reader.note_tools(list);
            Ok(())
        }
        b"response_format" => {
            let form = SummaryReader::skipped(cursor, body)?;
            reader.text_bytes += form.len() as u64;
            reader.note_form(form);
            Ok(())
        }
        _ => Ok(cursor.skip()?),
    })?;
    if !has_messages {
        return Err(invalid(
            "messages".to_owned(),
            "the parameter is missing; send at least one message",
        ));
    }
    Ok(reader)
}

fn messages(reader: &mut SummaryReader, cursor: &mut Cursor<'_>) -> Result<(), TranslateError> {
    if cursor.kind()? != Kind::Array {
        return Err(invalid(
            "messages".to_owned(),
            "expected an array of messages",
        ));
    }
    let mut count = 0u64;
    cursor.array(|inner| {
        message(reader, inner, count)?;
        count += 1;
        Ok::<(), TranslateError>(())
    })?;
    if count == 0 {
        return Err(invalid(
            "messages".to_owned(),
            "the array is empty; send at least one message",
        ));
    }
    reader.extra_tokens += count * TOKENS_PER_MESSAGE;
    Ok(())
}

fn message(
    reader: &mut SummaryReader,
    cursor: &mut Cursor<'_>,
    index: u64,
) -> Result<(), TranslateError> {
    if cursor.kind()? != Kind::Object {
        return Err(invalid(
            format!("messages[{index}]"),
            "every message is an object with a role",
        ));
    }
    let mut has_role = false;
    cursor.object(|inner, key| match &*key.bytes() {
        b"role" => {
            if inner.kind()? != Kind::String {
                return Err(invalid(
                    format!("messages[{index}].role"),
                    "the role is a string",
                ));
            }
            has_role = true;
            Ok(inner.skip()?)
        }
        b"content" => content(reader, inner, index),
        _ => Ok(count_text(reader, inner)?),
    })?;
    if has_role {
        Ok(())
    } else {
        Err(invalid(
            format!("messages[{index}].role"),
            "every message needs a role",
        ))
    }
}

fn content(
    reader: &mut SummaryReader,
    cursor: &mut Cursor<'_>,
    index: u64,
) -> Result<(), TranslateError> {
    match cursor.kind()? {
        Kind::String => {
            let text = cursor.string()?;
            reader.text_bytes += text_bytes(&text);
            Ok(())
        }
        Kind::Null => Ok(cursor.skip()?),
        Kind::Array => cursor.array(|inner| part(reader, inner, index)),
        Kind::Object | Kind::Number | Kind::Bool => Err(invalid(
            format!("messages[{index}].content"),
            "the content is a string or an array of parts",
        )),
    }
}

fn part(
    reader: &mut SummaryReader,
    cursor: &mut Cursor<'_>,
    index: u64,
) -> Result<(), TranslateError> {
    if cursor.kind()? != Kind::Object {
        return Err(invalid(
            format!("messages[{index}].content"),
            "every content part is an object with a type",
        ));
    }
    let mut has_text = false;
    cursor.object(|inner, key| {
        if *key.bytes() == *b"text" && inner.kind()? == Kind::String {
            has_text = true;
            reader.text_bytes += text_bytes(&inner.string()?);
            return Ok(());
        }
        if *key.bytes() == *b"image_url" {
            reader.note_picture();
        }
        Ok::<(), TranslateError>(inner.skip()?)
    })?;
    if !has_text {
        reader.extra_tokens += TOKENS_PER_MEDIA_PART;
    }
    Ok(())
}

/// Counts a value such as `tool_calls` by the length of its JSON.
fn count_text(reader: &mut SummaryReader, cursor: &mut Cursor<'_>) -> Result<(), TranslateError> {
    let start = cursor.at();
    cursor.skip()?;
    reader.text_bytes += (cursor.at() - start) as u64;
    Ok(())
}

fn text_bytes(text: &Text<'_>) -> u64 {
    text.raw().len() as u64
}

fn invalid(param: String, problem: &'static str) -> TranslateError {
    TranslateError::Messages { param, problem }
}
