//! Limits that several servers hand out as one: every decision is the store's, taken over all of them at once.
//!
//! Each server knows besides what it admitted itself and what the others told. By that it goes on alone while the store
//! is out of reach, within its part of what was left, and by that a store that lost its memory is filled again. The
//! rules are in `docs/decisions/0053`.

mod alone;
mod ask;
mod beat;
mod database_store;
mod redis_store;
mod told;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use store::Db;
use tokio::sync::{Notify, watch};

use super::Limits;
use super::concurrency::{self, ConcurrencyPermit};
use super::counters::{Grant, KeyCounters, Owner};
use super::ledger::{Leaving, Ledger, Subject, Tally, Views};
use super::refusal::LimitRefusal;
use super::report::LimitReport;
use super::timekeeper::Moment;
use ask::{Ask, Decided, Reply, Verdict};
use database_store::DatabaseStore;
use redis_store::RedisStore;

/// Decisions that failed one after the other before no more are asked for.
const FAILURES_MAX: u32 = 3;
/// A refusal for concurrency is asked for once more after so long: a request that ended on another server may be on
/// its way out of the count.
const CROWDED_AGAIN: Duration = Duration::from_millis(5);

/// The longest wait of a decision for the database: servers that hand out a small limit at the same time wait for each other,
/// and to go on alone would hand out more than there is.
const DATABASE_TIMEOUT: Duration = Duration::from_millis(250);

/// The standing of this server with the store.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Standing {
    /// Out of reach, or without memory: this server decides within its part.
    Alone,
    /// The store decides, within this server's part, until every server has reported to it.
    Joining(Arc<str>),
    /// The store decides.
    Joined(Arc<str>),
}

/// The limits of keys and accounts over all servers.
#[derive(Debug)]
pub struct SharedLimits {
    store: Arc<Store>,
    /// The longest wait of a decision before this server decides alone.
    decision_timeout: Duration,
    standing: ArcSwap<Standing>,
    /// Failures one after the other.
    failures: AtomicU32,
    /// The number of times that the store was joined: what was left is divided anew after each.
    losses: AtomicU64,
    fleet: ArcSwap<Fleet>,
    pub(super) ledger: Arc<Ledger>,
    subjects: Mutex<HashMap<Arc<str>, Arc<Subject>>>,
    /// Wakes whoever joins the store again.
    is_lost: Notify,
    joined: watch::Sender<bool>,
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
            standing: ArcSwap::from_pointee(Standing::Alone),
            failures: AtomicU32::new(0),
            losses: AtomicU64::new(1),
            fleet: ArcSwap::from_pointee(Fleet {
                known: vec![parts.server.to_owned()],
                reporting: vec![parts.server.to_owned()],
                me: parts.server.to_owned(),
            }),
            ledger,
            subjects: Mutex::default(),
            is_lost: Notify::new(),
            joined: watch::Sender::new(false),
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

    /// The standing of this server with the store: `joined`, `joining` or `alone`.
    pub fn standing(&self) -> &'static str {
        match **self.standing.load() {
            Standing::Joined(_) => "joined",
            Standing::Joining(_) => "joining",
            Standing::Alone => "alone",
        }
    }

    /// Waits until the store decides.
    pub async fn joined(&self) {
        let mut joined = self.joined.subscribe();
        let _ = joined.wait_for(|joined| *joined).await;
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
    pub async fn admit(&self, counters: &KeyCounters, asked: Asked<'_>) -> Decision {
        let pair = self.pair(counters, asked.owner);
        let standing = Standing::clone(&self.standing.load());
        let epoch = match standing {
            Standing::Alone => return self.admit_alone(counters, &pair, asked, None),
            Standing::Joining(epoch) => {
                if let Some(refused) = self.refuse_alone(&pair, asked) {
                    return refused;
                }
                epoch
            }
            Standing::Joined(epoch) => epoch,
        };
        let permit = match concurrency::enter(self.concurrency(asked.limits), counters.running()) {
            Ok(permit) => self.telling(permit, &pair, asked.limits),
            Err(refusal) => return self.crowded(&pair, asked, refusal),
        };
        let now_ms = self.ledger.now_ms(asked.now);
        let ask = Ask {
            epoch,
            subjects: pair.clone(),
            ceilings: asked.limits.ceilings(),
            tokens: asked.tokens,
            at_least: counters.counted_here(asked.now, now_ms),
            servers: self.servers() as u64,
            now_ms,
            at_ms: None,
        };
        match self.ask(ask).await {
            Some(Reply::Decided(decided)) => self.decided(counters, &pair, asked, decided, permit),
            Some(Reply::Forgot) => {
                self.lose();
                self.admit_alone(counters, &pair, asked, Some(permit))
            }
            None => self.admit_alone(counters, &pair, asked, Some(permit)),
        }
    }

    /// Asks the store, and a second time where another server's request may just have ended; `None` if it does not
    /// respond in time.
    async fn ask(&self, ask: Ask) -> Option<Reply> {
        let reply = self.ask_once(ask.clone()).await?;
        if !reply.is_crowded() {
            return Some(reply);
        }
        tokio::time::sleep(CROWDED_AGAIN).await;
        self.ask_once(ask).await
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the decision that nobody waits for any more, which the store's own timeout ends"
    )]
    async fn ask_once(&self, ask: Ask) -> Option<Reply> {
        let store = Arc::clone(&self.store);
        let (subjects, tokens) = (ask.subjects.clone(), ask.tokens);
        let mut asking = Box::pin(async move { store.decide(&ask).await });
        match tokio::time::timeout(self.decision_timeout, &mut asking).await {
            Ok(Ok(reply)) => {
                self.failures.store(0, Ordering::Relaxed);
                Some(reply)
            }
            Ok(Err(error)) => {
                self.fail(&error);
                None
            }
            Err(_) => {
                self.fail(&"no response in time");
                // It may be counted all the same: then it is not reported a second time.
                tokio::spawn(async move {
                    if let Ok(Reply::Decided(decided)) = asking.await
                        && decided.verdict == Verdict::Admitted
                    {
                        let counted = Tally::of_request(decided.now_ms, tokens).negated();
                        for subject in subjects {
                            subject.known.lock().unreported.add(counted);
                        }
                    }
                });
                None
            }
        }
    }

    fn fail(&self, error: &dyn std::fmt::Display) {
        if self.failures.fetch_add(1, Ordering::Relaxed) + 1 >= FAILURES_MAX {
            let was = self.stand(Standing::Alone);
            if *was != Standing::Alone {
                tracing::warn!(
                    error = %error,
                    servers = self.servers(),
                    "the shared store of limits does not respond; this server hands out its part of each limit"
                );
                self.is_lost.notify_one();
            }
        }
    }

    /// Changes how this server stands to the store; returns how it stood.
    fn stand(&self, standing: Standing) -> Arc<Standing> {
        let is_joined = matches!(standing, Standing::Joined(_));
        self.joined.send_replace(is_joined);
        self.standing.swap(Arc::new(standing))
    }

    /// The store has lost its memory: what was counted is reported again before it decides.
    fn lose(&self) {
        let was = self.stand(Standing::Alone);
        if *was != Standing::Alone {
            tracing::warn!(
                "the shared store of limits lost its memory; it is filled again by what the servers counted"
            );
            self.is_lost.notify_one();
        }
    }

    /// The store's decision as this server's: it counts what was admitted, and knows how all stand.
    fn decided(
        &self,
        counters: &KeyCounters,
        pair: &Pair,
        asked: Asked<'_>,
        decided: Decided,
        permit: ConcurrencyPermit,
    ) -> Decision {
        let Decided {
            verdict,
            now_ms,
            counts,
        } = decided;
        let views = Views::of(counts, now_ms);
        if verdict == Verdict::Admitted {
            let change = Tally::of_request(now_ms, asked.tokens);
            for (subject, seen) in pair.iter().zip(counts) {
                let mut known = subject.known.lock();
                match &*self.store {
                    Store::Redis(_) => known.count(change, seen),
                    // What it took it saw when it took it.
                    Store::Database(_) => known.count_own(change),
                }
            }
            let grant = counters.count(asked.owner, asked.limits, asked.tokens, asked.now);
            let report = views.report(asked.limits, None);
            return (Ok((grant.shared_at(now_ms), permit)), report);
        }
        if matches!(*self.store, Store::Redis(_)) {
            for (subject, seen) in pair.iter().zip(counts) {
                subject.known.lock().see(seen);
            }
        }
        if let Some((refusal, report)) = views.refusal(asked.limits, asked.tokens) {
            return (Err(refusal), report);
        }
        let [key, account] = asked.limits.concurrency();
        let refusal = match verdict {
            Verdict::AccountCrowded => concurrency::refused_for_account(account),
            Verdict::Admitted | Verdict::Refused | Verdict::KeyCrowded => {
                concurrency::refused_for_key(key)
            }
        };
        (Err(refusal), views.report(asked.limits, None))
    }

    /// The requests of a key and its account that may run here, as far as this server decides that.
    fn concurrency(&self, limits: Limits) -> [Option<u64>; 2] {
        let of_all = limits.concurrency();
        match &*self.store {
            Store::Redis(_) => of_all,
            // Divided, and one at least: a server that may run none would refuse for ever.
            Store::Database(_) => {
                let part = self.part();
                of_all.map(|most| most.map(|most| part.of(most).max(1)))
            }
        }
    }

    /// A permit of whose end the other servers are told, if concurrency is limited.
    fn telling(&self, permit: ConcurrencyPermit, pair: &Pair, limits: Limits) -> ConcurrencyPermit {
        if limits.concurrency() == [None, None] {
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
