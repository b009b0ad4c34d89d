//! Conversations in the inner form: what a request, a response and an event say, whatever language they came in.
//!
//! Every wire language is read into this form and written from it, so that a client of one language reaches a provider
//! of another by way of two halves (`docs/decisions/0032`). Between two of the same language bytes pass instead
//! (`passthrough`). A member that no language shares is kept beside, with the language that it came in.

mod breakpoints;
pub(crate) mod call_ids;
mod event;
mod inlining;
mod loss;
mod part;
mod request;
mod response;
mod sequence;
mod settings;
mod tool;
mod tool_call;

pub use breakpoints::{Breakpoints, TURNS_MARKED};
pub use event::{Delta, Event, Fold, events};
pub use inlining::{FetchedMedia, WantedMedia, body_with_media};
pub use loss::{Losses, Written};
pub use part::{
    CacheMark, Citation, Content, Media, MediaSource, Part, Signature, ToolResult, proofs_in_place,
};
pub use request::{Request, Role, Turn};
pub use response::{Finish, FinishReason, Made, Response};
pub use sequence::{PartKey, Sequence};
pub use settings::{OutputFormat, Quirks, Reasoning, Sampling, ThoughtsBack, WriteOptions};
pub use tool::{Tool, ToolChoice, ToolKind};
pub use tool_call::ToolCall;
