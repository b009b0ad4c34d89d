//! Responses that are kept: how a request goes on from earlier ones, and what a kept response says of itself. The items
//! of a chain stand before the request's own, so that every provider can be asked, whatever its language.

mod asked;
mod collected;
mod items;
mod listed;
mod members;

use bytes::Bytes;

pub use asked::Asked;
pub use collected::{Collected, EventPart, Mark, read_event};
pub use listed::list_items;
pub use members::with_members;

/// One request and its response, as they are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The list of items that the client sent, without those of earlier turns.
    pub input: Bytes,
    /// The response as the client got it.
    pub response: Bytes,
}
