//! The question to a store, and its reply.

use std::sync::Arc;

use crate::limits::Ceiling;
use crate::limits::ledger::{Subject, Tally};

/// One decision to be taken by the store.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    /// The memory of the store that is expected.
    pub(super) epoch: Arc<str>,
    /// The key and its account.
    pub(super) subjects: [Arc<Subject>; 2],
    pub(super) ceilings: [Ceiling; 2],
    pub(super) tokens: u64,
    /// Admitted in any case.
    pub(super) at_least: [Tally; 2],
    /// The servers among which limits are divided.
    pub(super) servers: u64,
    /// The time, by a store that has none of its own.
    pub(super) now_ms: i64,
    /// For tests: the time that takes the place of the store's own.
    pub(super) at_ms: Option<i64>,
}

/// The reply of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reply {
    Decided(Decided),
    /// The store has lost its memory.
    Forgot,
}

/// A decision of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decided {
    pub(super) verdict: Verdict,
    pub(super) now_ms: i64,
    /// Of the key and of its account: with the request if it was admitted, else as they stood.
    pub(super) counts: [Tally; 2],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Admitted,
    /// By a limit on requests or tokens.
    Refused,
    KeyCrowded,
    AccountCrowded,
}

impl Reply {
    /// Returns whether a limit on concurrency refused.
    pub(super) fn is_crowded(&self) -> bool {
        let Self::Decided(decided) = self else {
            return false;
        };
        matches!(
            decided.verdict,
            Verdict::KeyCrowded | Verdict::AccountCrowded
        )
    }
}
