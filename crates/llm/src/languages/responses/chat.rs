//! Responses to and from the inner form.

pub(super) mod decoder;
pub(super) mod encoder;
mod items;
mod object;
pub(super) mod read_request;
pub(super) mod write_request;
pub(super) mod write_response;
