//! The circuit breaker of one deployment: closed, open, half-open with one probe.
//!
//! It opens after consecutive failures, when its success rate falls behind that of the pool, and at once where the
//! provider refuses the credential or does not know the model. A wait that the provider asks for is kept beside it:
//! a deployment that waits is no failure, and is only not asked before its time. Pure: the time is an argument.

use super::outcome::{Ejection, Outcome};

/// Failures in a row that open it.
const CONSECUTIVE_FAILURES_MAX: u32 = 5;
/// The time that it stays open, times the number of times in a row that it opened.
const OPEN_MS: i64 = 30_000;
const OPENED_TIMES_MAX: u32 = 10;
/// The first wait after a refusal that names none, doubled by each further one.
const COOLING_MS: i64 = 1_000;
const COOLING_MS_MAX: i64 = 60_000;
/// Outcomes that a success rate is made of.
const OUTCOMES_MAX: u32 = 64;
/// Fewer outcomes than these say nothing.
const OUTCOMES_MIN: u32 = 20;
/// Standard deviations below the success rate of the others that open it, and the least difference.
const SIGMAS: f64 = 3.0;
const RATE_DIFFERENCE_MIN: f64 = 0.1;

/// The state of a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BreakerState {
    /// Requests pass.
    #[default]
    Closed,
    /// None pass.
    Open,
    /// The time is over: one request may pass, as a probe, or does already.
    HalfOpen,
}

impl BreakerState {
    /// The word in metrics and in the management API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Phase {
    #[default]
    Closed,
    Open {
        until_ms: i64,
    },
    Probing,
}

/// A circuit breaker.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    phase: Phase,
    why: Option<Ejection>,
    failures_in_a_row: u32,
    opened_in_a_row: u32,
    refusals_in_a_row: u32,
    cooling_until_ms: i64,
    recent: Recent,
}

/// The last outcomes, one bit each: 1 is a success.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Recent {
    bits: u64,
    count: u32,
}

impl Recent {
    fn push(&mut self, is_success: bool) {
        self.bits = (self.bits << 1) | u64::from(is_success);
        self.count = (self.count + 1).min(OUTCOMES_MAX);
    }

    pub(super) fn successes(self) -> u32 {
        let mask = u64::MAX.checked_shr(64 - self.count).unwrap_or(0);
        (self.bits & mask).count_ones()
    }

    pub(super) fn count(self) -> u32 {
        self.count
    }

    pub(super) fn success_permille(self) -> u32 {
        (self.successes() * 1_000)
            .checked_div(self.count)
            .unwrap_or_default()
    }
}

impl Breaker {
    /// The state at a time.
    pub(super) fn state(&self, now_ms: i64) -> BreakerState {
        match self.phase {
            Phase::Closed => BreakerState::Closed,
            Phase::Open { until_ms } if now_ms < until_ms => BreakerState::Open,
            Phase::Open { .. } | Phase::Probing => BreakerState::HalfOpen,
        }
    }

    /// The reason why it is not closed.
    pub(super) fn why(&self) -> Option<Ejection> {
        self.why.filter(|_| self.phase != Phase::Closed)
    }

    /// The time until which it is open; the present if it is not.
    pub(super) fn open_until_ms(&self, now_ms: i64) -> i64 {
        match self.phase {
            Phase::Open { until_ms } => until_ms.max(now_ms),
            Phase::Closed | Phase::Probing => now_ms,
        }
    }

    /// The time until which the provider asked to be left alone.
    pub(super) fn cooling_until_ms(&self) -> i64 {
        self.cooling_until_ms
    }

    /// Says that a probe is due and none is under way.
    pub(super) fn is_probe_due(&self, now_ms: i64) -> bool {
        matches!(self.phase, Phase::Open { until_ms } if until_ms <= now_ms)
    }

    /// Begins the probe, if one is due.
    pub(super) fn begin_probe(&mut self, now_ms: i64) -> bool {
        let is_due = self.is_probe_due(now_ms);
        if is_due {
            self.phase = Phase::Probing;
        }
        is_due
    }

    /// Forgets what is waited for: what failed is called in another way from now on. An open breaker stays open until a
    /// probe succeeds, which is due at once.
    pub(super) fn renew(&mut self) {
        let phase = match self.phase {
            Phase::Closed => Phase::Closed,
            Phase::Open { .. } | Phase::Probing => Phase::Open { until_ms: 0 },
        };
        *self = Self {
            phase,
            why: self.why,
            ..Self::default()
        };
    }

    pub(super) fn recent(&self) -> Recent {
        self.recent
    }

    /// Takes the outcome of a call. `others` are the recent outcomes of the rest of the pool, and `seed` spreads the
    /// times at which breakers close. Returns why it opened, if it did by this.
    pub(super) fn note(
        &mut self,
        outcome: Outcome,
        others: (u32, u32),
        now_ms: i64,
        seed: u64,
    ) -> Option<Ejection> {
        let was_probing = self.phase == Phase::Probing;
        match outcome {
            Outcome::Responded => {
                // Where half of a pool is ejected, others of it are asked without a probe: a success is as good as one.
                self.succeed(was_probing || self.is_probe_due(now_ms));
                None
            }
            Outcome::Abandoned => {
                if was_probing {
                    self.phase = Phase::Open { until_ms: now_ms };
                }
                None
            }
            Outcome::Refused { retry_after_ms } => {
                self.cool(retry_after_ms, now_ms);
                if was_probing {
                    // Refusing politely is a sign of life.
                    self.close();
                }
                None
            }
            Outcome::Failed(why) => {
                self.recent.push(false);
                self.failures_in_a_row = self.failures_in_a_row.saturating_add(1);
                let opens = was_probing || (self.phase == Phase::Closed && self.opens(why, others));
                opens.then(|| self.open(why, now_ms, seed))
            }
        }
    }

    fn succeed(&mut self, was_probing: bool) {
        self.recent.push(true);
        self.failures_in_a_row = 0;
        self.refusals_in_a_row = 0;
        if was_probing {
            self.close();
        }
    }

    fn close(&mut self) {
        self.phase = Phase::Closed;
        self.failures_in_a_row = 0;
        self.opened_in_a_row = 0;
        // What was before the probe is no part of the rate any more.
        self.recent = Recent::default();
    }

    fn opens(&self, why: Ejection, (successes, count): (u32, u32)) -> bool {
        if why.is_certain() || self.failures_in_a_row >= CONSECUTIVE_FAILURES_MAX {
            return true;
        }
        if self.recent.count < OUTCOMES_MIN || count < OUTCOMES_MIN {
            return false;
        }
        let own = f64::from(self.recent.successes()) / f64::from(self.recent.count);
        let theirs = f64::from(successes) / f64::from(count);
        let sigma = (theirs * (1.0 - theirs) / f64::from(self.recent.count)).sqrt();
        own < theirs - (SIGMAS * sigma).max(RATE_DIFFERENCE_MIN)
    }

    fn open(&mut self, why: Ejection, now_ms: i64, seed: u64) -> Ejection {
        self.opened_in_a_row = (self.opened_in_a_row + 1).min(OPENED_TIMES_MAX);
        let span_ms = OPEN_MS * i64::from(self.opened_in_a_row);
        let until_ms = now_ms + jittered(span_ms, seed);
        self.phase = Phase::Open { until_ms };
        self.why = Some(why);
        why
    }

    fn cool(&mut self, retry_after_ms: Option<i64>, now_ms: i64) {
        let doublings = self.refusals_in_a_row.min(16);
        self.refusals_in_a_row = self.refusals_in_a_row.saturating_add(1);
        let unsaid_ms = (COOLING_MS << doublings).min(COOLING_MS_MAX);
        let until_ms = now_ms + retry_after_ms.unwrap_or(unsaid_ms);
        self.cooling_until_ms = self.cooling_until_ms.max(until_ms);
    }
}

/// Four fifths to six fifths of a span.
fn jittered(span_ms: i64, seed: u64) -> i64 {
    let permille = i64::try_from(seed % 401).unwrap_or_default() + 800;
    span_ms * permille / 1_000
}

#[cfg(test)]
mod tests;
