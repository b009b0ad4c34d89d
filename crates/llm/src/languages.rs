//! The wire languages, a folder each; providers that speak the same one share the folder.

mod openai;

pub use openai::OPENAI;

use crate::language::ClientFace;

/// The client's face of the house's language, in which errors are told where no other is known.
pub static HOUSE: &dyn ClientFace = openai::CLIENT;
