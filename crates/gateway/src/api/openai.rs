//! The data plane, in OpenAI's shapes.

pub mod batches;
pub mod client_tokens;
pub mod files;
pub mod generation;
pub mod key;
mod limits_json;
pub mod models;
pub mod operations;
pub mod responses;
pub mod usage;
