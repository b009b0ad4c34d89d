//! Reading what admission needs of a request.

mod chat_completions;
mod completions;
mod embeddings;

use crate::error::TranslateError;
use crate::languages::summary_reader::SummaryReader;
use crate::operation::{Input, Operation};
use crate::summary::RequestSummary;

pub(super) fn scan(operation: &Operation, body: &[u8]) -> Result<RequestSummary, TranslateError> {
    let reader = match operation.input {
        Input::Messages => chat_completions::read(body),
        Input::Prompt => completions::read(body),
        Input::Texts => embeddings::read(body),
        Input::Unread => SummaryReader::read(body, |_, cursor, _| Ok(cursor.skip()?)),
    };
    Ok(reader?.finish(operation))
}
