//! Handlers of the data plane, and what all handlers take bodies apart with. Thin: extract, call, respond.

pub mod anthropic;
pub mod body;
pub mod fallback;
pub mod gemini;
pub mod health;
pub mod json_body;
pub mod metrics;
mod model_rights;
pub mod openai;
pub mod usage_reads;

/// The description of the data plane, written by hand, because its contract is OpenAI's.
pub const OPENAPI: &str = include_str!("../openapi.data-plane.json");
