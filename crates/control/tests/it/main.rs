//! Both planes, in this process: real sockets, a scripted upstream, a clock moved by hand.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails, and the tasks of a test end with it"
)]

#[expect(dead_code, reason = "the data plane's suite uses the rest")]
mod support;

mod account_limits;
mod anomalies;
mod base_path;
mod base_urls;
mod browsers;
mod budgets;
mod catalog;
mod causes;
mod client_tokens;
mod compression;
mod connect;
mod cost;
mod counts;
mod credentials;
mod credits;
mod deployments;
mod docs;
mod edits;
mod ingress;
mod key_events;
mod key_limits;
mod leaks;
mod mail;
mod me;
mod members;
mod metrics;
mod names;
mod notices;
mod operations;
mod operators;
mod own_changes;
mod payments;
mod practices;
mod provider_addresses;
mod provider_checks;
mod provider_credentials;
mod redemption_codes;
mod retry_advice;
mod rotation;
mod routing;
mod running_requests;
mod sign_in;
mod sign_in_providers;
mod suspended_accounts;
mod two_factor;
mod usage;
mod users;
