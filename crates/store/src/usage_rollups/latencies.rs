//! Latencies of requests, in buckets of a logarithmic scale: sums of them can be added up, and percentiles read from the
//! sum, to within a tenth.

use std::collections::BTreeMap;

use crate::db::Row;
use crate::error::StoreError;

const MICROS_PER_MILLI: f64 = 1_000.0;
/// Buckets until the time has doubled.
const PER_DOUBLING: f64 = 4.0;
/// Everything that takes longer, which is nearly five hours, is in this one.
const BUCKET_MAX: u8 = 96;

/// Requests by how long they took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Latencies(BTreeMap<u8, u64>);

impl Latencies {
    /// One request.
    pub fn of(duration_us: u64) -> Self {
        Self(BTreeMap::from([(bucket_of(duration_us), 1)]))
    }

    /// Adds others.
    pub fn add(&mut self, other: &Self) {
        for (bucket, requests) in &other.0 {
            self.add_requests(*bucket, *requests);
        }
    }

    /// The buckets with their requests.
    pub(super) fn buckets(&self) -> impl Iterator<Item = (u8, u64)> {
        self.0.iter().map(|(bucket, requests)| (*bucket, *requests))
    }

    fn add_requests(&mut self, bucket: u8, requests: u64) {
        let sum = self.0.entry(bucket).or_default();
        *sum = sum.saturating_add(requests);
    }

    /// The time that `percent` of the requests did not exceed, in milliseconds; `None` without requests.
    pub fn percentile_ms(&self, percent: u64) -> Option<u64> {
        let all: u64 = self.0.values().sum();
        let wanted = (all * percent).div_ceil(100).max(1);
        let mut seen = 0;
        for (bucket, requests) in &self.0 {
            seen += requests;
            if seen >= wanted {
                return Some(middle_ms(*bucket));
            }
        }
        None
    }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a scale of tenths; what is cut off lies far outside of it"
)]
fn bucket_of(duration_us: u64) -> u8 {
    let millis = (duration_us as f64 / MICROS_PER_MILLI).max(1.0);
    (millis.log2() * PER_DOUBLING).min(f64::from(BUCKET_MAX)) as u8
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the largest is below 2^25"
)]
fn middle_ms(bucket: u8) -> u64 {
    ((f64::from(bucket) + 0.5) / PER_DOUBLING).exp2().round() as u64
}

/// The latencies of one step and one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LatencyPoint {
    pub at_ms: i64,
    /// The name of the group; empty without a dimension.
    pub key: String,
    pub latencies: Latencies,
}

/// The points in rows of `at_ms`, `group_key`, `bucket` and `requests`.
///
/// # Errors
/// If a row is not what it should be.
pub(crate) fn latency_points(rows: &[Row]) -> Result<Vec<LatencyPoint>, StoreError> {
    let mut points: BTreeMap<(i64, String), Latencies> = BTreeMap::new();
    for row in rows {
        let bucket = u8::try_from(row.int("bucket")?).unwrap_or(BUCKET_MAX);
        let key = (row.int("at_ms")?, row.text("group_key")?);
        let latencies = points.entry(key).or_default();
        latencies.add_requests(bucket, row.count("requests")?);
    }
    let point = |((at_ms, key), latencies)| LatencyPoint {
        at_ms,
        key,
        latencies,
    };
    Ok(points.into_iter().map(point).collect())
}

#[cfg(test)]
mod tests {
    use super::Latencies;

    #[test]
    fn percentiles_are_right_to_within_a_tenth_and_sums_can_be_added() {
        let mut all = Latencies::default();
        for millis in 1..=1_000_u64 {
            let mut one = Latencies::of(millis * 1_000);
            one.add(&all);
            all = one;
        }
        for (percent, exact) in [(50, 500_u64), (95, 950), (99, 990)] {
            let found = all.percentile_ms(percent).unwrap_or_default();
            assert!(found.abs_diff(exact) * 10 <= exact, "{percent}: {found}");
        }
        assert_eq!(Latencies::default().percentile_ms(50), None);
        assert_eq!(Latencies::of(0).percentile_ms(95), Some(1));
        assert!(Latencies::of(u64::MAX).percentile_ms(50).is_some());
    }
}
