//! The wire languages, a folder each; providers that speak the same one share the folder.

mod openai;

pub use openai::OPENAI;
