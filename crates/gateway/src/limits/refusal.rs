//! A limit that was run into.

/// The refusal of a request. Nothing was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitRefusal {
    /// The limit that it ran into, in words.
    pub what: &'static str,
    /// The limit as a label for metrics.
    pub dimension: &'static str,
    pub limit: u64,
    pub retry_after_seconds: u64,
}
