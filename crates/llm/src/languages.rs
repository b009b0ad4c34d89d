//! The wire languages, a folder each; providers that speak the same one share the folder.

mod anthropic;
mod bedrock;
mod cohere;
mod gemini;
mod ollama;
mod openai;
mod responses;
mod summary_reader;

use crate::language::ClientFace;

pub use anthropic::ANTHROPIC;
pub use bedrock::BEDROCK;
pub use cohere::COHERE;
pub use gemini::{
    GEMINI, GeminiMethod, embeddings_as_gemini, embeddings_as_openai, is_gemini_path,
};
pub use ollama::OLLAMA;
pub use openai::OPENAI;
pub use responses::{RESPONSES, kept};

/// The client's face of the house's language, in which errors are told where no other is known.
pub static HOUSE: &dyn ClientFace = openai::CLIENT;
