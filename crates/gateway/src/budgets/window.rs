//! The windows of budgets, all in UTC.

use jiff::civil::{Date, Time};
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};
use store::budgets::{Budget, BudgetMode, BudgetWindow, SpentSince};
use store::usage_rollups::{DAY_MS, HOUR_MS, MINUTE_MS};

/// The length of a session.
pub(super) const SESSION_MS: i64 = 5 * HOUR_MS;
const WEEK_DAYS: i64 = 7;
/// The days of a rolling month.
const MONTH_DAYS: i64 = 30;
/// The days whose hours are kept: those of the longest window, and the one that is not over.
const HOURS_KEPT_DAYS: i64 = 32;
/// The time for which sessions are followed, to find the begin of the one that runs.
const SESSIONS_FOLLOWED_MS: i64 = 2 * DAY_MS;

/// The span of time that a budget counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    /// The begin of the first minute or hour in it.
    pub(super) from_ms: i64,
    pub(super) end: WindowEnd,
}

/// The end of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WindowEnd {
    Never,
    At(i64),
    /// A charge leaves it after so long, counted from the end of its hour.
    After(i64),
}

/// The begins of the sums that budgets look at.
pub fn spent_since(now_ms: i64) -> SpentSince {
    SpentSince {
        minute_ms: step_of(now_ms - SESSIONS_FOLLOWED_MS, MINUTE_MS),
        hour_ms: step_of(now_ms, HOUR_MS) - HOURS_KEPT_DAYS * DAY_MS,
    }
}

/// The begin of the step that a time is in.
pub(super) fn step_of(at_ms: i64, step_ms: i64) -> i64 {
    at_ms - at_ms.rem_euclid(step_ms)
}

impl Window {
    /// The window that runs at `now_ms`; of a session, `session_ms` says when that began.
    pub(super) fn of(budget: &Budget, session_ms: Option<i64>, now_ms: i64) -> Self {
        let days = match budget.window {
            BudgetWindow::Total => return Self::new(i64::MIN, WindowEnd::Never),
            BudgetWindow::Session => return Self::session(session_ms, now_ms),
            BudgetWindow::Day => 1,
            BudgetWindow::Week => WEEK_DAYS,
            BudgetWindow::Month => MONTH_DAYS,
        };
        match (budget.mode, budget.window) {
            (BudgetMode::Rolling, _) => {
                let length_ms = days * DAY_MS;
                let from_ms = step_of(now_ms - length_ms, HOUR_MS);
                Self::new(from_ms, WindowEnd::After(length_ms))
            }
            (BudgetMode::Calendar, BudgetWindow::Month) => Self::calendar_month(now_ms),
            (BudgetMode::Calendar, BudgetWindow::Week) => {
                // The first of January 1970 was a Thursday.
                let day = now_ms.div_euclid(DAY_MS);
                let monday = day - (day + 3).rem_euclid(WEEK_DAYS);
                Self::new(
                    monday * DAY_MS,
                    WindowEnd::At((monday + WEEK_DAYS) * DAY_MS),
                )
            }
            (BudgetMode::Calendar, _) => {
                let from_ms = step_of(now_ms, DAY_MS);
                Self::new(from_ms, WindowEnd::At(from_ms + DAY_MS))
            }
        }
    }

    fn new(from_ms: i64, end: WindowEnd) -> Self {
        Self { from_ms, end }
    }

    /// A session that would begin now ends as late as it can.
    fn session(began_ms: Option<i64>, now_ms: i64) -> Self {
        let began_ms = began_ms.unwrap_or_else(|| step_of(now_ms, MINUTE_MS));
        Self::new(began_ms, WindowEnd::At(began_ms + SESSION_MS))
    }

    fn calendar_month(now_ms: i64) -> Self {
        let now = Timestamp::from_millisecond(now_ms).unwrap_or_default();
        let first = Offset::UTC.to_datetime(now).date().first_of_month();
        let at = |date: Date| {
            let begin = Offset::UTC.to_timestamp(date.to_datetime(Time::midnight()));
            begin.map_or(now_ms, Timestamp::as_millisecond)
        };
        Self::new(
            at(first),
            WindowEnd::At(at(first.saturating_add(1.month()))),
        )
    }
}
