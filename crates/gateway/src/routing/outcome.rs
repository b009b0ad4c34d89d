//! The outcome of a call, as routing learns from it.

/// The outcome of one call for the deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A response; a refusal that the client has to mend is a response.
    Responded,
    /// A refusal for want of capacity (429, 503), with the wait that is asked for.
    Refused { retry_after_ms: Option<i64> },
    /// A failure.
    Failed(Ejection),
    /// The end was not waited for.
    Abandoned,
}

/// The kinds of failures that take a deployment out of its pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ejection {
    /// Errors, timeouts, broken streams, empty responses.
    Failing,
    /// The provider refused the credential (401, 403).
    Credential,
    /// The operator's account at the provider has nothing left (402).
    Quota,
    /// The provider does not know the model (404).
    UnknownModel,
}

impl Ejection {
    /// The word in the management API, logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Failing => "failing",
            Self::Credential => "credential_refused",
            Self::Quota => "quota_exhausted",
            Self::UnknownModel => "model_unknown",
        }
    }

    /// Says that once is enough: the next call would fail as well.
    pub(super) fn is_certain(self) -> bool {
        match self {
            Self::Failing => false,
            Self::Credential | Self::Quota | Self::UnknownModel => true,
        }
    }
}
