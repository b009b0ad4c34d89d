use store::{AccountId, ApiKeyId};

use super::{CountedToday, KeyCounters, Limiter, Limits};

const NOW_MS: i64 = 1_790_000_000_000;
const FREE: Limits = Limits {
    requests_per_minute: Some(10),
    tokens_per_minute: Some(40_000),
    requests_per_day: Some(500),
    concurrent_requests: Some(10),
    account_multiplier: 1,
    is_throttled: false,
};
const UNLIMITED: Limits = Limits {
    requests_per_minute: None,
    tokens_per_minute: None,
    requests_per_day: None,
    concurrent_requests: None,
    account_multiplier: 1,
    is_throttled: false,
};

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
        .filter(|_| counters.admit(limits, 1, now_ms).0.is_ok())
        .count()
}

#[test]
fn a_window_admits_exactly_its_limit_and_the_next_is_whole_again() {
    let counters = counters(&Limiter::default(), "key");
    assert_eq!(admitted(&counters, FREE, NOW_MS, 25), 10);
    assert_eq!(admitted(&counters, FREE, NOW_MS + 60_000, 25), 10);
}

#[test]
fn used_and_remaining_add_up_to_the_limit_whatever_happens() {
    let counters = counters(&Limiter::default(), "key");
    for step in 0..600 {
        let (_, report) = counters.admit(FREE, 100, NOW_MS + step * 700);
        assert!(report.requests.used <= report.requests.limit.unwrap());
        assert_eq!(report.requests.resets_at_s % 60, 0);
        assert!(report.requests.resets_at_s * 1_000 > NOW_MS + step * 700);
    }
}

#[test]
fn a_client_that_obeys_the_headers_is_never_refused() {
    let counters = counters(&Limiter::default(), "key");
    let mut now_ms = NOW_MS;
    for _ in 0..1_200 {
        let (decision, report) = counters.admit(FREE, 1, now_ms);
        assert!(decision.is_ok(), "refused at {now_ms}: {decision:?}");
        if report.requests.used == report.requests.limit.unwrap() {
            now_ms = report.requests.resets_at_s * 1_000;
        }
    }
}

#[test]
fn a_clock_that_is_set_back_does_not_hand_out_a_window_twice() {
    let counters = counters(&Limiter::default(), "key");
    assert_eq!(admitted(&counters, FREE, NOW_MS, 10), 10);
    assert_eq!(admitted(&counters, FREE, NOW_MS - 3_600_000, 10), 0);
}

#[test]
fn two_keys_of_a_free_account_share_its_ceiling() {
    let limiter = Limiter::default();
    let (one, other) = (counters(&limiter, "one"), counters(&limiter, "other"));
    assert_eq!(admitted(&one, FREE, NOW_MS, 7), 7);
    assert_eq!(admitted(&other, FREE, NOW_MS, 7), 3);
    let (refused, report) = other.admit(FREE, 1, NOW_MS);
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
    let limiter = Limiter::default();
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
    let (refused, report) = counters.admit(FREE, 1, NOW_MS);
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
    let counters = counters(&Limiter::default(), "key");
    let (grant, report) = counters.admit(FREE, 30_000, NOW_MS);
    assert_eq!(report.tokens.unwrap().remaining, 10_000);
    let refused = counters.admit(FREE, 10_001, NOW_MS).0.unwrap_err();
    assert_eq!(
        (refused.dimension, refused.limit),
        ("tokens_per_minute", 40_000)
    );
    counters.settle(grant.unwrap(), 100);
    assert!(counters.admit(FREE, 39_900, NOW_MS).0.is_ok());
}

#[test]
fn tokens_of_a_minute_that_is_over_are_not_given_back_to_the_next() {
    let counters = counters(&Limiter::default(), "key");
    let grant = counters.admit(FREE, 40_000, NOW_MS).0.unwrap();
    counters.admit(FREE, 1_000, NOW_MS + 60_000).0.unwrap();
    counters.settle(grant, 0);
    assert_eq!(
        counters
            .peek(FREE, NOW_MS + 60_000)
            .tokens
            .unwrap()
            .remaining,
        39_000
    );
}

#[test]
fn a_refused_request_counts_nowhere() {
    let counters = counters(&Limiter::default(), "key");
    let before = counters.peek(FREE, NOW_MS);
    assert!(counters.admit(FREE, 40_001, NOW_MS).0.is_err());
    assert_eq!(counters.peek(FREE, NOW_MS), before);
}

#[test]
fn an_unlimited_tier_counts_but_never_refuses() {
    let counters = counters(&Limiter::default(), "key");
    assert_eq!(admitted(&counters, UNLIMITED, NOW_MS, 1_000), 1_000);
    let report = counters.peek(UNLIMITED, NOW_MS);
    assert_eq!(
        (report.requests.limit, report.requests.used, report.tokens),
        (None, 1_000, None)
    );
}

#[test]
fn counters_that_nobody_holds_are_forgotten_the_next_day() {
    let limiter = Limiter::default();
    let held = counters(&limiter, "held");
    drop(counters(&limiter, "idle"));
    limiter.prune(NOW_MS);
    assert_eq!(limiter.keys.lock().len(), 2);
    limiter.prune(NOW_MS + 86_400_000);
    assert_eq!(limiter.keys.lock().len(), 1);
    drop(held);
}

#[test]
fn two_hundred_racing_requests_on_a_limit_of_ten_admit_exactly_ten() {
    let counters = counters(&Limiter::default(), "key");
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
