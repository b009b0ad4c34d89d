//! Limits that several servers hand out as one: every decision is the store's, taken over all of them at once.
//!
//! Each server knows besides what it admitted itself and what the others told. By that it goes on alone while the store
//! is out of reach, within its part of what was left, and by that a store that lost its memory is filled again. The
//! rules are in `docs/decisions/0053`.

mod alone;
mod ask;
mod asking;
mod beat;
mod database_store;
mod exchange;
mod redis_store;
mod settle;
mod standing;
mod told;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use store::Db;
use store::limit_sharing::LimitSharing;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use super::concurrency::{self, ConcurrencyPermit};
use super::counters::{Grant, KeyCounters, Owner};
use super::ledger::{Leaving, Ledger, Subject, Tally, Views};
use super::refusal::LimitRefusal;
use super::report::LimitReport;
use super::timekeeper::Moment;
use super::{Limits, MostRunning};
use ask::{Ask, Decided, Reply, Verdict};
use database_store::DatabaseStore;
use redis_store::RedisStore;
pub(crate) use settle::Agreement;
use standing::Standing;

/// The longest wait of a request for a decision: the store's, or that of the servers to go on without it.
const PATIENCE: Duration = Duration::from_secs(1);
/// A decision of the database that takes longer is a failure: servers that hand out a small limit at the same time wait for
/// each other.
const DATABASE_TIMEOUT: Duration = Duration::from_millis(250);

/// The limits of keys and accounts over all servers.
#[derive(Debug)]
pub struct SharedLimits {
    store: Arc<Store>,
    /// A decision that takes longer is a failure.
    decision_timeout: Duration,
    standing: ArcSwap<Standing>,
    /// Told of every change of the standing.
    changes: watch::Sender<()>,
    /// The agreement of the servers that was applied last. Its lock is held where the standing changes.
    agreed: Mutex<LimitSharing>,
    agreed_seq: AtomicI64,
    /// Failures one after the other, and the time of the first of them.
    failures: AtomicU32,
    failing_since: Mutex<Instant>,
    /// The number of times that limits were divided: what was left is divided anew at each.
    losses: AtomicU64,
    fleet: ArcSwap<Fleet>,
    pub(super) ledger: Arc<Ledger>,
    subjects: Mutex<HashMap<Arc<str>, Arc<Subject>>>,
    /// Wakes whoever settles with the other servers how limits are handed out.
    wake: Notify,
}

/// The servers that share the limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fleet {
    /// Those that may have handed out something in the windows that run, this one among them.
    pub known: Vec<String>,
    /// Those that report to the store, as far as is known.
    pub reporting: Vec<String>,
    pub me: String,
}

/// A request on its way through a decision.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub owner: Owner<'a>,
    pub limits: Limits,
    /// Tokens that it may need.
    pub tokens: u64,
    pub now: Moment,
}

/// The decision over a request, and the headers that tell of it.
pub type Decision = (
    Result<(Grant, ConcurrencyPermit), LimitRefusal>,
    LimitReport,
);

/// Nothing decided over a request in time. It was not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither the shared store of limits nor the servers decided over a request in time")]
pub struct Undecided;

/// A key and its account.
type Pair = [Arc<Subject>; 2];

/// The settings of shared limits.
#[derive(Debug)]
pub struct SharedLimitsParts<'a> {
    pub place: Place<'a>,
    pub decision_timeout: Duration,
    /// This server.
    pub server: &'a str,
}

/// The place of the shared counts.
#[derive(Debug)]
pub enum Place<'a> {
    Redis {
        url: &'a str,
        /// Tells the installation from others that use the same Redis.
        installation: &'a str,
    },
    /// The database, once there is a second server on it.
    Database(Db),
}

/// The store of the shared counts.
#[derive(Debug)]
enum Store {
    Redis(Box<RedisStore>),
    Database(DatabaseStore),
}

impl Store {
    async fn decide(&self, ask: &Ask) -> anyhow::Result<Reply> {
        match self {
            Self::Redis(redis) => Ok(redis.decide(ask).await?),
            Self::Database(database) => database.decide(ask).await,
        }
    }
}

impl SharedLimits {
    /// Limits in a store, which is not asked yet.
    ///
    /// # Errors
    /// If a URL names no store.
    pub fn new(parts: SharedLimitsParts<'_>) -> anyhow::Result<Self> {
        let store = match parts.place {
            Place::Redis { url, installation } => {
                let redis = RedisStore::new(url, installation, parts.server)?;
                Store::Redis(Box::new(redis))
            }
            Place::Database(db) => Store::Database(DatabaseStore::new(db)),
        };
        let ledger = Arc::<Ledger>::default();
        let decision_timeout = match &store {
            Store::Redis(_) => {
                ledger.activate();
                parts.decision_timeout
            }
            Store::Database(_) => DATABASE_TIMEOUT,
        };
        Ok(Self {
            store: Arc::new(store),
            decision_timeout,
            standing: ArcSwap::from_pointee(Standing::Leaving),
            changes: watch::Sender::new(()),
            agreed: Mutex::new(LimitSharing {
                seq: -1,
                epoch: None,
            }),
            agreed_seq: AtomicI64::new(-1),
            failures: AtomicU32::new(0),
            failing_since: Mutex::new(Instant::now()),
            losses: AtomicU64::new(1),
            fleet: ArcSwap::from_pointee(Fleet {
                known: vec![parts.server.to_owned()],
                reporting: vec![parts.server.to_owned()],
                me: parts.server.to_owned(),
            }),
            ledger,
            subjects: Mutex::default(),
            wake: Notify::new(),
        })
    }

    /// Says which servers there are. Returns whether this server has to share its counts from now on.
    pub fn set_fleet(&self, fleet: Fleet) -> bool {
        let has_others = fleet.known.iter().any(|name| *name != fleet.me);
        self.fleet.store(Arc::new(fleet));
        has_others && self.ledger.activate()
    }

    /// Returns whether the limits are handed out with other servers. Once they are, they stay so.
    pub fn is_active(&self) -> bool {
        self.ledger.is_active()
    }

    /// Brings what this server counted alone into the store.
    pub(super) async fn raise(&self, id: &str, counted: Tally) -> anyhow::Result<()> {
        match &*self.store {
            Store::Redis(_) => Ok(()),
            Store::Database(database) => database.raise(id, counted).await,
        }
    }

    /// The servers that this one divides a limit by while it is alone.
    pub fn servers(&self) -> usize {
        self.fleet.load().known.len().max(1)
    }

    fn subject(&self, name: &str) -> Arc<Subject> {
        let mut subjects = self.subjects.lock();
        if let Some(known) = subjects.get(name) {
            return Arc::clone(known);
        }
        let name: Arc<str> = name.into();
        let made = Arc::new(Subject::new(Arc::clone(&name)));
        subjects.insert(name, Arc::clone(&made));
        made
    }

    /// The subjects of a key and its account.
    fn pair(&self, counters: &KeyCounters, owner: Owner<'_>) -> Pair {
        let (account, key) = (owner.account.as_str(), owner.key.as_str());
        let of_key = || self.subject(&format!("{account}/{key}"));
        [
            Arc::clone(counters.key.subject(of_key)),
            Arc::clone(counters.account.subject(|| self.subject(account))),
        ]
    }

    /// Decides over a request, with all servers as one.
    ///
    /// # Errors
    /// If nothing decides in time: neither the store, nor the servers over what to do without it.
    pub async fn admit(
        &self,
        counters: &KeyCounters,
        asked: Asked<'_>,
    ) -> Result<Decision, Undecided> {
        let pair = self.pair(counters, asked.owner);
        let until = Instant::now() + PATIENCE;
        loop {
            let standing = Standing::clone(&self.standing.load());
            let refused = match &standing {
                Standing::Joining(_) => self.refuse_alone(&pair, asked),
                _ => None,
            };
            let decided = match standing {
                _ if refused.is_some() => refused,
                Standing::Alone => self.admit_alone(counters, &pair, asked),
                Standing::Leaving => None,
                Standing::Joining(epoch) | Standing::Joined(epoch) => {
                    self.admit_by(epoch, (counters, &pair), asked, until).await
                }
            };
            if let Some(decision) = decided {
                return Ok(decision);
            }
            if Instant::now() >= until {
                return Err(Undecided);
            }
            let mut changes = self.changes.subscribe();
            let _ = tokio::time::timeout(self.decision_timeout, changes.changed()).await;
        }
    }

    /// Decides by the store's memory `epoch`; `None` if it does not in time, or does not count any more.
    async fn admit_by(
        &self,
        epoch: Arc<str>,
        (counters, pair): (&KeyCounters, &Pair),
        asked: Asked<'_>,
        until: Instant,
    ) -> Option<Decision> {
        let permit = match concurrency::enter(self.concurrency(asked.limits), counters.running()) {
            Ok(permit) => self.telling(permit, pair, asked.limits),
            Err(refusal) => return Some(self.crowded(pair, asked, refusal)),
        };
        let now_ms = self.ledger.now_ms(asked.now);
        let ask = Ask {
            epoch: Arc::clone(&epoch),
            subjects: pair.clone(),
            ceilings: asked.limits.ceilings(),
            tokens: asked.tokens,
            at_least: counters.counted_here(asked.now, now_ms),
            servers: self.servers() as u64,
            now_ms,
            at_ms: None,
        };
        match self.ask(ask, until).await? {
            Reply::Decided(decided) => {
                self.decided(&epoch, (counters, pair), asked, (decided, permit))
            }
            Reply::Forgot => {
                self.leave(&"it lost its memory");
                None
            }
        }
    }

    /// The store's decision as this server's: it counts what was admitted, and knows how all stand. `None` if the servers
    /// agreed meanwhile to count on another memory, or none.
    fn decided(
        &self,
        epoch: &str,
        (counters, pair): (&KeyCounters, &Pair),
        asked: Asked<'_>,
        (decided, permit): (Decided, ConcurrencyPermit),
    ) -> Option<Decision> {
        let Decided {
            verdict,
            now_ms,
            counts,
        } = decided;
        let views = Views::of(counts, now_ms);
        if verdict == Verdict::Admitted {
            if !self.count_both(epoch, pair, asked, decided) {
                self.take_back(pair, decided, asked.tokens);
                return None;
            }
            let grant = counters.count(asked.owner, asked.limits, asked.tokens, asked.now);
            let report = views.report(asked.limits, None);
            return Some((Ok((grant.shared_at(now_ms), permit)), report));
        }
        if matches!(*self.store, Store::Redis(_)) {
            for (subject, seen) in pair.iter().zip(counts) {
                subject.known.lock().see(seen);
            }
        }
        if let Some((refusal, report)) = views.refusal(asked.limits, asked.tokens) {
            return Some((Err(refusal), report));
        }
        let most = asked.limits.concurrency();
        let refusal = match verdict {
            Verdict::AccountCrowded => concurrency::refused_for_account(most),
            Verdict::Admitted | Verdict::Refused | Verdict::KeyCrowded => {
                concurrency::refused_for_key(most)
            }
        };
        Some((Err(refusal), views.report(asked.limits, None)))
    }

    /// Counts what the store admitted, if its memory `epoch` still decides and this server's part allows it where it has to: what
    /// is counted here when the memory ceases to decide is what the others are told.
    fn count_both(&self, epoch: &str, pair: &Pair, asked: Asked<'_>, decided: Decided) -> bool {
        // Always the key before the account, as everywhere.
        let mut both = pair.each_ref().map(|subject| subject.known.lock());
        if !self.is_decided_by(epoch) {
            return false;
        }
        if matches!(**self.standing.load(), Standing::Joining(_)) {
            // Others were admitted since the part was looked at.
            let [key, account] = &mut both;
            let views = self.part_of_both([&mut **key, &mut **account], asked);
            if views.refusal(asked.limits, asked.tokens).is_some() {
                return false;
            }
        }
        let change = Tally::of_request(decided.now_ms, asked.tokens);
        for (known, seen) in both.iter_mut().zip(decided.counts) {
            match &*self.store {
                Store::Redis(_) => known.count(change, seen),
                // What it took it saw when it took it.
                Store::Database(_) => known.count_own(change),
            }
        }
        true
    }

    /// The requests of a key and its account that may run here, as far as this server decides that.
    fn concurrency(&self, limits: Limits) -> MostRunning {
        let of_all = limits.concurrency();
        match &*self.store {
            Store::Redis(_) => of_all,
            // Divided, and one at least: a server that may run none would refuse for ever.
            Store::Database(_) => {
                let part = self.part();
                of_all.map(|most| part.of(most).max(1))
            }
        }
    }

    /// A permit of whose end the other servers are told, if concurrency is limited.
    fn telling(&self, permit: ConcurrencyPermit, pair: &Pair, limits: Limits) -> ConcurrencyPermit {
        if !limits.concurrency().is_any() {
            return permit;
        }
        for subject in pair {
            subject.tells_running.store(true, Ordering::Relaxed);
        }
        permit.then(Leaving {
            ledger: Arc::clone(&self.ledger),
            subjects: pair.clone(),
        })
    }
}
