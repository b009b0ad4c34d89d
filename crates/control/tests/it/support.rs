//! The support of the suite: a server in this process, callers, a scripted upstream, a look into the database.
//! The parts that do not know the control plane are those of the data plane's suite.

#[path = "../../../gateway/tests/it/support/builders.rs"]
pub(crate) mod builders;
#[path = "support/cash_desk.rs"]
pub(crate) mod cash_desk;
#[path = "../../../gateway/tests/it/support/client.rs"]
pub(crate) mod client;
#[path = "../../../gateway/tests/it/support/logs.rs"]
pub(crate) mod logs;
#[path = "support/personas.rs"]
pub(crate) mod personas;
#[path = "support/plane.rs"]
pub(crate) mod plane;
#[path = "support/provider_stub.rs"]
pub(crate) mod provider_stub;
#[path = "../../../gateway/tests/it/support/raw_client.rs"]
pub(crate) mod raw_client;
#[path = "support/smtp_stub.rs"]
pub(crate) mod smtp_stub;
#[path = "../../../gateway/tests/it/support/snapshot.rs"]
pub(crate) mod snapshot;
#[path = "../../../gateway/tests/it/support/test_app.rs"]
pub(crate) mod test_app;
#[path = "../../../gateway/tests/it/support/upstream_stub.rs"]
pub(crate) mod upstream_stub;
#[path = "../../../gateway/tests/it/support/waiting.rs"]
pub(crate) mod waiting;
#[path = "support/webhook_stub.rs"]
pub(crate) mod webhook_stub;

pub(crate) use client::{Caller, OpenResponse, TestResponse, chat};
pub(crate) use raw_client::RawClient;
pub(crate) use test_app::{NOW_MS, TestApp};
pub(crate) use upstream_stub::{Gate, Script, Stub};
pub(crate) use waiting::{soon, until};
