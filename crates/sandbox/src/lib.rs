//! A model provider for demos, tests and benchmarks: a real HTTP server which speaks the OpenAI
//! protocol, and Gemini's, responds deterministically, and is slow or faulty when the request asks for it.
//!
//! It knows nothing of the gateway. The table of directives is in the crate's README.

mod audio;
mod body;
mod chat;
mod completions;
mod compose;
mod diagnose;
mod directives;
mod embeddings;
mod errors;
mod form;
mod frames;
mod gemini;
mod hash;
mod images;
mod ledger;
mod models;
mod moderations;
pub mod payments;
mod perform;
mod png;
mod prompt;
mod reply;
mod request;
mod rerank;
mod router;
mod schema;
mod server;
mod socket;
mod stream;
mod text;
mod tokens;
mod tools;
mod usage;
mod words;

pub use server::Sandbox;
