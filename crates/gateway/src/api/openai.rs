//! The data plane, in OpenAI's shapes.

pub mod chat_completions;
pub mod client_tokens;
pub mod completions;
pub mod embeddings;
pub mod key;
mod limits_json;
pub mod models;
pub mod usage;
