//! Failures of calls as routing learns from them.

use llm::UpstreamError;

use crate::routing::{Ejection, Outcome};

/// Statuses by which a provider says that it does not know the model.
const UNKNOWN_MODEL: u16 = 404;

/// The outcome of a call that failed, for its deployment.
pub(super) fn outcome_of(error: &UpstreamError) -> Outcome {
    match error {
        UpstreamError::RateLimited { .. } | UpstreamError::Overloaded { .. } => {
            let millis = |wait: std::time::Duration| i64::try_from(wait.as_millis());
            let retry_after_ms = error.retry_after().and_then(|wait| millis(wait).ok());
            Outcome::Refused { retry_after_ms }
        }
        UpstreamError::Unauthorized { .. } => Outcome::Failed(Ejection::Credential),
        UpstreamError::QuotaExhausted { .. } => Outcome::Failed(Ejection::Quota),
        UpstreamError::Failed { status, .. } if *status == UNKNOWN_MODEL => {
            Outcome::Failed(Ejection::UnknownModel)
        }
        UpstreamError::Failed { .. }
        | UpstreamError::Timeout { .. }
        | UpstreamError::Connect { .. }
        | UpstreamError::Protocol { .. } => Outcome::Failed(Ejection::Failing),
        UpstreamError::InvalidRequest { .. }
        | UpstreamError::ContextTooLong { .. }
        | UpstreamError::ContentFiltered { .. } => Outcome::Responded,
    }
}
