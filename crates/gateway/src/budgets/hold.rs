//! The hold of a request: its quote, reserved with the key and its account until the charge is known.

use std::sync::Arc;

use store::RequestId;
use store::budgets::Budget;

use super::alert::BudgetAlert;
use super::book::Book;
use super::exceeded::BudgetExceeded;
use super::spend::Spend;
use super::status::{BudgetSource, BudgetStatus};

/// The budgets that count a request.
#[derive(Debug, Clone, Copy)]
pub struct Lines<'a> {
    pub of_key: &'a [Budget],
    /// Those that the account gave itself.
    pub of_account: &'a [Budget],
    /// Those of an operator or of the tier.
    pub from_above: (BudgetSource, &'a [Budget]),
}

impl<'a> Lines<'a> {
    fn key(self) -> impl Iterator<Item = (BudgetSource, &'a Budget)> {
        self.of_key.iter().map(|budget| (BudgetSource::Key, budget))
    }

    fn account(self) -> impl Iterator<Item = (BudgetSource, &'a Budget)> {
        let (source, above) = self.from_above;
        let own = self.of_account.iter();
        let own = own.map(|budget| (BudgetSource::Account, budget));
        own.chain(above.iter().map(move |budget| (source, budget)))
    }

    /// True if a budget counts what the key spends.
    pub(super) fn count_key(self) -> bool {
        !self.of_key.is_empty()
    }

    /// True if a budget counts what the account spends.
    pub(super) fn count_account(self) -> bool {
        !self.of_account.is_empty() || !self.from_above.1.is_empty()
    }

    /// True without any budget.
    pub fn is_empty(self) -> bool {
        !self.count_key() && !self.count_account()
    }
}

/// A quote that is held until it is settled, with a key and its account.
#[derive(Debug)]
pub struct BudgetHold {
    spends: [Arc<Spend>; 2],
    at_ms: i64,
    nanos: u64,
}

/// A request that ended.
#[derive(Debug, Clone, Copy)]
pub struct Settled<'a> {
    pub request: &'a RequestId,
    /// The moment in whose windows it counts.
    pub at_ms: i64,
    pub charge_nanos: u64,
}

impl BudgetHold {
    /// Reserves `nanos` with a key and its account, or says which budget has less left; with that, what is news for the
    /// account. Both or neither hold it.
    ///
    /// # Errors
    /// If a budget has less left.
    pub fn take(
        spends: [&Arc<Spend>; 2],
        lines: Lines<'_>,
        nanos: u64,
        now_ms: i64,
    ) -> Result<Self, Box<(BudgetExceeded, Option<BudgetAlert>)>> {
        // Always the key before the account: two requests never wait for each other crosswise.
        let [key, account] = spends;
        let (mut of_key, mut of_account) = (key.lock(), account.lock());
        let by_key = of_key
            .as_deref()
            .and_then(|book| exceeded(book, lines.key(), nanos, now_ms));
        let by_account = of_account.as_deref();
        let by_account = by_account.and_then(|book| exceeded(book, lines.account(), nanos, now_ms));
        let refused = match (by_key, by_account) {
            (Some(one), Some(other)) => Some(one.longer(other)),
            (one, other) => one.or(other),
        };
        if let Some(refused) = refused {
            let book = match refused.source {
                BudgetSource::Key => &mut of_key,
                _ => &mut of_account,
            };
            let told = book.as_deref_mut().filter(|_| !refused.may_be_freed);
            let news = told.and_then(|book| book.told.news(refused.source, refused.status, true));
            return Err(Box::new((refused, news)));
        }
        for book in [&mut of_key, &mut of_account] {
            if let Some(book) = &mut **book {
                book.hold(now_ms, nanos);
            }
        }
        Ok(Self {
            spends: spends.map(Arc::clone),
            at_ms: now_ms,
            nanos,
        })
    }

    /// Gives the hold back: nothing is charged.
    pub fn release(self) {
        for spend in &self.spends {
            if let Some(book) = &mut *spend.lock() {
                book.release(self.at_ms, self.nanos);
            }
        }
    }

    /// Counts the charge of a request in place of its hold, if it had one; says what is news for the account.
    #[expect(clippy::needless_pass_by_value, reason = "a hold is settled once")]
    pub fn settle(
        hold: Option<Self>,
        spends: [&Arc<Spend>; 2],
        lines: Lines<'_>,
        settled: Settled<'_>,
    ) -> Vec<BudgetAlert> {
        let mut news = Vec::new();
        if hold.is_none() && settled.charge_nanos == 0 {
            return news;
        }
        let [key, account] = spends;
        let mut of_key = key.lock();
        if let Some(book) = &mut *of_key {
            book.settle(hold.as_ref(), settled);
            book.note(lines.key(), settled.at_ms, &mut news);
        }
        drop(of_key);
        if let Some(book) = &mut *account.lock() {
            book.settle(hold.as_ref(), settled);
            book.note(lines.account(), settled.at_ms, &mut news);
        }
        news
    }
}

fn exceeded<'a>(
    book: &Book,
    lines: impl Iterator<Item = (BudgetSource, &'a Budget)>,
    nanos: u64,
    now_ms: i64,
) -> Option<BudgetExceeded> {
    let exceeded = lines.filter_map(|(source, budget)| {
        let status = BudgetStatus::of(budget, book.standing(budget, now_ms), now_ms);
        BudgetExceeded::of(source, status, nanos)
    });
    exceeded.reduce(BudgetExceeded::longer)
}

impl Book {
    fn settle(&mut self, hold: Option<&BudgetHold>, settled: Settled<'_>) {
        if let Some(hold) = hold {
            self.release(hold.at_ms, hold.nanos);
        }
        self.spend(settled.request, settled.at_ms, settled.charge_nanos);
    }

    /// Adds what is news of the budgets after a charge.
    fn note<'a>(
        &mut self,
        lines: impl Iterator<Item = (BudgetSource, &'a Budget)>,
        now_ms: i64,
        news: &mut Vec<BudgetAlert>,
    ) {
        for (source, budget) in lines.filter(|_| self.is_restored) {
            let status = BudgetStatus::of(budget, self.standing(budget, now_ms), now_ms);
            if status.spent_nanos > 0 {
                news.extend(self.told.news(source, status, false));
            }
        }
    }
}
