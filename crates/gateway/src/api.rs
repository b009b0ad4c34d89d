//! Handlers. Thin: extract, call, respond.

pub mod fallback;
pub mod health;
pub mod metrics;
pub mod openai;
