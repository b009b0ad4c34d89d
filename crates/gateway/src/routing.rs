//! Routing: which deployments a request is sent to, in which order, and when.
//!
//! [`plan`] is pure: everything that it decides by is an argument. What it decides by is learned by the [`Pool`] of the
//! model: a circuit breaker and a capacity per deployment, from the outcome of every call. The pool is
//! also the gate at which requests take their seats, by the priority of their tier ([`Level`]) and fairly between
//! accounts. See `docs/decisions/0028` for where its inputs are counted, and `docs/decisions/0038` for the gate.

mod breaker;
mod budget;
mod candidate;
mod capacity;
mod level;
mod outcome;
mod plan;
mod policy;
mod pool;
mod queue;
mod round_robin;
mod rule;
mod shed;
mod wish;

pub use breaker::BreakerState;
pub use budget::RetryBudget;
pub use candidate::{Candidate, Choice, RouteReason, Traits};
pub use level::{LEVELS, Level};
pub use outcome::{Ejection, Outcome};
pub use plan::{Part, Plan, Policy, parts, plan};
pub use policy::RoutingPolicy;
pub use pool::{
    ActiveProbe, LevelCounts, Pool, PoolCounts, Pools, Seat, SlotStatus, Ticket, WAIT_BOUNDS,
};
pub use round_robin::RoundRobin;
pub use rule::{RouteRule, RuleFacts};
pub use shed::{Shed, ShedReason};
pub use wish::Wish;

/// Spreads numbers in a row over all numbers (`SplitMix64`).
pub fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A number for some bytes (FNV-1a), the same in every process.
pub fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests;
