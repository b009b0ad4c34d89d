//! Limits that several servers hand out as one: every decision is the store's, taken over all of them at once.
//!
//! Each server knows besides what it admitted itself and what the others told. By that it goes on alone while the store
//! is out of reach, within its part of what was left, and by that a store that lost its memory is filled again. The
//! rules are in `docs/decisions/0053`.

mod alone;
mod beat;
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
use tokio::sync::{Notify, watch};

use super::Limits;
use super::concurrency::{self, ConcurrencyPermit};
use super::counters::{Grant, KeyCounters, Owner};
use super::ledger::{Leaving, Ledger, Subject, Tally, Views};
use super::refusal::LimitRefusal;
use super::report::LimitReport;
use super::timekeeper::Moment;
use super::window::DAY_MS;
use redis_store::{Ask, Decided, RedisStore, Reply, Verdict};

/// Decisions that failed one after the other before no more are asked for.
const FAILURES_MAX: u32 = 3;
/// A refusal for concurrency is asked for once more after so long: a request that ended on another server may be on
/// its way out of the count.
const CROWDED_AGAIN: Duration = Duration::from_millis(5);

/// So far from midnight, clocks of servers do not differ about the day.
const CLOCKS_DIFFER_MS: i64 = 60_000;

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
    store: Arc<RedisStore>,
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
#[derive(Debug, Clone, Copy)]
pub struct SharedLimitsParts<'a> {
    pub url: &'a str,
    pub decision_timeout: Duration,
    /// Tells the installation from others that use the same store.
    pub installation: &'a str,
    /// This server.
    pub server: &'a str,
}

impl SharedLimits {
    /// Limits in the store of a URL, which is not asked yet.
    ///
    /// # Errors
    /// If the URL names no store.
    pub fn new(parts: SharedLimitsParts<'_>) -> anyhow::Result<Self> {
        let store = RedisStore::new(parts.url, parts.installation, parts.server)?;
        Ok(Self {
            store: Arc::new(store),
            decision_timeout: parts.decision_timeout,
            standing: ArcSwap::from_pointee(Standing::Alone),
            failures: AtomicU32::new(0),
            losses: AtomicU64::new(1),
            fleet: ArcSwap::from_pointee(Fleet {
                known: vec![parts.server.to_owned()],
                reporting: vec![parts.server.to_owned()],
                me: parts.server.to_owned(),
            }),
            ledger: Arc::default(),
            subjects: Mutex::default(),
            is_lost: Notify::new(),
            joined: watch::Sender::new(false),
        })
    }

    /// Says which servers there are.
    pub fn set_fleet(&self, fleet: Fleet) {
        self.fleet.store(Arc::new(fleet));
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
        let permit = match concurrency::enter(asked.limits.concurrency(), counters.running()) {
            Ok(permit) => self.telling(permit, &pair, asked.limits),
            Err(refusal) => return self.crowded(&pair, asked, refusal),
        };
        let ask = Ask {
            epoch,
            subjects: pair.clone(),
            ceilings: asked.limits.ceilings(),
            tokens: asked.tokens,
            at_least_today: self.at_least_today(counters, asked.now),
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

    /// The requests of the day that are known to have been admitted, by the usage that was stored: a store without
    /// memory must not begin the day anew. Close to midnight, when clocks may differ about the day, nothing is known.
    fn at_least_today(&self, counters: &KeyCounters, now: Moment) -> [u64; 2] {
        let ms_of_day = |at: i64| at.rem_euclid(DAY_MS);
        let store_ms = self.ledger.now_ms(now);
        let edge = CLOCKS_DIFFER_MS..DAY_MS - CLOCKS_DIFFER_MS;
        if edge.contains(&ms_of_day(store_ms)) && edge.contains(&ms_of_day(now.wall_ms)) {
            counters.requests_today(now)
        } else {
            [0, 0]
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
                subject.known.lock().count(change, seen);
            }
            let grant = counters.count(asked.owner, asked.limits, asked.tokens, asked.now);
            let report = views.report(asked.limits, None);
            return (Ok((grant.shared_at(now_ms), permit)), report);
        }
        for (subject, seen) in pair.iter().zip(counts) {
            subject.known.lock().see(seen);
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
