//! A provider's response to a test, in words that say what to do.

use std::time::Duration;

use gateway::state::LabelledProbe;
use serde::Serialize;
use utoipa::ToSchema;

use crate::limit_status::ProbeOutcome;
use crate::state::Control;

/// A provider's response to a test.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProviderTestResponse {
    /// True if it is there and takes the credential.
    ok: bool,
    /// Of its response; `null` when there was none.
    status: Option<u16>,
    duration_ms: u64,
    /// The meaning, and what to do.
    message: String,
}

impl ProviderTestResponse {
    /// The outcome of a test of each credential: the first that failed, or else that of the last one; `None` if there
    /// was nothing to test.
    pub(super) fn of_all(
        app: &Control,
        outcomes: Vec<LabelledProbe>,
        began_at: Duration,
    ) -> Option<Self> {
        let is_ok = |outcome: &ProbeOutcome| matches!(outcome, ProbeOutcome::Responded(200..300));
        let failed = outcomes.iter().position(|(_, outcome)| !is_ok(outcome));
        let told = failed.or_else(|| outcomes.len().checked_sub(1))?;
        let (label, outcome) = outcomes.into_iter().nth(told)?;
        let mut response = Self::of(app, outcome, began_at);
        if let Some(label) = label.filter(|_| failed.is_some()) {
            response.message = format!("The credential {label:?}: {}", response.message);
        }
        Some(response)
    }

    /// The outcome of a test that began at `began_at`.
    pub(super) fn of(app: &Control, outcome: ProbeOutcome, began_at: Duration) -> Self {
        let duration = app.clock.uptime().saturating_sub(began_at);
        let status = match outcome {
            ProbeOutcome::Responded(status) => Some(status),
            ProbeOutcome::Unreachable(_) | ProbeOutcome::Misconfigured(_) => None,
        };
        Self {
            ok: status.is_some_and(|status| (200..300).contains(&status)),
            status,
            duration_ms: u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
            message: in_words(outcome),
        }
    }

    /// The response for a success that is no list of models.
    pub(super) fn without_list(mut self) -> Self {
        if self.ok {
            self.ok = false;
            "The provider responds, but not with a list of models. Check the path of the base URL, or add its models by hand."
                .clone_into(&mut self.message);
        }
        self
    }
}

fn in_words(outcome: ProbeOutcome) -> String {
    match outcome {
        ProbeOutcome::Unreachable(detail) | ProbeOutcome::Misconfigured(detail) => {
            format!(
                "No response: {detail}. Check the base URL, and that this server may reach it."
            )
        }
        ProbeOutcome::Responded(200..300) => {
            "The provider responds and accepts the credential.".to_owned()
        }
        ProbeOutcome::Responded(status @ (401 | 403)) => {
            format!("The provider refused the credential with {status}. Give it a new one.")
        }
        ProbeOutcome::Responded(404) => "The provider responds, but has no list of models at this address. Check the path of the base URL; some servers have no such list.".to_owned(),
        ProbeOutcome::Responded(429) => {
            "The provider responds, but has had enough requests with this credential for now.".to_owned()
        }
        ProbeOutcome::Responded(status @ 500..) => {
            format!("The provider responds with {status}: it is in trouble itself. Try again later.")
        }
        ProbeOutcome::Responded(status) => {
            format!("The provider responds with {status}, which is not what a provider says.")
        }
    }
}
