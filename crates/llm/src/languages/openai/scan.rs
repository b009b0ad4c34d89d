//! Reading what admission needs of a request.

pub(crate) mod chat_completions;
pub(crate) mod completions;
pub(crate) mod embeddings;
mod reader;
