//! A detection: an anomaly with its explanation.

use serde_json::{Value, json};
use store::key_events::KeyEventKind;
use store::{AccountId, ApiKeyId};

/// An anomaly of a key.
#[derive(Debug, Clone, PartialEq)]
pub struct Detection {
    pub api_key_id: ApiKeyId,
    pub account_id: AccountId,
    pub kind: KeyEventKind,
    pub at_ms: i64,
    pub anomaly: Anomaly,
}

/// The evidence: what was seen, what is usual, the factor between them, and since when the usual is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Anomaly {
    pub(super) seen: Value,
    pub(super) usual: Value,
    /// `None` where the usual is nothing.
    pub(super) factor: Option<f64>,
    pub(super) since_ms: i64,
}

impl Detection {
    /// The explanation, as the event keeps it.
    pub fn facts(&self) -> Value {
        json!({
            "seen": self.anomaly.seen,
            "usual": self.anomaly.usual,
            "factor": self.anomaly.factor,
            "since_ms": self.anomaly.since_ms,
        })
    }
}

/// The factor, with one decimal; `None` if there is nothing to compare with.
pub(super) fn times(seen: u64, usual: u64) -> Option<f64> {
    // Lossless below 2^53, and a factor needs no more digits.
    #[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
    let factor = (usual > 0).then(|| seen as f64 / usual as f64);
    factor.map(|factor| (factor * 10.0).round() / 10.0)
}
