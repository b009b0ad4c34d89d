use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use store::RequestId;
use store::budgets::{Budget, BudgetAction, BudgetMode, BudgetOverride, BudgetWindow, Spent};
use store::usage_rollups::{DAY_MS, HOUR_MS, MINUTE_MS};

use super::{BudgetHold, BudgetSource, Lines, Settled, Spend, statuses_of};

/// Wednesday, 2026-09-30, 13:34:05 UTC.
const NOW_MS: i64 = 1_790_775_245_000;

fn budget(window: BudgetWindow, mode: BudgetMode, amount_nanos: u64) -> Budget {
    Budget {
        window,
        mode,
        amount_nanos,
        action: BudgetAction::Block,
        replaced: None,
    }
}

fn total(amount_nanos: u64) -> Budget {
    budget(BudgetWindow::Total, BudgetMode::Calendar, amount_nanos)
}

fn followed() -> Arc<Spend> {
    let spend = Arc::new(Spend::default());
    spend.follow();
    spend.restore(&Spent::default(), NOW_MS);
    spend
}

fn lines<'a>(of_key: &'a [Budget], of_account: &'a [Budget]) -> Lines<'a> {
    Lines {
        of_key,
        of_account,
        from_above: (BudgetSource::Tier, &[]),
    }
}

fn request(number: u64) -> RequestId {
    format!("req_{number}").as_str().into()
}

fn settled(id: &RequestId, charge_nanos: u64) -> Settled<'_> {
    Settled {
        request: id,
        at_ms: NOW_MS,
        charge_nanos,
    }
}

#[test]
fn of_a_thousand_requests_at_once_as_many_are_admitted_as_the_budget_is_worth() {
    for worth in [0, 1, 7, 999] {
        for of_key in [true, false] {
            let (key, account) = (followed(), followed());
            let budgets = [total(worth * 10)];
            let admitted = AtomicU64::new(0);
            thread::scope(|scope| {
                for thread in 0..8_u64 {
                    let (key, account, budgets, admitted) = (&key, &account, &budgets, &admitted);
                    scope.spawn(move || {
                        let lines = if of_key {
                            lines(budgets, &[])
                        } else {
                            lines(&[], budgets)
                        };
                        for number in 0..125_u64 {
                            let Ok(hold) = BudgetHold::take([key, account], lines, 10, NOW_MS)
                            else {
                                continue;
                            };
                            admitted.fetch_add(1, Ordering::Relaxed);
                            let id = request(thread * 1_000 + number);
                            BudgetHold::settle(Some(hold), [key, account], lines, settled(&id, 10));
                        }
                    });
                }
            });
            assert_eq!(admitted.into_inner(), worth);
        }
    }
}

#[test]
fn a_quote_is_held_until_it_is_settled_at_less_or_given_back() {
    let (key, account) = (followed(), followed());
    let spends = [&key, &account];
    let budgets = [total(100)];
    let lines = lines(&budgets, &[]);
    let first = BudgetHold::take(spends, lines, 80, NOW_MS).unwrap();
    let (refused, news) = *BudgetHold::take(spends, lines, 30, NOW_MS).unwrap_err();
    assert!(refused.may_be_freed, "what runs may cost less");
    assert_eq!(
        (refused.status.spent_nanos, refused.status.held_nanos),
        (0, 80)
    );
    assert!(news.is_none());
    let id = request(1);
    BudgetHold::settle(Some(first), spends, lines, settled(&id, 20));
    let second = BudgetHold::take(spends, lines, 80, NOW_MS).unwrap();
    second.release();
    let (refused, _) = *BudgetHold::take(spends, lines, 81, NOW_MS).unwrap_err();
    assert!(!refused.may_be_freed);
    assert!(BudgetHold::take(spends, lines, 80, NOW_MS).is_ok());
}

#[test]
fn neither_the_key_nor_the_account_holds_what_the_other_refuses() {
    let (key, account) = (followed(), followed());
    let spends = [&key, &account];
    let (wide, narrow) = ([total(100)], [total(10)]);
    let (refused, _) = *BudgetHold::take(spends, lines(&wide, &narrow), 50, NOW_MS).unwrap_err();
    assert_eq!(refused.source, BudgetSource::Account);
    assert!(BudgetHold::take(spends, lines(&wide, &[]), 100, NOW_MS).is_ok());
}

#[test]
fn windows_of_the_calendar_begin_with_the_day_the_week_on_monday_and_the_month() {
    let hour = |ago_ms: i64, nanos| ((NOW_MS - ago_ms) / HOUR_MS * HOUR_MS, nanos);
    let spent = Spent {
        minutes: vec![],
        hours: vec![
            hour(20 * DAY_MS, 1_000),
            hour(3 * DAY_MS, 100),
            hour(2 * DAY_MS, 10),
            hour(0, 1),
        ],
        total: 5_000,
    };
    let all = [
        BudgetWindow::Day,
        BudgetWindow::Week,
        BudgetWindow::Month,
        BudgetWindow::Total,
    ];
    let calendar = all.map(|window| budget(window, BudgetMode::Calendar, 1));
    let statuses = statuses_of(&spent, &calendar, NOW_MS);
    let sums: Vec<_> = statuses.iter().map(|status| status.spent_nanos).collect();
    assert_eq!(sums, [1, 11, 1_111, 5_000]);
    let resets: Vec<_> = statuses.iter().map(|status| status.resets_at_ms).collect();
    let october = 1_790_812_800_000;
    assert_eq!(
        resets,
        [
            Some(october),
            Some(october + 4 * DAY_MS),
            Some(october),
            None
        ]
    );
    let rolling = all.map(|window| budget(window, BudgetMode::Rolling, 1));
    let statuses = statuses_of(&spent, &rolling, NOW_MS);
    let sums: Vec<_> = statuses.iter().map(|status| status.spent_nanos).collect();
    assert_eq!(sums, [1, 111, 1_111, 5_000]);
    let frees = statuses[1].resets_at_ms.unwrap() - NOW_MS;
    assert!(
        frees > 4 * DAY_MS && frees <= 4 * DAY_MS + HOUR_MS,
        "{frees}"
    );
}

#[test]
fn a_session_lasts_five_hours_from_its_first_charge() {
    let minute = |ago_ms: i64, nanos| ((NOW_MS - ago_ms) / MINUTE_MS * MINUTE_MS, nanos);
    let session = [budget(BudgetWindow::Session, BudgetMode::Calendar, 1)];
    let of = |minutes| {
        let spent = Spent {
            minutes,
            ..Spent::default()
        };
        let status = statuses_of(&spent, &session, NOW_MS)[0];
        (
            status.spent_nanos,
            status.resets_at_ms.unwrap() - status.from_ms,
        )
    };
    let length = 5 * HOUR_MS;
    assert_eq!(of(vec![]), (0, length));
    assert_eq!(
        of(vec![minute(4 * HOUR_MS, 10), minute(0, 1)]),
        (11, length)
    );
    // The first began a session that is over; the second began the one that runs.
    assert_eq!(
        of(vec![
            minute(6 * HOUR_MS, 100),
            minute(30 * MINUTE_MS, 10),
            minute(0, 1)
        ]),
        (11, length)
    );
    assert_eq!(of(vec![minute(6 * HOUR_MS, 100)]), (0, length));
}

#[test]
fn a_charge_is_counted_once_whether_it_was_written_before_or_after_the_sums_were_read() {
    let spend = Arc::new(Spend::default());
    spend.follow();
    let budgets = [total(1_000)];
    let other = followed();
    let lines = lines(&budgets, &[]);
    let (first, second) = (request(1), request(2));
    // Settled before anything was read, and written then: the sums have it.
    BudgetHold::settle(None, [&spend, &other], lines, settled(&first, 5));
    spend.written(&first, NOW_MS, 5);
    BudgetHold::settle(None, [&spend, &other], lines, settled(&second, 7));
    let spent = Spent {
        total: 105,
        ..Spent::default()
    };
    spend.restore(&spent, NOW_MS);
    let left =
        |nanos| BudgetHold::take([&spend, &other], lines, nanos, NOW_MS).map(BudgetHold::release);
    assert!(left(888).is_ok() && left(889).is_err());
    spend.written(&second, NOW_MS, 7);
    assert!(left(888).is_ok() && left(889).is_err());
    // Another process's.
    spend.written(&request(3), NOW_MS, 88);
    assert!(left(800).is_ok() && left(801).is_err());
}

#[test]
fn another_amount_holds_until_its_time() {
    let raised = Budget {
        replaced: Some(BudgetOverride {
            amount_nanos: 50,
            until_ms: NOW_MS,
        }),
        ..total(10)
    };
    assert_eq!(raised.amount_at(NOW_MS - 1), 50);
    assert_eq!(raised.amount_at(NOW_MS), 10);
}

#[test]
fn each_level_is_told_once_in_each_window() {
    let (key, account) = (followed(), followed());
    let spends = [&key, &account];
    let budgets = [budget(BudgetWindow::Day, BudgetMode::Calendar, 100)];
    let lines = lines(&budgets, &[]);
    let spend = |number, at_ms, nanos| -> Vec<u64> {
        let id = request(number);
        let settled = Settled {
            request: &id,
            at_ms,
            charge_nanos: nanos,
        };
        let news = BudgetHold::settle(None, spends, lines, settled);
        news.iter().map(|alert| alert.percent).collect()
    };
    assert_eq!(spend(1, NOW_MS, 49), [0; 0]);
    assert_eq!(spend(2, NOW_MS, 1), [50]);
    assert_eq!(spend(3, NOW_MS, 10), [0; 0]);
    assert_eq!(spend(4, NOW_MS, 39), [80]);
    let (_, news) = *BudgetHold::take(spends, lines, 2, NOW_MS).unwrap_err();
    let news = news.unwrap();
    assert_eq!((news.percent, news.is_refused), (100, true));
    assert!(
        BudgetHold::take(spends, lines, 2, NOW_MS)
            .unwrap_err()
            .1
            .is_none()
    );
    assert_eq!(spend(5, NOW_MS + DAY_MS, 90), [80]);
}
