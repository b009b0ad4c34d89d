//! The breaker under a clock moved by hand.

use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, proptest};

use super::{Breaker, BreakerState, CONSECUTIVE_FAILURES_MAX, OPEN_MS};
use crate::routing::outcome::{Ejection, Outcome};

const FAILED: Outcome = Outcome::Failed(Ejection::Failing);
const ALONE: (u32, u32) = (0, 0);

fn opened() -> Breaker {
    let mut breaker = Breaker::default();
    for _ in 0..CONSECUTIVE_FAILURES_MAX {
        breaker.note(FAILED, ALONE, 0, 200);
    }
    breaker
}

#[test]
fn five_failures_in_a_row_open_it_and_a_success_between_them_does_not() {
    let mut breaker = Breaker::default();
    for outcome in [FAILED, FAILED, FAILED, FAILED, Outcome::Responded, FAILED] {
        assert_eq!(breaker.note(outcome, ALONE, 0, 0), None);
    }
    assert_eq!(breaker.state(0), BreakerState::Closed);
    assert_eq!(opened().state(0), BreakerState::Open);
}

#[test]
fn one_probe_passes_when_the_time_is_over_and_its_success_closes() {
    let mut breaker = opened();
    assert!(!breaker.begin_probe(OPEN_MS - 1));
    assert_eq!(breaker.state(OPEN_MS), BreakerState::HalfOpen);
    assert!(breaker.begin_probe(OPEN_MS));
    assert!(!breaker.begin_probe(OPEN_MS), "one probe at a time");
    breaker.note(Outcome::Responded, ALONE, OPEN_MS, 200);
    assert_eq!(breaker.state(OPEN_MS), BreakerState::Closed);
    assert_eq!(breaker.why(), None);
}

#[test]
fn a_success_without_a_probe_closes_it_once_the_time_is_over_and_not_before() {
    let mut breaker = opened();
    assert_eq!(breaker.note(Outcome::Responded, ALONE, 1, 0), None);
    assert_eq!(breaker.state(1), BreakerState::Open);
    let later = 2 * OPEN_MS;
    assert_eq!(breaker.note(Outcome::Responded, ALONE, later, 0), None);
    assert_eq!(breaker.state(later), BreakerState::Closed);
}

#[test]
fn a_probe_that_fails_opens_for_longer_and_one_that_is_abandoned_is_due_again() {
    let mut breaker = opened();
    assert!(breaker.begin_probe(OPEN_MS));
    breaker.note(Outcome::Abandoned, ALONE, OPEN_MS, 200);
    assert!(breaker.begin_probe(OPEN_MS));
    breaker.note(FAILED, ALONE, OPEN_MS, 200);
    assert_eq!(breaker.state(2 * OPEN_MS), BreakerState::Open);
    assert_eq!(breaker.state(3 * OPEN_MS), BreakerState::HalfOpen);
}

#[test]
fn a_credential_a_quota_and_an_unknown_model_open_it_at_once() {
    for why in [
        Ejection::Credential,
        Ejection::Quota,
        Ejection::UnknownModel,
    ] {
        let mut breaker = Breaker::default();
        assert_eq!(breaker.note(Outcome::Failed(why), ALONE, 0, 0), Some(why));
        assert_eq!(
            (breaker.state(0), breaker.why()),
            (BreakerState::Open, Some(why))
        );
    }
}

#[test]
fn a_success_rate_behind_that_of_the_pool_opens_it() {
    let mut breaker = Breaker::default();
    // Every second call fails, never two in a row.
    let opened = (0..40).find_map(|round| {
        breaker.note(Outcome::Responded, (64, 64), round, 0);
        breaker.note(FAILED, (64, 64), round, 0)
    });
    assert_eq!(opened, Some(Ejection::Failing));
    let mut as_bad = Breaker::default();
    for round in 0..40 {
        as_bad.note(Outcome::Responded, (32, 64), round, 0);
        assert_eq!(as_bad.note(FAILED, (32, 64), round, 0), None);
    }
}

#[test]
fn a_refusal_is_waited_out_and_opens_nothing() {
    let mut breaker = Breaker::default();
    let told = Outcome::Refused {
        retry_after_ms: Some(7_000),
    };
    breaker.note(told, ALONE, 1_000, 0);
    assert_eq!(
        (breaker.cooling_until_ms(), breaker.state(1_000)),
        (8_000, BreakerState::Closed)
    );
    let untold = Outcome::Refused {
        retry_after_ms: None,
    };
    let mut breaker = Breaker::default();
    let waits: Vec<i64> = (0..8)
        .map(|_| {
            breaker.note(untold, ALONE, 0, 0);
            breaker.cooling_until_ms()
        })
        .collect();
    assert_eq!(
        waits,
        [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]
    );
}

fn outcome(kind: u8) -> Outcome {
    match kind % 5 {
        0 => Outcome::Responded,
        1 => Outcome::Refused {
            retry_after_ms: None,
        },
        2 => Outcome::Abandoned,
        _ => FAILED,
    }
}

proptest! {
    #[test]
    fn it_is_never_open_for_good(kinds in prop::collection::vec(any::<u8>(), 0..200), seed: u64) {
        let mut breaker = Breaker::default();
        let mut now_ms = 0;
        for kind in kinds {
            now_ms += i64::from(kind) * 100;
            breaker.begin_probe(now_ms);
            breaker.note(outcome(kind), ALONE, now_ms, seed);
            let open_ms = breaker.open_until_ms(now_ms) - now_ms;
            prop_assert!(open_ms <= 12 * OPEN_MS, "{open_ms}");
            prop_assert_eq!(open_ms > 0, breaker.state(now_ms) == BreakerState::Open);
        }
        let later_ms = now_ms + 12 * OPEN_MS;
        let closes = breaker.state(later_ms) == BreakerState::Closed || {
            breaker.begin_probe(later_ms);
            breaker.note(Outcome::Responded, ALONE, later_ms, seed);
            breaker.state(later_ms) == BreakerState::Closed
        };
        prop_assert!(closes);
    }
}
