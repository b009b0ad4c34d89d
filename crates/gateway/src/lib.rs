//! Yunxin: one OpenAI-compatible API in front of many model providers.
//!
//! The modules stand in the order of a request, and arrows between them go down: a command starts a
//! [`server`]; what comes in passes [`router`] and [`middleware`]; [`auth`] says who calls, [`api`] takes it
//! apart, [`inference`] is the heart; [`app`] is what they share, and what follows is what the heart uses.
//! `ARCHITECTURE.md` walks the same way with more words.

pub mod cli;
pub mod server;

pub mod jobs;

pub mod router;

pub mod middleware;

pub mod api;
pub mod auth;
pub mod dashboard;
pub mod docs;

pub mod inference;

pub mod app;

pub mod changes;
pub mod standing;

pub mod browsers;
pub mod client_tokens;
pub mod leak_reporters;
pub mod mail;
pub mod passwords;
pub mod sign_in_providers;
pub mod throttle;
pub mod two_factor;
pub mod webhooks;

pub mod guarded_client;
pub mod ingress;

pub mod catalog;
pub mod counts_file;
pub mod keys;
pub mod limits;
pub mod metering;
pub mod rights_record;
pub mod upstream;

pub mod anomalies;

pub mod clock;
mod collected;
pub mod config;
mod content_coding;
pub mod data_folder;
pub mod error;
pub mod invisible;
pub mod telemetry;
