//! Which counters belong to whom. Asked when a key is loaded, not when it is used.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use store::{AccountId, ApiKeyId};

use super::counters::{Counted, Counters, KeyCounters};
use super::kept::Kept;
use super::ledger::Tally;
use super::shared::SharedLimits;
use super::timekeeper::{Moment, Timekeeper};
use crate::clock::Clock;
use crate::counts_file::{CountsFile, Record};

/// Requests admitted today, as the database knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CountedToday {
    pub key: u64,
    pub account: u64,
}

/// The counters of this process. They outlive the cache of keys: a key that is evicted, revoked or
/// regenerated comes back to the counts that it left. What keys with limits counted outlives the process too.
#[derive(Debug)]
pub struct Limiter {
    time: Timekeeper,
    file: Option<Arc<CountsFile>>,
    shared: Option<Arc<SharedLimits>>,
    pub(super) keys: Mutex<HashMap<ApiKeyId, Arc<Counters>>>,
    accounts: Mutex<HashMap<AccountId, Arc<Counters>>>,
}

impl Limiter {
    /// Without counts; those of keys are kept in `file`, if there is one.
    pub fn new(clock: Clock, file: Option<Arc<CountsFile>>) -> Self {
        Self {
            time: Timekeeper::new(clock),
            file,
            shared: None,
            keys: Mutex::default(),
            accounts: Mutex::default(),
        }
    }

    /// Hands the limits out with other servers, as one.
    #[must_use]
    pub fn shared_by(self, shared: Option<Arc<SharedLimits>>) -> Self {
        Self { shared, ..self }
    }

    /// The limits over all servers; `None` where this server counts alone.
    pub fn shared(&self) -> Option<&Arc<SharedLimits>> {
        self.shared.as_ref()
    }

    /// The limits over all servers, if they are handed out with others now.
    pub fn shared_now(&self) -> Option<&Arc<SharedLimits>> {
        self.shared.as_ref().filter(|shared| shared.is_active())
    }

    /// Brings everything counted here alone into the store that is shared from now on.
    ///
    /// # Errors
    /// If the store cannot be written.
    pub async fn begin_sharing(&self) -> anyhow::Result<()> {
        let Some(shared) = &self.shared else {
            return Ok(());
        };
        let now = self.now();
        let store_ms = shared.ledger.now_ms(now);
        let mut counted: Vec<(String, Tally)> = Vec::new();
        for (id, counters) in &*self.keys.lock() {
            counted.push((id.to_string(), counters.counted_here(now, store_ms)));
        }
        for (id, counters) in &*self.accounts.lock() {
            counted.push((id.to_string(), counters.counted_here(now, store_ms)));
        }
        for (id, tally) in counted {
            if !tally.is_nothing() {
                shared.raise(&id, tally).await?;
            }
        }
        Ok(())
    }

    /// The time that limits go by.
    pub fn now(&self) -> Moment {
        self.time.now()
    }

    /// Takes over what the process before this one kept of a key. Returns whether any of it still counts.
    pub fn restore(&self, record: &Record) -> bool {
        let kept = Kept::from_bytes(&record.content).at(self.now(), record.is_of_this_boot);
        let Some(kept) = kept else { return false };
        let [key, account] = record.names.each_ref().map(String::as_str);
        let key = Arc::clone(self.keys.lock().entry(key.into()).or_default());
        let account = Arc::clone(self.accounts.lock().entry(account.into()).or_default());
        key.restore(&kept, record.slot);
        account.restore_part(&kept);
        true
    }

    /// The counters of a key and its account, made when they are not there yet. `today` was counted on the day of
    /// `counted_at_ms`.
    pub fn counters(
        &self,
        key: &ApiKeyId,
        account: &AccountId,
        today: CountedToday,
        counted_at_ms: i64,
    ) -> KeyCounters {
        let key = Arc::clone(self.keys.lock().entry(key.clone()).or_default());
        let account = Arc::clone(self.accounts.lock().entry(account.clone()).or_default());
        let now = self.now();
        key.restore_day(today.key, counted_at_ms, now);
        account.restore_day(today.account, counted_at_ms, now);
        let file = self.file.clone();
        let ledger = self
            .shared
            .as_ref()
            .map(|shared| Arc::clone(&shared.ledger));
        KeyCounters {
            key,
            account,
            file,
            ledger,
        }
    }

    /// The counts of an account, over all servers as far as is known here; zero if this process does not know it.
    pub fn counted_of_account(&self, id: &AccountId) -> Counted {
        let found = self.accounts.lock().get(id).cloned();
        self.counted(&found.unwrap_or_default())
    }

    /// The counts of a key, likewise.
    pub fn counted_of_key(&self, id: &ApiKeyId) -> Counted {
        let found = self.keys.lock().get(id).cloned();
        self.counted(&found.unwrap_or_default())
    }

    fn counted(&self, counters: &Counters) -> Counted {
        let now = self.now();
        let counted = counters.counted(now);
        match self.shared_now() {
            Some(shared) => counters.counted_by_all(counted, &shared.ledger, now),
            None => counted,
        }
    }

    /// Forgets counters that nobody holds and that count nothing of today, and gives up the slots of all that count
    /// nothing of today.
    pub fn prune(&self) {
        let now = self.now();
        let is_needed = |counters: &mut Arc<Counters>| {
            if !counters.is_idle(now) {
                return true;
            }
            if let (Some(file), Some(slot)) = (&self.file, counters.take_slot()) {
                file.free(slot);
            }
            Arc::strong_count(counters) > 1
        };
        self.keys.lock().retain(|_, counters| is_needed(counters));
        self.accounts
            .lock()
            .retain(|_, counters| is_needed(counters));
    }

    /// Writes the counts as they stand at the end of the process, and lets the next one have the file: what was
    /// given back is not written before.
    pub fn keep_all(&self) {
        let Some(file) = &self.file else { return };
        for counters in self.keys.lock().values() {
            counters.write(file);
        }
        file.release();
    }
}
