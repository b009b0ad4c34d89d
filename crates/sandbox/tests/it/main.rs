//! The sandbox over real loopback sockets, as a gateway would use it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail like tests"
)]

mod cancellation;
mod chat;
mod chat_stream;
mod completions;
mod directives;
mod embeddings;
mod faults;
mod gemini;
mod inspection;
mod models;
mod pacing;
mod schema;
mod support;
mod tools;
mod validation;
