//! The wire languages. A folder each; providers that speak the same one share it.

pub mod openai;
