//! The keys and accounts whose spend is followed, and how what was spent before comes into their books.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use store::budgets::{Spent, read_spent};
use store::usage_events::UsageEvent;
use store::{AccountId, ApiKeyId, Db, StoreError};
use tokio::sync::{Notify, watch};
use tokio::time::timeout;

use super::hold::Lines;
use super::spend::Spend;
use super::window::spent_since;

/// The timeout of a request that waits until what was spent before is known.
const READY_MAX: Duration = Duration::from_secs(3);
/// The age of what is known of other servers' spend, and the time after its last use that a key or an account is kept up
/// to date.
const REFRESHED_EVERY_MS: i64 = 1_000;
const KEPT_FRESH_MS: i64 = 60_000;
/// Reads of one round, so that the writing of usage does not wait for long.
const READS_PER_ROUND: usize = 32;

/// The database could not be asked in time what was spent before.
#[derive(Debug, thiserror::Error)]
#[error("what was spent before is not known yet")]
pub struct NotReady;

/// The keys and accounts whose spend is followed.
#[derive(Debug)]
pub struct Budgets {
    followed: Mutex<HashMap<Subject, Followed>>,
    /// A request waits for what was spent before.
    wanted: Notify,
    /// Changes with each round in which books were restored.
    restored: watch::Sender<u64>,
    /// Other servers may spend too.
    is_shared: bool,
}

/// A key, or an account.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Subject {
    Key(ApiKeyId),
    Account(AccountId),
}

#[derive(Debug)]
struct Followed {
    account: AccountId,
    spend: Arc<Spend>,
    restored_at_ms: i64,
}

/// A key and its account, each with its spend.
#[derive(Debug, Clone, Copy)]
pub struct SpendOwner<'a> {
    pub key: (&'a ApiKeyId, &'a Arc<Spend>),
    pub account: (&'a AccountId, &'a Arc<Spend>),
}

impl Budgets {
    /// Nothing is followed yet; `is_shared` says if other servers may spend too.
    pub fn new(is_shared: bool) -> Self {
        Self {
            followed: Mutex::default(),
            wanted: Notify::new(),
            restored: watch::Sender::new(0),
            is_shared,
        }
    }

    /// Waits until what was spent before is known, as far as a budget counts it.
    ///
    /// # Errors
    /// If the database could not be asked in time.
    pub async fn ready(&self, owner: SpendOwner<'_>, lines: Lines<'_>) -> Result<(), NotReady> {
        let is_ready = || {
            (!lines.count_key() || owner.key.1.is_restored())
                && (!lines.count_account() || owner.account.1.is_restored())
        };
        if is_ready() {
            return Ok(());
        }
        let mut restored = self.restored.subscribe();
        let waiting = async {
            while !is_ready() {
                self.follow(owner, lines);
                self.wanted.notify_one();
                // The sender lives as long as `self`.
                let _ = restored.changed().await;
            }
        };
        // Boxed, so that requests that need not wait do not carry it.
        let waited = Box::pin(timeout(READY_MAX, waiting)).await;
        waited.map_err(|_| NotReady)
    }

    fn follow(&self, owner: SpendOwner<'_>, lines: Lines<'_>) {
        let account = owner.account.0;
        let key = || Subject::Key(owner.key.0.clone());
        let of_key = lines.count_key().then(|| (key(), owner.key.1));
        let of_account = || (Subject::Account(account.clone()), owner.account.1);
        let of_account = lines.count_account().then(of_account);
        let mut followed = self.followed.lock();
        for (subject, spend) in of_key.into_iter().chain(of_account) {
            spend.follow();
            let new = || Followed {
                account: account.clone(),
                spend: Arc::clone(spend),
                restored_at_ms: 0,
            };
            let one = followed.entry(subject).or_insert_with(new);
            // The counters of a key that was not used for long are made anew.
            if !Arc::ptr_eq(&one.spend, spend) {
                *one = new();
            }
        }
    }

    /// Waits until a request wants to know what was spent before.
    pub async fn wanted(&self) {
        self.wanted.notified().await;
    }

    /// Notes that the database has these events, of whichever process.
    pub fn written(&self, events: &[UsageEvent]) {
        self.of_events(events, |spend, event| {
            spend.written(&event.request_id, event.at_ms, event.charge_nanos);
        });
    }

    fn of_events(&self, events: &[UsageEvent], note: impl Fn(&Spend, &UsageEvent)) {
        let followed = self.followed.lock();
        if followed.is_empty() {
            return;
        }
        for event in events.iter().filter(|event| event.charge_nanos > 0) {
            let key = Subject::Key(event.api_key_id.clone());
            let account = Subject::Account(event.account_id.clone());
            for subject in [key, account] {
                if let Some(found) = followed.get(&subject) {
                    note(&found.spend, event);
                }
            }
        }
    }

    /// Notes that the database may have these events already.
    pub fn may_be_written(&self, events: &[UsageEvent]) {
        self.of_events(events, |spend, event| {
            spend.forget_unwritten(&event.request_id);
        });
    }

    /// Begins a doubt, after a failure, of what the database took, or ends it: everything that was settled before it began
    /// is written by then.
    pub fn doubt(&self, begins: bool) {
        for one in self.followed.lock().values() {
            one.spend.doubt(begins);
        }
    }

    /// Forgets keys and accounts that are not used any more.
    pub fn prune(&self) {
        let mut followed = self.followed.lock();
        followed.retain(|_, one| Arc::strong_count(&one.spend) > 1);
    }

    /// Reads what was spent before where a request waits for it, and where other servers may have spent since. To be
    /// called by the task that writes usage, once the database has all that was settled: what is settled from then on
    /// stands in the books as not written.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn restore(&self, db: &Db, now_ms: i64) -> Result<(), StoreError> {
        let due = self.due(now_ms);
        for (subject, account, spend) in &due {
            let spent = read(db, subject, account, now_ms).await?;
            spend.restore(&spent, now_ms);
            if let Some(found) = self.followed.lock().get_mut(subject) {
                found.restored_at_ms = now_ms;
            }
        }
        if !due.is_empty() {
            self.restored.send_modify(|round| *round += 1);
        }
        Ok(())
    }

    fn due(&self, now_ms: i64) -> Vec<(Subject, AccountId, Arc<Spend>)> {
        let followed = self.followed.lock();
        let mut due = Vec::new();
        for (subject, one) in &*followed {
            if self.is_shared && one.spend.forget_if_idle(now_ms - KEPT_FRESH_MS) {
                continue;
            }
            let is_stale = self.is_shared && one.restored_at_ms + REFRESHED_EVERY_MS <= now_ms;
            if one.spend.is_due(is_stale) {
                due.push((one.restored_at_ms, subject, one));
            }
        }
        // Those that wait for the first time come first.
        due.sort_by_key(|(restored_at_ms, _, one)| (one.spend.is_restored(), *restored_at_ms));
        due.truncate(READS_PER_ROUND);
        let due = due.into_iter();
        due.map(|(_, subject, one)| (subject.clone(), one.account.clone(), Arc::clone(&one.spend)))
            .collect()
    }
}

async fn read(
    db: &Db,
    subject: &Subject,
    account: &AccountId,
    now_ms: i64,
) -> Result<Spent, StoreError> {
    let key = match subject {
        Subject::Key(key) => Some(key),
        Subject::Account(_) => None,
    };
    read_spent(db, account, key, spent_since(now_ms)).await
}
