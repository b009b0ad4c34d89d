//! The server as a whole, in this process: real sockets, a scripted upstream, a clock moved by hand.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails, and the tasks of a test end with it"
)]

mod support;

mod anomalies;
mod architecture;
mod auth;
mod base_path;
mod base_urls;
mod browsers;
mod catalog;
mod change_maps;
mod client_tokens;
mod command_line;
mod content_codings;
mod credentials;
mod docs;
mod docs_errors;
mod ingress;
mod key_events;
mod leaks;
mod limits;
mod mail;
mod me;
mod members;
mod metrics;
mod names;
mod openai;
mod practices;
mod provider_addresses;
mod restore;
mod retry_advice;
mod rotation;
mod running_requests;
mod secret_scanning;
mod secrets;
mod server_limits;
mod settlement;
mod shutdown;
mod sign_in;
mod sign_in_providers;
mod storage;
mod suspended_accounts;
mod two_factor;
mod usage;
mod users;
