//! Routing: which deployments a request is sent to, and in which order.
//!
//! [`plan`] is pure: everything that it decides by is an argument, so that a policy (priority groups, circuit breakers,
//! latency, cost) is tested without a socket. See `docs/decisions/0028` for where its inputs are counted.

mod plan;
mod round_robin;

pub use plan::{Plan, Policy, Traits, plan};
pub use round_robin::RoundRobin;

#[cfg(test)]
mod tests;
