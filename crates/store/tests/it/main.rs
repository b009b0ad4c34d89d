//! Every test runs over SQLite, and over PostgreSQL where `TEST_POSTGRES_URL` names a server.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod accounts;
mod api_keys;
mod audit_log;
mod auth_log;
mod batches;
mod catalog;
mod causes;
mod copy;
mod docs_feedback;
mod faults;
mod files;
mod idempotency;
mod invoices;
mod kept_responses;
mod key_events;
mod ledger;
mod limit_counts;
mod limit_sharing;
mod migrations;
mod operator_notices;
mod payments;
mod people;
mod rights;
mod servers;
mod support;
mod usage;
mod webhooks;
