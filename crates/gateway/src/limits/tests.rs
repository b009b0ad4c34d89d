use store::{AccountId, ApiKeyId};

use std::sync::Arc;

use super::{CountedToday, KeyCounters, KeyLimits, Limiter, Limits, Moment, Owner};
use crate::clock::Clock;
use crate::counts_file::CountsFile;

const NO_OWN: KeyLimits = KeyLimits {
    requests_per_minute: None,
    tokens_per_minute: None,
    requests_per_day: None,
    concurrent_requests: None,
};
const NOW_MS: i64 = 1_790_000_000_000;
const FREE: Limits = Limits {
    requests_per_minute: Some(10),
    tokens_per_minute: Some(40_000),
    requests_per_day: Some(500),
    concurrent_requests: Some(10),
    account_multiplier: 1,
    own: NO_OWN,
    is_throttled: false,
};
const UNLIMITED: Limits = Limits {
    requests_per_minute: None,
    tokens_per_minute: None,
    requests_per_day: None,
    concurrent_requests: None,
    account_multiplier: 1,
    own: NO_OWN,
    is_throttled: false,
};

fn limiter() -> Limiter {
    Limiter::new(Clock::manual(NOW_MS), None)
}

fn at(now_ms: i64) -> Moment {
    Moment::steady(now_ms)
}

impl KeyCounters {
    fn offer(
        &self,
        limits: Limits,
        tokens: u64,
        now_ms: i64,
    ) -> (
        Result<super::Grant, super::LimitRefusal>,
        super::LimitReport,
    ) {
        let (key, account) = ("key".into(), "acct".into());
        let owner = Owner {
            key: &key,
            account: &account,
        };
        let (decision, report) = self.admit(owner, limits, tokens, at(now_ms));
        (decision.map(|(grant, _)| grant), report)
    }
}

fn counters(limiter: &Limiter, key: &str) -> KeyCounters {
    limiter.counters(
        &ApiKeyId::from(key),
        &AccountId::from("acct"),
        CountedToday::default(),
        NOW_MS,
    )
}

fn admitted(counters: &KeyCounters, limits: Limits, now_ms: i64, offered: u32) -> usize {
    (0..offered)
        .filter(|_| counters.offer(limits, 1, now_ms).0.is_ok())
        .count()
}

#[test]
fn a_window_admits_exactly_its_limit_and_the_next_is_whole_again() {
    let counters = counters(&limiter(), "key");
    assert_eq!(admitted(&counters, FREE, NOW_MS, 25), 10);
    assert_eq!(admitted(&counters, FREE, NOW_MS + 60_000, 25), 10);
}

#[test]
fn used_and_remaining_add_up_to_the_limit_whatever_happens() {
    let counters = counters(&limiter(), "key");
    for step in 0..600 {
        let (_, report) = counters.offer(FREE, 100, NOW_MS + step * 700);
        assert!(report.requests.used <= report.requests.limit.unwrap());
        assert_eq!(report.requests.resets_at_s % 60, 0);
        assert!(report.requests.resets_at_s * 1_000 > NOW_MS + step * 700);
    }
}

#[test]
fn a_client_that_obeys_the_headers_is_never_refused() {
    let counters = counters(&limiter(), "key");
    let mut now_ms = NOW_MS;
    for _ in 0..1_200 {
        let (decision, report) = counters.offer(FREE, 1, now_ms);
        assert!(decision.is_ok(), "refused at {now_ms}: {decision:?}");
        if report.requests.used == report.requests.limit.unwrap() {
            now_ms = report.requests.resets_at_s * 1_000;
        }
    }
}

#[test]
fn a_clock_that_is_set_back_does_not_hand_out_a_window_twice() {
    let counters = counters(&limiter(), "key");
    assert_eq!(admitted(&counters, FREE, NOW_MS, 10), 10);
    let back = at(NOW_MS).set_by(-3_600_000);
    let (key, account) = ("key".into(), "acct".into());
    let owner = Owner {
        key: &key,
        account: &account,
    };
    let refused = counters.admit(owner, FREE, 1, back).0.unwrap_err();
    assert!(refused.retry_after_seconds <= 60, "{refused:?}");
}

#[test]
fn two_keys_of_a_free_account_share_its_ceiling() {
    let limiter = limiter();
    let (one, other) = (counters(&limiter, "one"), counters(&limiter, "other"));
    assert_eq!(admitted(&one, FREE, NOW_MS, 7), 7);
    assert_eq!(admitted(&other, FREE, NOW_MS, 7), 3);
    let (refused, report) = other.offer(FREE, 1, NOW_MS);
    assert_eq!(
        refused.unwrap_err().dimension,
        "account_requests_per_minute"
    );
    assert_eq!(
        (report.requests.limit, report.requests.used),
        (Some(10), 10)
    );
}

#[test]
fn the_day_is_restored_and_a_refusal_by_the_day_waits_until_midnight() {
    let limiter = limiter();
    let today = CountedToday {
        key: 499,
        account: 499,
    };
    let counters = limiter.counters(
        &ApiKeyId::from("key"),
        &AccountId::from("acct"),
        today,
        NOW_MS,
    );
    assert_eq!(admitted(&counters, FREE, NOW_MS, 5), 1);
    let (refused, report) = counters.offer(FREE, 1, NOW_MS);
    let refused = refused.unwrap_err();
    assert_eq!(report.requests.resets_at_s % 86_400, 0);
    assert_eq!(
        refused.retry_after_seconds as i64,
        report.requests.resets_at_s - NOW_MS / 1_000
    );
    let later = limiter.counters(
        &ApiKeyId::from("key"),
        &AccountId::from("acct"),
        CountedToday::default(),
        NOW_MS,
    );
    assert_eq!(
        admitted(&later, FREE, NOW_MS, 5),
        0,
        "what was counted here outlives a reload"
    );
}

#[test]
fn tokens_are_reserved_and_given_back() {
    let counters = counters(&limiter(), "key");
    let (grant, report) = counters.offer(FREE, 30_000, NOW_MS);
    assert_eq!(report.tokens.unwrap().remaining, 10_000);
    let refused = counters.offer(FREE, 10_001, NOW_MS).0.unwrap_err();
    assert_eq!(
        (refused.dimension, refused.limit),
        ("tokens_per_minute", 40_000)
    );
    counters.settle(grant.unwrap(), 100);
    assert!(counters.offer(FREE, 39_900, NOW_MS).0.is_ok());
}

#[test]
fn tokens_of_a_minute_that_is_over_are_not_given_back_to_the_next() {
    let counters = counters(&limiter(), "key");
    let grant = counters.offer(FREE, 40_000, NOW_MS).0.unwrap();
    counters.offer(FREE, 1_000, NOW_MS + 60_000).0.unwrap();
    counters.settle(grant, 0);
    assert_eq!(
        counters
            .peek(FREE, at(NOW_MS + 60_000))
            .tokens
            .unwrap()
            .remaining,
        39_000
    );
}

#[test]
fn a_refused_request_counts_nowhere() {
    let counters = counters(&limiter(), "key");
    let before = counters.peek(FREE, at(NOW_MS));
    assert!(counters.offer(FREE, 40_001, NOW_MS).0.is_err());
    assert_eq!(counters.peek(FREE, at(NOW_MS)), before);
}

#[test]
fn an_unlimited_tier_counts_but_never_refuses() {
    let counters = counters(&limiter(), "key");
    assert_eq!(admitted(&counters, UNLIMITED, NOW_MS, 1_000), 1_000);
    let report = counters.peek(UNLIMITED, at(NOW_MS));
    assert_eq!(
        (report.requests.limit, report.requests.used, report.tokens),
        (None, 1_000, None)
    );
}

#[test]
fn counters_that_nobody_holds_are_forgotten_the_next_day() {
    let clock = Clock::manual(NOW_MS);
    let limiter = Limiter::new(clock.clone(), None);
    let held = counters(&limiter, "held");
    drop(counters(&limiter, "idle"));
    limiter.prune();
    assert_eq!(limiter.keys.lock().len(), 2);
    clock.advance(std::time::Duration::from_secs(86_400));
    limiter.prune();
    assert_eq!(limiter.keys.lock().len(), 1);
    drop(held);
}

#[test]
fn two_hundred_racing_requests_on_a_limit_of_ten_admit_exactly_ten() {
    let counters = counters(&limiter(), "key");
    let total: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..20)
            .map(|_| scope.spawn(|| admitted(&counters, FREE, NOW_MS, 10)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    assert_eq!(total, 10);
}

#[test]
fn slots_of_keys_that_were_not_used_today_are_given_back() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Arc::new(CountsFile::open(folder.path()).unwrap());
    let clock = Clock::manual(NOW_MS);
    let limiter = Limiter::new(clock.clone(), Some(open()));
    let held = counters(&limiter, "key");
    assert!(held.offer(FREE, 1, NOW_MS).0.is_ok());
    let size = || {
        std::fs::metadata(folder.path().join("counts-1"))
            .unwrap()
            .len()
    };
    let first = size();
    clock.advance(std::time::Duration::from_secs(86_400));
    limiter.prune();
    let other = counters(&limiter, "other");
    assert!(other.offer(FREE, 1, clock.now_ms()).0.is_ok());
    assert_eq!(size(), first);
}

#[test]
fn what_a_key_without_limits_counts_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = Arc::new(CountsFile::open(folder.path()).unwrap());
    let limiter = Limiter::new(Clock::manual(NOW_MS), Some(file));
    assert!(
        counters(&limiter, "key")
            .offer(UNLIMITED, 1, NOW_MS)
            .0
            .is_ok()
    );
    let size = std::fs::metadata(folder.path().join("counts-1"))
        .unwrap()
        .len();
    assert_eq!(size, 0);
}

#[test]
fn a_throttled_key_has_a_tenth_of_its_own_limit() {
    let own = KeyLimits {
        requests_per_minute: Some(30),
        ..NO_OWN
    };
    let counters = counters(&limiter(), "key");
    let limits = UNLIMITED.with_own(own).throttled(true);
    assert_eq!(admitted(&counters, limits, NOW_MS, 25), 3);
}
