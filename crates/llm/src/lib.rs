//! Wire formats and providers, as pure functions.
//!
//! Bytes and JSON go in, bytes and facts come out. Nothing here opens a socket, reads a clock or an
//! environment variable, draws a random number or awaits. Between two of the same language what a body says is
//! *read*, never rebuilt (`passthrough`): a request that needs a change gets an edit at a byte range, so parameters
//! that we have never heard of reach the provider as the client wrote them. Between two languages it goes through the
//! inner form (`chat`), and `exchange` is what the gateway sees of both ways.

pub mod chat;
pub mod cost;
pub mod error;
pub mod exchange;
pub mod form;
pub mod framing;
pub mod json;
pub mod language;
pub mod languages;
pub mod media;
pub mod meter;
mod model_type;
pub mod operation;
pub mod passthrough;
mod prompt_prefix;
pub mod provider;
pub mod providers;
mod refusal;
pub mod retry_after;
pub mod route_ask;
pub mod sse;
pub mod summary;
mod translation;
pub mod usage;

pub use error::{TranslateError, UpstreamError};
pub use language::Language;
pub use meter::{Meter, Usage};
pub use model_type::ModelType;
pub use operation::{OPERATIONS, Operation, Operations};
pub use prompt_prefix::prompt_prefix;
pub use provider::Provider;
pub use refusal::Refusal;
pub use summary::{Needs, RequestSummary};
pub use usage::UsageReport;
