//! The data plane, in Gemini's shapes.

mod array;
pub mod content;
mod embeddings;
pub mod models;
