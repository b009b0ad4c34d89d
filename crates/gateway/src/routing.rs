//! Routing: which deployments a request is sent to, and in which order.
//!
//! [`plan`] is pure: everything that it decides by is an argument, so that a policy (priority groups, circuit breakers,
//! latency, cost) is tested without a socket. See `docs/decisions/0028` for where its inputs are counted.

mod breaker;
mod budget;
mod capacity;
mod level;
mod outcome;
mod plan;
mod queue;
mod round_robin;
mod shed;

pub use budget::RetryBudget;
pub use outcome::{Ejection, Outcome};
pub use plan::{Plan, Policy, Traits, plan};
pub use round_robin::RoundRobin;
pub use shed::{Shed, ShedReason};

#[cfg(test)]
mod tests;
