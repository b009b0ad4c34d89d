//! The management API of an account, for its members.

pub mod api_keys;
pub mod audit_log;
pub mod budgets;
pub mod credits;
pub mod details;
pub mod invites;
pub mod key_events;
pub mod limits;
pub mod management_keys;
pub mod members;
pub mod models;
pub mod orders;
pub mod playground;
pub mod request_exports;
pub mod requests;
pub mod usage;
pub mod webhooks;
