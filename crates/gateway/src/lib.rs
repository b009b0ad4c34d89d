//! The data plane: what happens to a request of a client, from its socket to its settlement.
//!
//! The modules stand in the order of a request, and arrows between them go down: [`server`] takes connections,
//! [`middleware`] and [`router`] find the handler in [`api`], [`auth`] says which key calls, [`inference`] is the heart;
//! [`state`] is what they share, and what follows is what the heart uses. This crate can be served alone: it knows
//! nothing of the management API, of people or of mail. `ARCHITECTURE.md` walks the same way with more words.

pub mod server;

pub mod jobs;

pub mod router;

pub mod middleware;

pub mod api;
pub mod auth;

pub mod batches;

pub mod inference;

pub mod state;

pub mod shared_state;

pub mod client_tokens;
pub mod cors;

pub mod ingress;

pub mod budgets;
pub mod catalog;
pub mod keys;
pub mod limits;
pub mod routing;

pub mod counts_file;
pub mod egress_client;
pub mod upstream;

pub mod credits;
pub mod files;
pub mod kept_responses;
pub mod metering;
pub mod rights_record;

pub mod process;

pub mod journal;

pub mod clock;
pub mod config;
pub mod content_coding;
pub mod data_folder;
pub mod error;
pub mod header_text;
pub mod invisible;
mod limited_body;
pub mod metrics;
