//! The support of the suite: a server in this process, callers, a scripted upstream, a look into the database.

pub(crate) mod builders;
pub(crate) mod client;
pub(crate) mod logs;
pub(crate) mod plane;
pub(crate) mod raw_client;
pub(crate) mod snapshot;
pub(crate) mod test_app;
pub(crate) mod upstream_stub;
pub(crate) mod waiting;

pub(crate) use client::{Caller, OpenResponse, TestResponse, chat};
pub(crate) use raw_client::RawClient;
pub(crate) use test_app::{NOW_MS, TestApp};
pub(crate) use upstream_stub::{Gate, Script, Stub};
pub(crate) use waiting::{soon, until};
