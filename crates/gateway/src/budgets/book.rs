//! The book of one key or account: what was spent and what is held, by minute and hour.

use std::collections::{BTreeMap, HashMap};

use store::RequestId;
use store::budgets::{Budget, BudgetWindow, Spent};
use store::usage_rollups::{HOUR_MS, MINUTE_MS};

use super::alert::Told;
use super::status::{Amount, BudgetStatus, Standing};
use super::window::{SESSION_MS, Window, WindowEnd, spent_since, step_of};

/// The amounts that were spent and that are held.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// True once what the database knows is in it.
    pub(super) is_restored: bool,
    /// True while that is to be read.
    pub(super) is_wanted: bool,
    /// By their begin.
    minutes: BTreeMap<i64, Amount>,
    hours: BTreeMap<i64, Amount>,
    total: Amount,
    /// The begin of the session that runs, or ran last.
    session_ms: Option<i64>,
    /// Charges that the database does not have yet, with the time that they count at.
    pub(super) unwritten: HashMap<RequestId, (i64, u64)>,
    /// Those of which it is not known, after a failure to write.
    pub(super) doubtful: HashMap<RequestId, (i64, u64)>,
    /// The alerts that the account got.
    pub(super) told: Told,
    /// The time of the last hold.
    pub(super) used_at_ms: i64,
}

impl Book {
    /// Takes over what the database has, in place of what was known of it.
    pub(super) fn restore(&mut self, spent: &Spent, now_ms: i64) {
        for amount in self.all_mut() {
            amount.spent = 0;
        }
        self.total.spent = spent.total;
        for (steps, sums) in [
            (&mut self.minutes, &spent.minutes),
            (&mut self.hours, &spent.hours),
        ] {
            for (at_ms, nanos) in sums {
                steps.entry(*at_ms).or_default().spent = *nanos;
            }
        }
        let unwritten = self.unwritten.values().chain(self.doubtful.values());
        let unwritten: Vec<_> = unwritten.copied().collect();
        for (at_ms, nanos) in unwritten {
            self.change(at_ms, |amount| {
                amount.spent = amount.spent.saturating_add(nanos);
            });
        }
        if self.session_at(now_ms).is_none() {
            self.session_ms = self.find_session(now_ms);
        }
        self.forget_old(now_ms);
        if !std::mem::replace(&mut self.is_restored, true) {
            self.used_at_ms = now_ms;
        }
        self.is_wanted = false;
    }

    /// Follows the sessions: each begins with the first charge after the one before.
    fn find_session(&self, now_ms: i64) -> Option<i64> {
        let mut began_ms = None;
        for (at_ms, _) in self.minutes.iter().filter(|(_, amount)| amount.spent > 0) {
            if began_ms.is_none_or(|began_ms| *at_ms >= began_ms + SESSION_MS) {
                began_ms = Some(*at_ms);
            }
        }
        began_ms.filter(|began_ms| now_ms < began_ms + SESSION_MS)
    }

    fn session_at(&self, now_ms: i64) -> Option<i64> {
        self.session_ms
            .filter(|began_ms| now_ms < began_ms + SESSION_MS)
    }

    /// The window of a budget as it stands.
    pub(super) fn standing(&self, budget: &Budget, now_ms: i64) -> Standing {
        let window = Window::of(budget, self.session_at(now_ms), now_ms);
        let steps = match budget.window {
            BudgetWindow::Session => &self.minutes,
            _ => &self.hours,
        };
        let within = steps.range(window.from_ms..);
        let first = within.clone().find(|(_, amount)| amount.spent > 0);
        let amount = match budget.window {
            BudgetWindow::Total => self.total,
            _ => within.fold(Amount::default(), |sum, (_, amount)| Amount {
                spent: sum.spent.saturating_add(amount.spent),
                held: sum.held.saturating_add(amount.held),
            }),
        };
        Standing {
            amount,
            from_ms: window.from_ms,
            resets_at_ms: match window.end {
                WindowEnd::Never => None,
                WindowEnd::At(at_ms) => Some(at_ms),
                WindowEnd::After(length_ms) => {
                    first.map(|(hour_ms, _)| hour_ms + HOUR_MS + length_ms)
                }
            },
        }
    }

    /// Reserves an amount; a session begins if none runs.
    pub(super) fn hold(&mut self, at_ms: i64, nanos: u64) {
        self.used_at_ms = at_ms;
        if self.session_at(at_ms).is_none() {
            self.session_ms = Some(step_of(at_ms, MINUTE_MS));
        }
        self.change(at_ms, |amount| {
            amount.held = amount.held.saturating_add(nanos);
        });
    }

    /// Gives a hold back.
    pub(super) fn release(&mut self, at_ms: i64, nanos: u64) {
        self.change(at_ms, |amount| {
            amount.held = amount.held.saturating_sub(nanos);
        });
    }

    /// Counts a charge that the database does not have yet.
    pub(super) fn spend(&mut self, request: &RequestId, at_ms: i64, nanos: u64) {
        if nanos > 0
            && self
                .unwritten
                .insert(request.clone(), (at_ms, nanos))
                .is_none()
        {
            self.add_spent(at_ms, nanos);
        }
    }

    /// Notes that the database has a charge; one that was not known here, such as another process's, is counted.
    pub(super) fn written(&mut self, request: &RequestId, at_ms: i64, nanos: u64) {
        let known = self.unwritten.remove(request);
        if known.or_else(|| self.doubtful.remove(request)).is_none() && self.is_restored {
            self.add_spent(at_ms, nanos);
        }
    }

    fn add_spent(&mut self, at_ms: i64, nanos: u64) {
        self.change(at_ms, |amount| {
            amount.spent = amount.spent.saturating_add(nanos);
        });
        self.forget_old(at_ms);
    }

    fn change(&mut self, at_ms: i64, change: impl Fn(&mut Amount)) {
        change(self.minutes.entry(step_of(at_ms, MINUTE_MS)).or_default());
        change(self.hours.entry(step_of(at_ms, HOUR_MS)).or_default());
        change(&mut self.total);
    }

    fn all_mut(&mut self) -> impl Iterator<Item = &mut Amount> {
        let steps = self.minutes.values_mut().chain(self.hours.values_mut());
        steps.chain([&mut self.total])
    }

    /// Forgets what no window counts any more.
    fn forget_old(&mut self, now_ms: i64) {
        let since = spent_since(now_ms);
        for (steps, since_ms) in [
            (&mut self.minutes, step_of(now_ms - SESSION_MS, MINUTE_MS)),
            (&mut self.hours, since.hour_ms),
        ] {
            while let Some(first) = steps.first_entry()
                && *first.key() < since_ms
                && first.get().held == 0
            {
                first.remove();
            }
        }
    }
}

/// Budgets as they stand by what the database has.
pub fn statuses_of(spent: &Spent, budgets: &[Budget], now_ms: i64) -> Vec<BudgetStatus> {
    let mut book = Book::default();
    book.restore(spent, now_ms);
    let budgets = budgets.iter();
    let status = |budget| BudgetStatus::of(budget, book.standing(budget, now_ms), now_ms);
    budgets.map(status).collect()
}
