//! Which counters belong to whom. Asked when a key is loaded, not when it is used.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use store::{AccountId, ApiKeyId};

use super::counters::{Counted, Counters, KeyCounters};

/// Requests admitted today, as the database knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CountedToday {
    pub key: u64,
    pub account: u64,
}

/// The counters of this process. They outlive the cache of keys: a key that is evicted, revoked or
/// regenerated comes back to the counts that it left.
#[derive(Debug, Default)]
pub struct Limiter {
    pub(super) keys: Mutex<HashMap<ApiKeyId, Arc<Counters>>>,
    accounts: Mutex<HashMap<AccountId, Arc<Counters>>>,
}

impl Limiter {
    /// The counters of a key and its account, made when they are not there yet.
    pub fn counters(
        &self,
        key: &ApiKeyId,
        account: &AccountId,
        today: CountedToday,
        now_ms: i64,
    ) -> KeyCounters {
        let key = Arc::clone(self.keys.lock().entry(key.clone()).or_default());
        let account = Arc::clone(self.accounts.lock().entry(account.clone()).or_default());
        key.restore_day(today.key, now_ms);
        account.restore_day(today.account, now_ms);
        KeyCounters { key, account }
    }

    /// What this process counted of an account; nothing when it does not know it.
    pub fn counted_of_account(&self, id: &AccountId, now_ms: i64) -> Counted {
        let found = self.accounts.lock().get(id).cloned();
        found.unwrap_or_default().counted(now_ms)
    }

    /// What this process counted of a key; nothing when it does not know it.
    pub fn counted_of_key(&self, id: &ApiKeyId, now_ms: i64) -> Counted {
        let found = self.keys.lock().get(id).cloned();
        found.unwrap_or_default().counted(now_ms)
    }

    /// Forgets counters that nobody holds and that count nothing of today.
    pub fn prune(&self, now_ms: i64) {
        let is_needed =
            |counters: &Arc<Counters>| Arc::strong_count(counters) > 1 || !counters.is_idle(now_ms);
        self.keys.lock().retain(|_, counters| is_needed(counters));
        self.accounts
            .lock()
            .retain(|_, counters| is_needed(counters));
    }
}
