//! The support of the suite: parts of the suites of both planes.

#[path = "../../../gateway/tests/it/support/builders.rs"]
pub(crate) mod builders;
#[path = "../../../gateway/tests/it/support/client.rs"]
pub(crate) mod client;
#[path = "../../../gateway/tests/it/support/logs.rs"]
pub(crate) mod logs;
#[path = "../../../control/tests/it/support/personas.rs"]
pub(crate) mod personas;
#[path = "../../../control/tests/it/support/plane.rs"]
pub(crate) mod plane;
#[path = "../../../gateway/tests/it/support/test_app.rs"]
pub(crate) mod test_app;
#[path = "../../../gateway/tests/it/support/upstream_stub.rs"]
pub(crate) mod upstream_stub;
#[path = "../../../gateway/tests/it/support/waiting.rs"]
pub(crate) mod waiting;

pub(crate) use client::{Caller, TestResponse, chat};
pub(crate) use test_app::TestApp;
pub(crate) use upstream_stub::{Script, Stub};
pub(crate) use waiting::{soon, until};
