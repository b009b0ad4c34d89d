//! Reading what admission needs of a request.

mod chat_completions;
mod completions;
mod embeddings;
mod moderations;
mod pictures;
mod rerank;
mod sound;

use crate::error::TranslateError;
use crate::json::{Cursor, Kind};
use crate::languages::summary_reader::SummaryReader;
use crate::operation::{Input, Operation};
use crate::summary::RequestSummary;

pub(super) fn scan(operation: &Operation, body: &[u8]) -> Result<RequestSummary, TranslateError> {
    let reader = match operation.input {
        Input::Messages => chat_completions::read(body),
        Input::Prompt => completions::read(body),
        Input::Texts => embeddings::read(body),
        Input::Judged => moderations::read(body),
        Input::Documents => rerank::read(body),
        Input::Drawn => pictures::read(body),
        Input::Redrawn { needs_prompt } => pictures::read_form(body, needs_prompt),
        Input::Spoken => sound::read_spoken(body),
        Input::Heard => sound::read_heard(body),
        Input::Unread => SummaryReader::read(body, |_, cursor, _| Ok(cursor.skip()?)),
    };
    Ok(reader?.finish(operation))
}

/// Tokens assumed for a picture, whose bytes say nothing of them.
const TOKENS_PER_PICTURE: u64 = 1_000;

/// Reads a text, or an object with a text or a picture in it.
fn part(
    reader: &mut SummaryReader,
    cursor: &mut Cursor<'_>,
    param: &'static str,
) -> Result<(), TranslateError> {
    match cursor.kind()? {
        Kind::String => reader.count_prompt(cursor),
        Kind::Object => cursor.object(|inner, key| match &*key.bytes() {
            b"image" | b"image_url" => {
                reader.extra_tokens += TOKENS_PER_PICTURE;
                Ok(inner.skip()?)
            }
            b"type" | b"role" => Ok(inner.skip()?),
            _ => reader.count_prompt(inner),
        }),
        Kind::Array | Kind::Number | Kind::Bool | Kind::Null => Err(TranslateError::WrongType {
            param,
            expected: "strings, or objects with a text or an image",
        }),
    }
}
