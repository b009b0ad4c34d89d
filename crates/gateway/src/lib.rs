//! Yunxin: one OpenAI-compatible API in front of many model providers.
//!
//! Read the modules from top to bottom and you have read a request: it comes in through [`router`] and
//! [`middleware`], [`auth`] says who calls, [`api`] takes it apart, [`inference`] is the heart, and what
//! follows is what the heart uses. `ARCHITECTURE.md` walks the same way with more words.

pub mod app;
pub mod cli;
pub mod config;
pub mod server;

pub mod api;
pub mod auth;
pub mod inference;
pub mod middleware;
pub mod router;

pub mod catalog;
pub mod jobs;
pub mod keys;
pub mod limits;
pub mod metering;
pub mod upstream;

pub mod clock;
pub mod error;
pub mod telemetry;
