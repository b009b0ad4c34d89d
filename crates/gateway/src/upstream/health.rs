//! Health of deployments: how calls go since this process started. A circuit breaker would read it; none does yet.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use store::RequestId;
use store::usage_events::AttemptRecord;

/// The outcome of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallOutcome {
    /// The provider answered; a refusal that the client has to mend is a response.
    Responded,
    /// The call failed, in a word.
    Failed(&'static str),
    /// The caller did not wait for its end.
    Abandoned,
}

/// The counts of one deployment.
#[derive(Debug, Default)]
pub struct Health {
    in_flight: AtomicU64,
    answered: AtomicU64,
    failed: AtomicU64,
    answered_us: AtomicU64,
    is_failing: AtomicBool,
    last_success_at_ms: AtomicI64,
    last_error: Mutex<Option<(i64, &'static str)>>,
    last_failure: Mutex<Option<Arc<LastFailure>>>,
    /// The time at which it last refused `stream_options`; 0: never.
    refused_stream_options_at_ms: AtomicI64,
}

/// The last failure of a deployment, for those who ask why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastFailure {
    /// The request that met it.
    pub request_id: RequestId,
    pub attempt: AttemptRecord,
}

/// The time that a deployment that refused `stream_options` is not asked with it again.
const STREAM_OPTIONS_REFUSED: Duration = Duration::from_secs(60 * 60);

/// The health of a deployment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HealthState {
    pub in_flight: u64,
    /// Calls that were answered or failed.
    pub calls: u64,
    pub failed: u64,
    /// True if the last call failed; `None` if there was none.
    pub is_failing: Option<bool>,
    /// Of the answered ones.
    pub duration_average: Option<Duration>,
    /// The time, and the failure in a word.
    pub last_error: Option<(i64, &'static str)>,
    pub last_failure: Option<Arc<LastFailure>>,
    pub last_success_at_ms: Option<i64>,
}

impl Health {
    /// A call begins.
    pub fn begin(&self) {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
    }

    /// A call is over.
    pub fn end(&self, outcome: CallOutcome, duration_us: u64, now_ms: i64) {
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
        match outcome {
            CallOutcome::Responded => {
                self.answered.fetch_add(1, Ordering::Relaxed);
                self.answered_us.fetch_add(duration_us, Ordering::Relaxed);
                self.last_success_at_ms.store(now_ms, Ordering::Relaxed);
                self.is_failing.store(false, Ordering::Relaxed);
            }
            CallOutcome::Failed(how) => {
                self.failed.fetch_add(1, Ordering::Relaxed);
                self.is_failing.store(true, Ordering::Relaxed);
                *self.last_error.lock() = Some((now_ms, how));
            }
            CallOutcome::Abandoned => {}
        }
    }

    /// Notes the cause of the failure that just ended.
    pub fn note_failure(&self, failure: LastFailure) {
        *self.last_failure.lock() = Some(Arc::new(failure));
    }

    /// Notes that the deployment responds without `stream_options`, and refuses with it.
    pub fn note_refused_stream_options(&self, now_ms: i64) {
        self.refused_stream_options_at_ms
            .store(now_ms, Ordering::Relaxed);
    }

    /// Says that the deployment refused `stream_options` lately.
    pub fn refuses_stream_options(&self, now_ms: i64) -> bool {
        let at_ms = self.refused_stream_options_at_ms.load(Ordering::Relaxed);
        let remembered = i64::try_from(STREAM_OPTIONS_REFUSED.as_millis()).unwrap_or(i64::MAX);
        at_ms != 0 && now_ms.saturating_sub(at_ms) < remembered
    }

    pub fn state(&self) -> HealthState {
        let answered = self.answered.load(Ordering::Relaxed);
        let failed = self.failed.load(Ordering::Relaxed);
        let sum_us = self.answered_us.load(Ordering::Relaxed);
        let last_success_at_ms = self.last_success_at_ms.load(Ordering::Relaxed);
        HealthState {
            in_flight: self.in_flight.load(Ordering::Relaxed),
            calls: answered + failed,
            failed,
            is_failing: (answered + failed > 0).then(|| self.is_failing.load(Ordering::Relaxed)),
            duration_average: sum_us.checked_div(answered).map(Duration::from_micros),
            last_error: *self.last_error.lock(),
            last_failure: self.last_failure.lock().clone(),
            last_success_at_ms: (answered > 0).then_some(last_success_at_ms),
        }
    }
}

/// The counts of all deployments, by their ids. They outlive snapshots of the catalogue.
#[derive(Debug, Default)]
pub struct HealthRegistry(Mutex<HashMap<String, Arc<Health>>>);

impl HealthRegistry {
    /// The counts of a deployment, which begin if it is new.
    pub fn of(&self, id: &str) -> Arc<Health> {
        let mut known = self.0.lock();
        if let Some(health) = known.get(id) {
            return Arc::clone(health);
        }
        let health = Arc::<Health>::default();
        known.insert(id.to_owned(), Arc::clone(&health));
        health
    }

    /// Forgets all deployments but these.
    pub fn retain<'a>(&self, ids: impl Iterator<Item = &'a str>) {
        let ids: HashSet<&str> = ids.collect();
        self.0.lock().retain(|id, _| ids.contains(id.as_str()));
    }

    /// The health of a deployment; one that is not served counts as one that was never called.
    pub fn state(&self, id: &str) -> HealthState {
        let health = self.0.lock().get(id).cloned();
        health.map(|health| health.state()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{CallOutcome, Health, HealthRegistry, HealthState};

    #[test]
    fn a_deployment_fails_until_it_responds_again() {
        let health = Health::default();
        assert_eq!(health.state(), HealthState::default());
        for (ended, at_ms) in [
            (CallOutcome::Responded, 1),
            (CallOutcome::Abandoned, 2),
            (CallOutcome::Failed("timeout"), 3),
        ] {
            health.begin();
            health.end(ended, 2_000, at_ms);
        }
        let state = health.state();
        assert_eq!((state.calls, state.failed, state.in_flight), (2, 1, 0));
        assert_eq!(
            (state.is_failing, state.last_error),
            (Some(true), Some((3, "timeout")))
        );
        assert_eq!(state.duration_average, Some(Duration::from_millis(2)));
        health.begin();
        health.end(CallOutcome::Responded, 4_000, 4);
        let state = health.state();
        assert_eq!(
            (state.is_failing, state.last_success_at_ms),
            (Some(false), Some(4))
        );
    }

    #[test]
    fn counts_outlive_a_snapshot_and_go_with_their_deployment() {
        let registry = HealthRegistry::default();
        for id in ["a", "b"] {
            registry.of(id).begin();
        }
        registry.retain(["a"].into_iter());
        assert_eq!(registry.of("a").state().in_flight, 1);
        assert_eq!(registry.state("a").in_flight, 1);
        assert_eq!(registry.state("b"), HealthState::default());
        assert_eq!(registry.of("b").state(), HealthState::default());
    }
}
