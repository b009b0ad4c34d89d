//! What members do in their account.

pub mod audit_log;
