//! Which key is calling. Each extractor is a proof: a handler that has it as an argument cannot run without it.

mod address;
mod api_key;
mod context;
pub mod credential;
mod refused;

pub use address::{body_share, client_address};
pub use api_key::{ApiKeyCaller, BatchLine, ModelCaller, told_at_end};
pub use context::{RateLimitStatus, RequestContext, RouteReport};
