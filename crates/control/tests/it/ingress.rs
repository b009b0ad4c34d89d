//! Ingress: what clients may occupy before their requests are known, and how they are told.

mod bodies;
mod body_budget;
mod connections;
mod refusals;
