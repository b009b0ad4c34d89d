//! Handlers. Thin: extract, call, respond.

pub mod account;
pub mod admin;
pub mod audit_entry;
pub mod fallback;
pub mod health;
pub mod json_body;
pub mod management_key_shape;
pub mod me;
pub mod metrics;
pub mod openai;
pub mod openapi;
pub mod pagination;
pub mod path;
pub mod query;
pub mod secret_answer;
pub mod tier_shape;
pub mod time;
pub mod usage_reads;
pub mod usage_report;
