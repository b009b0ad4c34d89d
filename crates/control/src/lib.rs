//! The control plane: what people and programs manage, and what they are told.
//!
//! The modules stand in the order of a request, and arrows between them go down: [`middleware`] finds out who calls,
//! [`router`] knows paths and handlers, [`auth`] is the proof of who calls, [`api`] takes a request apart, [`commands`]
//! make what it asks for; [`state`] is what they share. The data plane is the crate `gateway`, which knows nothing of
//! this one.

pub mod jobs;

pub mod router;

pub(crate) mod compression;
pub mod middleware;

pub mod docs;

pub mod dashboard;

pub mod api;
pub mod auth;

pub mod state;

pub mod commands;
pub mod limit_status;
pub mod operator_notices;

pub mod leak_reporters;
pub mod mail;
pub mod passwords;
pub mod payments;
pub mod sign_in_providers;
pub mod throttle;
pub mod two_factor;
pub mod webhooks;

pub mod anomalies;
pub mod egress_client;
pub mod model_facts;

pub mod config;
pub mod refusal;
