//! Alerts: an account is told that half, four fifths or all of a budget is spent.

use std::collections::HashMap;

use store::budgets::{Budget, BudgetMode, BudgetWindow};

use super::status::{BudgetSource, BudgetStatus};

/// The parts of a budget at which its account is told, in percent.
const LEVELS: [u64; 3] = [50, 80, 100];

/// A budget that reached a level, or refused a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BudgetAlert {
    pub source: BudgetSource,
    pub status: BudgetStatus,
    /// 50, 80 or 100.
    pub percent: u64,
    /// A request was refused because of it.
    pub is_refused: bool,
}

/// A budget among those of one key or account.
type Identity = (BudgetSource, BudgetWindow, BudgetMode);

/// The highest level that was told of each budget, and of which window.
#[derive(Debug, Default)]
pub(super) struct Told(HashMap<Identity, (i64, u64)>);

impl Told {
    /// The alert, if the level of a budget is news.
    pub(super) fn news(
        &mut self,
        source: BudgetSource,
        status: BudgetStatus,
        is_refused: bool,
    ) -> Option<BudgetAlert> {
        let reached = if is_refused { 100 } else { status.percent() };
        let level = LEVELS.into_iter().rfind(|level| *level <= reached);
        let level = level.unwrap_or(0);
        let Budget { window, mode, .. } = status.budget;
        let told = self.0.entry((source, window, mode)).or_default();
        // A rolling window never begins anew: what it was told of is news again once less is spent.
        let is_same = mode == BudgetMode::Rolling || told.0 == status.from_ms;
        let before = if is_same { told.1.min(level) } else { 0 };
        *told = (status.from_ms, level);
        (level > before).then_some(BudgetAlert {
            source,
            status,
            percent: level,
            is_refused,
        })
    }
}
