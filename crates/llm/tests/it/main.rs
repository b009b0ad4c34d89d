//! Golden tests: one input, one snapshot per thing read of it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod conversion;
mod decoder_fuzz;
mod gemini;
mod hostile_streams;
mod inner_form;
mod limit_headers;
mod openai;
mod recorded_conversations;
mod recordings;
mod request_summary;
mod upstream_languages;
