//! Who is calling. Each extractor is a proof: a handler that has it as an argument cannot run without it.

mod address;
mod api_key;
mod context;

pub use api_key::ApiKeyCaller;
pub use context::{RequestContext, Standing};
