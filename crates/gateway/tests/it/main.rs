//! The data plane, in this process and without the control plane: real sockets, a scripted upstream, a clock moved by hand.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails, and the tasks of a test end with it"
)]

#[expect(dead_code, reason = "the control plane's suite uses the rest")]
mod support;

mod adaptation;
mod auth;
mod batches;
mod breaker;
mod budgets;
mod cache_breakpoints;
mod content_codings;
mod cost;
mod credits;
mod credits_chaos;
mod empty;
mod files;
mod gemini;
mod generation;
mod heads;
mod journal;
mod kept_responses;
mod languages;
mod limits;
mod media;
mod openai;
mod priority;
mod revocation_model;
mod routing;
mod server_limits;
mod settlement;
mod shutdown;
mod upstream_languages;
mod virtual_models;
mod wishes;
