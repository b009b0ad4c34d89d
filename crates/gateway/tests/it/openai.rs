//! The data plane, in OpenAI's shapes.

mod audio;
mod chat_completions;
mod chat_completions_stream;
mod conversions;
mod embeddings;
mod errors;
mod images;
mod models;
mod moderations;
mod patience;
mod provider_kinds;
mod ranking;
mod stream_usage;
mod upstream_dialects;
