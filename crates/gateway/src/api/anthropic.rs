//! The data plane, in Anthropic's shapes.

pub mod messages;
pub mod models;
