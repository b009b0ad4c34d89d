//! Properties of the order: shares, fairness, no starvation, no burst after idleness.

use std::collections::HashMap;

use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};
use store::AccountId;

use super::super::level::{LEVELS, Level};
use super::{Entry, Queue, Taken};

const BUSY: Taken = Taken {
    by_level: [100; 4],
    seats: 100,
};

fn push(queue: &mut Queue<u64>, level: Level, account: &str, cost: u64, content: u64) {
    let entry = Entry {
        level,
        account: AccountId::from(account),
        cost,
        content,
    };
    queue.push(entry, false);
}

fn pop(queue: &mut Queue<u64>) -> Option<(Level, String, u64)> {
    let (place, _, content) = queue.pop(BUSY, |_, _| true)?;
    Some((place.level, place.account.to_string(), content))
}

#[test]
fn levels_share_by_tokens_where_all_have_more_than_theirs() {
    let mut queue = Queue::default();
    for round in 0..4_000 {
        for level in LEVELS {
            // Requests of the lower levels are smaller: it is tokens that are shared.
            let cost = 100 * (level.index() as u64 + 1);
            push(&mut queue, level, "a", cost, round);
        }
    }
    let mut tokens = [0_u64; 4];
    for _ in 0..4_000 {
        let (level, _, _) = pop(&mut queue).unwrap();
        tokens[level.index()] += 100 * (level.index() as u64 + 1);
    }
    let all: u64 = tokens.iter().sum();
    let percent = tokens.map(|tokens| tokens * 100 / all);
    for (level, percent) in LEVELS.into_iter().zip(percent) {
        assert!(
            level.share_percent().abs_diff(percent) <= 2,
            "{level:?} {percent}"
        );
    }
}

#[test]
fn a_level_below_its_share_comes_first_and_critical_before_all() {
    let mut queue = Queue::default();
    for level in LEVELS {
        push(&mut queue, level, "a", 100, 0);
    }
    let taken = |by_level| Taken {
        by_level,
        seats: 100,
    };
    let first =
        |queue: &mut Queue<u64>, by_level| queue.pop(taken(by_level), |_, _| true).unwrap().0.level;
    assert_eq!(first(&mut queue, [5, 90, 90, 44]), Level::Critical);
    assert_eq!(first(&mut queue, [9, 90, 90, 90]), Level::Low);
    assert_eq!(first(&mut queue, [90, 19, 90, 90]), Level::Normal);
}

#[test]
fn turns_of_an_account_keep_their_order_and_one_that_comes_back_is_first() {
    let mut queue = Queue::default();
    for content in 0..3 {
        push(&mut queue, Level::Low, "a", 10, content);
    }
    let entry = Entry {
        level: Level::Low,
        account: "a".into(),
        cost: 10,
        content: 9,
    };
    queue.push(entry, true);
    let order: Vec<u64> = std::iter::from_fn(|| pop(&mut queue))
        .map(|one| one.2)
        .collect();
    assert_eq!(order, [9, 0, 1, 2]);
}

#[test]
fn an_account_that_was_idle_returns_without_a_burst() {
    let mut queue = Queue::default();
    for _ in 0..100 {
        push(&mut queue, Level::Normal, "busy", 100, 0);
        pop(&mut queue);
    }
    for _ in 0..20 {
        push(&mut queue, Level::Normal, "busy", 100, 0);
        push(&mut queue, Level::Normal, "idle", 100, 0);
    }
    let firsts = (0..10)
        .filter(|_| pop(&mut queue).unwrap().1 == "idle")
        .count();
    assert!((4..=6).contains(&firsts), "{firsts}");
}

#[test]
fn one_account_that_fills_the_queue_makes_room_for_others_and_not_for_itself() {
    let mut queue = Queue::default();
    for content in 0..1_000 {
        push(&mut queue, Level::Low, "flood", 10, content);
    }
    assert_eq!(queue.displace(Level::Low, &"flood".into()), None);
    assert_eq!(queue.displace(Level::Low, &"other".into()), Some(999));
    assert_eq!(queue.waiting(Level::Low), 999);
}

#[test]
fn what_a_request_needed_more_than_was_thought_is_a_debt() {
    let mut queue = Queue::default();
    for account in ["thrifty", "lavish"] {
        for _ in 0..2 {
            push(&mut queue, Level::High, account, 100, 0);
        }
    }
    let (_, first, _) = pop(&mut queue).unwrap();
    queue.correct((Level::High, &AccountId::from(&*first)), 100, 5_000);
    let other = [pop(&mut queue).unwrap().1, pop(&mut queue).unwrap().1];
    assert!(other.iter().all(|account| *account != first), "{other:?}");
}

fn jain(served: &[u64]) -> f64 {
    let sum: f64 = served.iter().map(|one| *one as f64).sum();
    let squares: f64 = served.iter().map(|one| (*one as f64).powi(2)).sum();
    sum * sum / (served.len() as f64 * squares)
}

proptest! {
    #[test]
    fn equal_accounts_are_served_alike_though_estimates_are_60_percent_wrong(
        errors in prop::collection::vec(40..160_u64, 8),
        costs in prop::collection::vec(50..2_000_u64, 8),
    ) {
        let mut queue = Queue::default();
        let mut served = HashMap::new();
        let accounts: Vec<String> = (0..8).map(|one| format!("acc_{one}")).collect();
        let mut next: Vec<usize> = (0..8).chain(0..8).collect();
        for round in 0..800_u64 {
            for index in next.drain(..) {
                let estimated = costs[index] * errors[index] / 100;
                push(&mut queue, Level::Low, &accounts[index], estimated, round);
            }
            let (_, account, _) = pop(&mut queue).unwrap();
            let index = accounts.iter().position(|one| *one == account).unwrap();
            next.push(index);
            let (estimated, actual) = (costs[index] * errors[index] / 100, costs[index]);
            queue.correct((Level::Low, &AccountId::from(&*account)), estimated, actual);
            *served.entry(account).or_insert(0) += actual;
        }
        let served: Vec<u64> = served.into_values().collect();
        prop_assert_eq!(served.len(), 8);
        prop_assert!(jain(&served) >= 0.95, "{served:?}");
    }

    #[test]
    fn nobody_starves(costs in prop::collection::vec((0..4_usize, 0..5_usize, 1..1_000_000_u64), 1..200)) {
        let mut queue = Queue::default();
        for (index, (level, account, cost)) in costs.iter().enumerate() {
            push(&mut queue, LEVELS[*level], &format!("acc_{account}"), *cost, index as u64);
        }
        let mut seen: Vec<u64> = std::iter::from_fn(|| pop(&mut queue)).map(|one| one.2).collect();
        seen.sort_unstable();
        prop_assert_eq!(seen, (0..costs.len() as u64).collect::<Vec<_>>());
        prop_assert!(queue.is_empty());
    }
}
