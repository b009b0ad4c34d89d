//! The database, and nothing else.
//!
//! Each table has a file: the record, the insert, its queries. Every query is written once, in the SQL
//! that SQLite and PostgreSQL share, and runs through [`db`], the one file that names a driver.
//! Account data is asked for by [`AccountId`]; functions for operators say so in their names.

pub mod accounts;
pub mod api_keys;
pub mod auth_log;
pub mod catalog;
pub mod db;
mod error;
pub mod facts;
mod id;
mod migrations;
mod readable;
pub mod sealed;
pub mod secret;
pub mod tiers;
pub mod usage_events;
pub mod usage_rollups;

pub use db::{Db, Tx};
pub use error::StoreError;
pub use id::{AccountId, ApiKeyId, RequestId};
pub use readable::Readable;
