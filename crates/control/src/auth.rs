//! Authentication: who is calling. Each extractor is a proof: a handler that has it as an argument cannot run without it.

mod account_caller;
mod base_url;
mod cookies;
mod identity;
mod operator;
mod scope;
mod signed_in;
mod visitor;

pub use account_caller::{AccountCaller, Admin, LeastRole, Member, Owner, Viewer};
pub use base_url::BaseUrl;
pub use cookies::{Cookie, SESSION_COOKIE};
pub use identity::CallerIdentity;
pub use operator::Operator;
pub use scope::ACCOUNT_AREAS;
pub use signed_in::SignedIn;
pub use visitor::Visitor;
