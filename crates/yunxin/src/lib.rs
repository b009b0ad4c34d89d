//! Yunxin: one OpenAI-compatible API in front of many model providers.
//!
//! The program: its commands, its configuration and its logs, around the two planes of the crates `gateway` and
//! `control`.

pub mod cli;

pub mod config;
mod telemetry;
