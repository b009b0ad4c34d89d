//! The counter behind weighted round robin.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts the requests of a model. The number of each is the seed of its plan, so that a sum of weights of requests in
/// a row gives every deployment its exact share.
#[derive(Debug, Default)]
pub struct RoundRobin(AtomicU64);

impl RoundRobin {
    /// The number that the next request will get.
    pub fn round(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Counts a request and returns its number.
    pub fn next_round(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}
