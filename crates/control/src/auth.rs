//! Authentication: who is calling. Each extractor is a proof: a handler that has it as an argument cannot run without it.

mod account_caller;
mod base_url;
mod cookies;
mod identity;
mod operator;
mod scope;
mod signed_in;
mod visitor;

pub(crate) use account_caller::{AccountCaller, Admin, Member, Owner, Viewer};
pub(crate) use base_url::BaseUrl;
pub use cookies::Cookie;
pub(crate) use cookies::SESSION_COOKIE;
pub(crate) use identity::CallerIdentity;
pub(crate) use operator::Operator;
pub(crate) use scope::ACCOUNT_AREAS;
pub(crate) use signed_in::SignedIn;
pub(crate) use visitor::Visitor;
