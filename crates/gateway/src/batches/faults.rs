//! Errors of a batch as a whole, and of lines that were not run, in OpenAI's words.

use serde::{Deserialize, Serialize};
use store::batches::Batch;
use store::sealed::ObjectKey;

use super::ERRORS_PLACE;
use crate::error::ApiError;

/// An error, with the line of the input file where it has one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchFault {
    pub code: String,
    pub message: String,
    pub param: Option<String>,
    pub line: Option<u64>,
}

impl BatchFault {
    /// An error of the batch.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
            param: None,
            line: None,
        }
    }

    /// The error with its line, and the field that it is about.
    #[must_use]
    pub fn at(self, line: u64, param: Option<&str>) -> Self {
        Self {
            line: Some(line),
            param: param.map(str::to_owned),
            ..self
        }
    }

    /// The refusal of a request as an error.
    pub(super) fn of(error: &ApiError) -> Self {
        let facts = error.facts();
        Self {
            param: facts.param.map(str::to_owned),
            ..Self::new(error.code(), facts.message)
        }
    }

    /// The errors of a batch; none before it has any.
    ///
    /// # Errors
    /// If they were sealed with another master key.
    pub fn list_of(key: &ObjectKey, batch: &Batch) -> Result<Vec<Self>, ApiError> {
        let Some(sealed) = &batch.errors else {
            return Ok(vec![]);
        };
        let plain = key.open(ERRORS_PLACE, sealed.clone())?;
        serde_json::from_slice(&plain).map_err(ApiError::internal)
    }
}

/// Errors as they are kept.
///
/// # Errors
/// If the system has no randomness to give.
pub fn seal_faults(key: &ObjectKey, faults: &[BatchFault]) -> Result<Vec<u8>, ApiError> {
    let plain = serde_json::to_vec(faults).map_err(ApiError::internal)?;
    Ok(key.seal(ERRORS_PLACE, plain)?)
}
