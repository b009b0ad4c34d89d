//! The control plane: what people and programs manage, and what they are told.
//!
//! The modules stand in the order of a request, and arrows between them go down: `middleware` finds out who calls,
//! [`router`] knows paths and handlers, `auth` is the proof of who calls, `api` takes a request apart, [`commands`]
//! make what it asks for; [`state`] is what they share. The data plane is the crate `gateway`, which knows nothing of
//! this one.

pub mod jobs;

pub mod router;

mod compression;
mod middleware;

mod docs;

mod dashboard;

mod api;
mod auth;

pub mod state;

pub mod commands;
mod invoice_documents;
mod limit_status;
mod operator_notices;

mod leak_reporters;
mod mail;
mod passwords;
mod payments;
mod sign_in_providers;
mod throttle;
mod two_factor;
mod webhooks;

mod anomalies;
mod model_facts;

pub mod config;
mod refusal;

pub use anomalies::{Detection, Detectors};
pub use api::admin::servers::ServersResponse;
pub use api::time::Time;
pub use api::usage_report::MINUTES_KEPT_MS;
pub use auth::Cookie;
pub use two_factor::code_at;
