//! Operations beside conversations: bytes pass but for the name of the model, and what is counted is read.

mod encode;
mod event;
mod response;

use bytes::Bytes;

use crate::error::UpstreamError;
use crate::language::{Encode, PassthroughFace, ResponseSpans, StreamEvent};
use crate::operation::{Input, Operation};
use crate::refusal;

/// The places where bytes are edited and counted.
#[derive(Debug)]
struct BesideChat {
    /// The list of a response is one of pictures, which are counted.
    lists_images: bool,
}

static IMAGES: BesideChat = BesideChat { lists_images: true };
static OTHERS: BesideChat = BesideChat {
    lists_images: false,
};

/// The face of an operation; `None` for those that pass as conversations do.
pub(super) fn face_of(operation: &Operation) -> Option<&'static dyn PassthroughFace> {
    match operation.input {
        Input::Drawn | Input::Redrawn { .. } => Some(&IMAGES),
        Input::Judged | Input::Documents | Input::Spoken | Input::Heard => Some(&OTHERS),
        Input::Messages | Input::Prompt | Input::Texts | Input::Unread => None,
    }
}

impl PassthroughFace for BesideChat {
    fn encode(&self, request: &Encode<'_>) -> Bytes {
        encode::encode(request)
    }

    fn read_response(&self, body: &[u8]) -> Result<ResponseSpans, UpstreamError> {
        response::read(body, self.lists_images)
    }

    fn fold_stream(&self, _body: &Bytes, _model: &str) -> Option<Result<Bytes, UpstreamError>> {
        None
    }

    fn unfold_response(&self, body: &[u8]) -> Result<Bytes, UpstreamError> {
        response::read(body, self.lists_images)?;
        event::of_transcript(body).ok_or(UpstreamError::Protocol {
            detail: "a stream was asked for, and a whole response came",
        })
    }

    fn read_event(&self, data: &[u8]) -> Result<StreamEvent, UpstreamError> {
        event::read(data, self.lists_images)
    }

    fn read_error_event(&self, data: &[u8]) -> UpstreamError {
        refusal::classify_unmarked(data)
    }

    fn keeps_event_names(&self) -> bool {
        true
    }
}
