//! Learning a limit, against a provider that takes so many at a time.

use proptest::prelude::{prop_assert, proptest};

use super::Capacity;

#[test]
fn nothing_bounds_a_deployment_that_refused_nothing() {
    let mut capacity = Capacity::default();
    for running in 1..1_000 {
        assert!(capacity.has_room(running));
        capacity.succeed(running, 0);
    }
    assert_eq!(capacity.limit(), None);
}

#[test]
fn from_the_first_refusal_on_the_limit_is_below_what_was_refused() {
    let mut capacity = Capacity::default();
    capacity.refuse(60, 0);
    assert_eq!(capacity.limit(), Some(59));
    capacity.refuse(5, 0);
    assert_eq!(capacity.limit(), Some(4));
    capacity.refuse(40, 0);
    assert_eq!(capacity.limit(), Some(4));
    capacity.refuse(1, 0);
    assert_eq!(capacity.limit(), Some(1), "never nothing");
}

#[test]
fn what_was_refused_is_tried_again_later_and_later() {
    let mut capacity = Capacity::default();
    capacity.refuse(5, 0);
    let mut tried = Vec::new();
    for now_ms in (0..200_000).step_by(100) {
        capacity.succeed(4, now_ms);
        if capacity.has_room(4) {
            tried.push(now_ms / 1_000);
            capacity.refuse(5, now_ms);
        }
    }
    assert_eq!(tried, [1, 3, 7, 15, 31, 63, 123, 183]);
}

#[test]
fn a_capacity_that_grew_is_found_again() {
    let mut capacity = Capacity::default();
    capacity.refuse(5, 0);
    let mut now_ms = 0;
    while capacity.limit() < Some(40) {
        let limit = capacity.limit().unwrap();
        capacity.succeed(limit, now_ms);
        now_ms += 100;
        assert!(now_ms < 120_000, "{capacity:?}");
    }
}

#[test]
fn first_tokens_that_take_ten_times_as_long_lower_the_limit_and_total_time_does_not_matter() {
    let mut capacity = Capacity::default();
    for _ in 0..100 {
        capacity.note_first_token(100, 50_000, 20, 0);
    }
    assert_eq!(capacity.limit(), None);
    for round in 0..60 {
        let running = capacity.limit().unwrap_or(20).min(20);
        capacity.note_first_token(100, 500_000, running, round * 1_000);
    }
    let limit = capacity.limit().unwrap();
    assert!((4..18).contains(&limit), "{limit}");
    // Long prompts take longer by nature.
    let mut capacity = Capacity::default();
    for _ in 0..100 {
        capacity.note_first_token(100, 50_000, 20, 0);
        capacity.note_first_token(20_000, 900_000, 20, 0);
    }
    assert_eq!(capacity.limit(), None);
}

proptest! {
    #[test]
    fn the_limit_settles_at_what_the_provider_takes(takes in 1..200_u32, burst in 1..400_u32) {
        let mut capacity = Capacity::default();
        for number in takes + 1..=takes + burst {
            capacity.refuse(number, 0);
        }
        let mut refused = 0;
        for round in 0..600_i64 {
            let sent = capacity.limit().unwrap();
            let now_ms = round * 100;
            for number in 1..=sent {
                if number > takes {
                    refused += 1;
                    capacity.refuse(number, now_ms);
                } else {
                    capacity.succeed(number, now_ms);
                }
            }
            prop_assert!(sent <= takes + 1, "{sent}");
        }
        prop_assert!(capacity.limit().unwrap() >= takes, "{capacity:?}");
        prop_assert!(refused <= 10, "{refused}");
    }
}
