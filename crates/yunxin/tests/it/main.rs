//! The program as a whole: its commands, what it leaves on disk, its layout.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails, and the tasks of a test end with it"
)]

#[expect(dead_code, reason = "the suites of the planes use the rest")]
mod support;
mod words;

mod architecture;
mod change_maps;
mod command_line;
mod docs_errors;
mod import;
mod kills;
mod program;
mod restore;
mod secret_scanning;
mod secrets;
mod shared_state;
mod storage;
