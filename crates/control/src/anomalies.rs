//! Anomaly detection: what is unusual in the use of a key, against its own baseline (`docs/decisions/0013`).
//!
//! Pure: observations in, detections out. The clock is the time of the observations; equal ones in the same order
//! detect the same things. The memory per key is bounded, and so is the number of keys in memory.

mod baseline;
mod detection;
mod detectors;
mod minutes;
mod networks;
mod prices;
mod week;

use gateway::metering::Observation;

pub(crate) use baseline::Baseline;
pub use detection::Detection;
pub(crate) use detectors::Changed;
pub use detectors::Detectors;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 86_400_000;

/// The history that a key must have before its spikes, errors and networks can be anomalies.
const HISTORY_MS: i64 = DAY_MS;
/// The cool-down: one event per kind and key in this time.
pub(crate) const COOL_DOWN_MS: i64 = DAY_MS;

#[cfg(test)]
mod tests;
