//! The retry budget of a pool: retries are a tenth of its requests, so that a provider that fails is not asked twice as
//! often as one that does not.

/// Thousandths of a retry that each request earns.
const EARNED: u64 = 100;
/// Thousandths that one retry costs.
const COST: u64 = 1_000;
/// Retries that may be saved up, and that a pool begins with: as many as a deployment that hangs fails within a timeout.
const SAVED_MAX: u64 = 60 * COST;
/// Thousandths that a second earns, for pools with few requests.
const EARNED_PER_SECOND: u64 = COST;

/// The budget.
#[derive(Debug)]
pub struct RetryBudget {
    saved: u64,
    earned_at_ms: i64,
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self {
            saved: SAVED_MAX,
            earned_at_ms: 0,
        }
    }
}

impl RetryBudget {
    /// A request came.
    pub fn earn(&mut self) {
        self.saved = (self.saved + EARNED).min(SAVED_MAX);
    }

    /// Spends a retry, if there is one.
    pub fn spend(&mut self, now_ms: i64) -> bool {
        let passed_ms = (now_ms - self.earned_at_ms).max(0).unsigned_abs();
        self.earned_at_ms = now_ms;
        let earned = passed_ms.saturating_mul(EARNED_PER_SECOND) / 1_000;
        self.saved = self.saved.saturating_add(earned).min(SAVED_MAX);
        let is_affordable = self.saved >= COST;
        if is_affordable {
            self.saved -= COST;
        }
        is_affordable
    }
}

#[cfg(test)]
mod tests {
    use super::RetryBudget;

    #[test]
    fn retries_are_a_tenth_of_the_requests_once_the_savings_are_spent() {
        let mut budget = RetryBudget::default();
        let retried = (0..10_000).filter(|_| {
            budget.earn();
            budget.spend(0)
        });
        assert_eq!(retried.count(), 1_000 + 60 - 1);
    }

    #[test]
    fn a_pool_with_few_requests_may_retry_once_a_second() {
        let mut budget = RetryBudget::default();
        while budget.spend(0) {}
        assert!(!budget.spend(500));
        assert!(budget.spend(1_000));
        assert!(!budget.spend(1_000));
    }
}
