//! What is odd about the use of a key, against what is usual for it (`docs/decisions/0013`).
//!
//! Pure: sightings in, findings out. The clock is the time of the sightings; the same ones in the same order
//! find the same things. What is remembered of a key is bounded, and so is how many keys are remembered.

mod detectors;
mod finding;
mod habits;
mod minutes;
mod networks;
mod prices;
mod week;

use gateway::metering::Sighting;

pub use detectors::{Changed, Detectors};
pub use finding::Finding;
pub use habits::Habits;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 86_400_000;

/// What a key must have behind it before its slopes, errors and networks can be odd.
const HISTORY_MS: i64 = DAY_MS;
/// One alarm per kind and key in so long: who was told is told no second time.
pub const COOL_DOWN_MS: i64 = DAY_MS;

#[cfg(test)]
mod tests;
