//! Errors of batches.

use std::time::Duration;

use super::ApiError;

/// The `Retry-After` of an account that has as many batches as may be.
const UNFINISHED_WAIT: Duration = Duration::from_secs(60);

impl ApiError {
    /// The account has so many batches that have not ended.
    pub fn too_many_batches(max: u64) -> Self {
        Self::rate_limited(
            "batches of an account that have not ended",
            max,
            UNFINISHED_WAIT.as_secs(),
        )
    }

    /// A batch in that state cannot be cancelled.
    pub fn batch_not_cancellable(state: &str) -> Self {
        Self::conflict(
            "batch_not_cancellable",
            format!(
                "A batch that is {state} cannot be cancelled; one that is validating or in_progress can."
            ),
        )
    }

    /// A batch that has not ended reads the file.
    pub fn file_in_use() -> Self {
        Self::conflict(
            "file_in_use",
            "A batch that has not ended reads this file. Cancel the batch, or wait until it has ended.",
        )
    }
}
