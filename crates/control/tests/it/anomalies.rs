//! Anomalies in the use of keys: weeks of simulated traffic, and the way from a request to an event.

mod requests;
mod simulation;
mod traffic;
