//! Handlers. Thin: extract, call, respond.

pub mod account;
pub mod admin;
pub mod audit_entry;
mod audit_export;
pub mod auth;
mod change;
pub mod csv_table;
pub mod document_words;
pub mod error_report;
pub mod leak_reports;
pub mod link_shape;
pub mod mailed;
pub mod management_key_shape;
pub mod me;
mod new_password;
pub mod openapi;
pub mod pagination;
pub mod path;
pub mod query;
mod reauthentication;
pub mod request_shapes;
pub mod role_shape;
pub mod secret_response;
mod signed_in_response;
pub mod tier_shape;
pub mod time;
pub mod usage_report;
