//! The management API of an account, for its members.

pub(crate) mod api_keys;
pub(crate) mod audit_log;
pub(crate) mod budgets;
pub(crate) mod credits;
pub(crate) mod details;
pub(crate) mod invites;
pub(crate) mod invoices;
pub(crate) mod key_events;
pub(crate) mod limits;
pub(crate) mod management_keys;
pub(crate) mod members;
pub(crate) mod models;
pub(crate) mod orders;
pub(crate) mod playground;
pub(crate) mod request_exports;
pub(crate) mod requests;
pub(crate) mod usage;
pub(crate) mod webhooks;
