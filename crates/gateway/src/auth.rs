//! Who is calling. Each extractor is a proof: a handler that has it as an argument cannot run without it.

mod account_caller;
mod address;
mod api_key;
mod base_url;
mod context;
mod cookies;
mod credential;
mod identity;
mod operator;
mod scope;
mod signed_in;
mod visitor;

pub use account_caller::{AccountCaller, Admin, LeastRole, Member, Owner, Viewer};
pub use address::body_share;
pub use api_key::{ApiKeyCaller, ModelCaller, told_at_end};
pub use base_url::BaseUrl;
pub use context::{RequestContext, Standing};
pub use cookies::{Cookie, SESSION_COOKIE};
pub use identity::Identity;
pub use operator::Operator;
pub use scope::ACCOUNT_AREAS;
pub use signed_in::SignedIn;
pub use visitor::Visitor;
