//! The counts in the database that all servers share: slices of large limits, of small ones what those that wait need.
//!
//! A server hands out what it took without asking again, so that with a large limit hardly a request waits for the
//! database. What is taken counts as handed out: the sum never exceeds a limit, and a server that dies takes its slice
//! along until the window ends.

use std::sync::atomic::Ordering;

use store::Db;
use store::limit_counts::{self, Amounts, LimitCount, LimitSubject};

use super::ask::{Ask, Decided, Reply, Verdict};
use crate::limits::Ceiling;
use crate::limits::ledger::{Subject, Tally, signed};

/// Of limits up to this nothing is taken ahead of requests.
const SMALL_MAX: u64 = 60;
/// A slice is this part of a server's even part of the limit.
const SLICES: u64 = 4;
/// The time for which a limit that is used up is believed to be: other servers give nothing back within a window.
const USED_UP_MS: i64 = 200;
/// Requests of this server that take what another one had fetched make that one ask again.
const TURNS_MAX: usize = 4;

/// A store in the database.
#[derive(Debug, Clone)]
pub(super) struct DatabaseStore {
    db: Db,
}

impl DatabaseStore {
    pub(super) fn new(db: Db) -> Self {
        Self { db }
    }

    /// Decides by what this server has, or can take now.
    pub(super) async fn decide(&self, ask: &Ask) -> anyhow::Result<Reply> {
        let cost = Tally::of_request(ask.now_ms, ask.tokens);
        for _ in 0..TURNS_MAX {
            if let Some(decided) = spend(ask, cost) {
                self.refill_soon(ask);
                return Ok(Reply::Decided(decided));
            }
            // One after the other: what one takes does for those that wait behind it.
            let _waiting = Waiting::enter(&ask.subjects[0]);
            let _turn = ask.subjects[0].turn.acquire().await?;
            if let Some(decided) = spend(ask, cost) {
                return Ok(Reply::Decided(decided));
            }
            if is_used_up(ask, cost) || !self.take(ask, cost).await? {
                break;
            }
        }
        Ok(Reply::Decided(decided(ask, Verdict::Refused)))
    }

    /// Takes what one request costs and, of large limits, a slice. Returns whether there was enough left.
    async fn take(&self, ask: &Ask, cost: Tally) -> anyhow::Result<bool> {
        let leases = ask
            .subjects
            .each_ref()
            .map(|subject| subject.known.lock().lease);
        let sharing = Sharing {
            servers: ask.servers,
            waiting: ask.subjects[0].waiting.load(Ordering::Relaxed),
        };
        let wants = |counts: [LimitCount; 2]| {
            let of = |index: usize| {
                let (ceiling, taken) = (ask.ceilings[index], counts[index].taken);
                choose(ceiling, taken, (cost, leases[index]), sharing)
            };
            Some([of(0)?, of(1)?])
        };
        let ids = ask.subjects.each_ref().map(|subject| id_of(subject));
        let subjects: [LimitSubject<'_>; 2] =
            std::array::from_fn(|index| subject_of(ids[index], ask.at_least[index]));
        let (counts, taken) = limit_counts::take(&self.db, subjects, wants).await?;
        for (index, subject) in ask.subjects.iter().enumerate() {
            let mut known = subject.known.lock();
            let count = counts[index];
            known.see(tally(count, count.taken));
            match &taken {
                Some(amounts) => known.lease.add(tally(count, amounts[index])),
                None => known.used_up_at_ms = ask.now_ms,
            }
        }
        Ok(taken.is_some())
    }

    /// Fetches the next slice behind the requests, before this one is spent.
    #[expect(
        clippy::disallowed_methods,
        reason = "one statement, which ends in the time of the database's own limit; a stop need not wait for it"
    )]
    fn refill_soon(&self, ask: &Ask) {
        let is_low = ask
            .subjects
            .iter()
            .zip(ask.ceilings)
            .any(|(subject, ceiling)| {
                let lease = subject.known.lock().lease;
                let low = |limit: Option<u64>, left: i64| {
                    limit.is_some_and(|limit| {
                        limit > SMALL_MAX && left * 2 < slice(limit, ask.servers)
                    })
                };
                low(ceiling.requests, lease.requests)
                    || low(ceiling.tokens, lease.tokens)
                    || low(ceiling.requests_today, lease.requests_today)
            });
        let [key, _] = &ask.subjects;
        let nothing = Tally::at(ask.now_ms);
        if !is_low || is_used_up(ask, nothing) || key.is_refilling.swap(true, Ordering::AcqRel) {
            return;
        }
        let (store, ask) = (self.clone(), ask.clone());
        tokio::spawn(async move {
            let taken = store.take(&ask, Tally::at(ask.now_ms)).await;
            ask.subjects[0].is_refilling.store(false, Ordering::Release);
            if let Err(error) = taken {
                tracing::debug!(error = format!("{error:#}"), "no slice of a limit");
            }
        });
    }

    /// Puts what settlement gave back to what this server has, and takes off what was used besides.
    pub(super) fn take_back(&self, due: &[std::sync::Arc<Subject>]) {
        for subject in due {
            let mut known = subject.known.lock();
            let change = std::mem::take(&mut known.unreported);
            known.lease.add(change.negated());
        }
    }

    /// Brings what this server counted alone into the database.
    pub(super) async fn raise(&self, id: &str, counted: Tally) -> anyhow::Result<()> {
        let subject = subject_of(id, counted);
        limit_counts::take(&self.db, [subject, subject], |_| None).await?;
        Ok(())
    }

    pub(super) async fn clock_ms(&self) -> anyhow::Result<i64> {
        Ok(self.db.clock_ms().await?)
    }

    pub(super) async fn prune(&self, today: Tally) -> anyhow::Result<()> {
        Ok(limit_counts::prune(&self.db, today.day).await?)
    }
}

/// The shares of a limit that are looked at where a part of it is taken.
#[derive(Debug, Clone, Copy)]
struct Sharing {
    /// The servers that hand it out.
    servers: u64,
    /// The requests of this server for which something is taken now.
    waiting: u64,
}

/// A request that waits for its turn, or has it.
struct Waiting<'a>(&'a Subject);

impl<'a> Waiting<'a> {
    fn enter(subject: &'a Subject) -> Self {
        subject.waiting.fetch_add(1, Ordering::Relaxed);
        Self(subject)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Hands out one request of what this server has, if that is enough.
fn spend(ask: &Ask, cost: Tally) -> Option<Decided> {
    let [mut key, mut account] = ask.subjects.each_ref().map(|subject| subject.known.lock());
    let now = Tally::at(ask.now_ms);
    key.roll(now);
    account.roll(now);
    let spent = [
        rest(key.lease, ask.ceilings[0], cost)?,
        rest(account.lease, ask.ceilings[1], cost)?,
    ];
    [key.lease, account.lease] = spent;
    // The request is not in the own counts yet, which are shown where there is no limit.
    let out =
        |handed: Tally, own: Tally, ceiling: Ceiling| handed.limited_or(ceiling, own.sum(cost));
    let counts = [
        out(key.handed_out(ask.ceilings[0]), key.own, ask.ceilings[0]),
        out(
            account.handed_out(ask.ceilings[1]),
            account.own,
            ask.ceilings[1],
        ),
    ];
    Some(Decided {
        verdict: Verdict::Admitted,
        now_ms: ask.now_ms,
        counts,
    })
}

/// The rest of a lease after `cost`; `None` if it is not enough.
fn rest(lease: Tally, ceiling: Ceiling, cost: Tally) -> Option<Tally> {
    // Whatever its windows: by the clock of another server they may be newer than the request's.
    let left = Tally {
        requests: lease.requests - cost.requests,
        tokens: lease.tokens.saturating_sub(cost.tokens),
        requests_today: lease.requests_today - cost.requests_today,
        ..lease
    };
    let left = left.limited_or(ceiling, lease);
    let is_enough = |limit: Option<u64>, left: i64| limit.is_none() || left >= 0;
    let has_all = is_enough(ceiling.requests, left.requests)
        && is_enough(ceiling.tokens, left.tokens)
        && is_enough(ceiling.requests_today, left.requests_today);
    has_all.then_some(left)
}

fn decided(ask: &Ask, verdict: Verdict) -> Decided {
    let counts = std::array::from_fn(|index| {
        let mut known = ask.subjects[index].known.lock();
        known.roll(Tally::at(ask.now_ms));
        known.handed_out(ask.ceilings[index])
    });
    Decided {
        verdict,
        now_ms: ask.now_ms,
        counts,
    }
}

/// Looks whether the database said a moment ago that there is not enough.
fn is_used_up(ask: &Ask, cost: Tally) -> bool {
    ask.subjects
        .iter()
        .zip(ask.ceilings)
        .any(|(subject, ceiling)| {
            let mut known = subject.known.lock();
            known.roll(Tally::at(ask.now_ms));
            let is_recent = ask.now_ms - known.used_up_at_ms < USED_UP_MS;
            is_recent
                && choose(
                    ceiling,
                    amounts(known.taken()),
                    (cost, known.lease),
                    Sharing {
                        servers: ask.servers,
                        waiting: 1,
                    },
                )
                .is_none()
        })
}

/// The amounts to take of a subject: at least what the request costs beyond what this server has, at most a slice, and of a small
/// limit what those that wait cost; `None` where not even the first is left.
fn choose(
    ceiling: Ceiling,
    taken: Amounts,
    (cost, lease): (Tally, Tally),
    sharing: Sharing,
) -> Option<Amounts> {
    let of = |limit: Option<u64>, taken: i64, cost: i64, lease: i64| {
        let Some(limit) = limit else { return Some(0) };
        let left = signed(limit).saturating_sub(taken).max(0);
        let least = (cost - lease).max(0);
        if left < least {
            return None;
        }
        let even = left / signed(2 * sharing.servers.max(1)).max(1);
        let wanted = match limit {
            ..=SMALL_MAX => cost.saturating_mul(signed(sharing.waiting)),
            _ => slice(limit, sharing.servers).min(even),
        };
        let wanted = wanted.max(cost);
        Some(wanted.clamp(least, left))
    };
    Some(Amounts {
        requests: of(
            ceiling.requests,
            taken.requests,
            cost.requests,
            lease.requests,
        )?,
        tokens: of(ceiling.tokens, taken.tokens, cost.tokens, lease.tokens)?,
        requests_today: of(
            ceiling.requests_today,
            taken.requests_today,
            cost.requests_today,
            lease.requests_today,
        )?,
    })
}

/// The slice of a limit that a server takes at a time.
fn slice(limit: u64, servers: u64) -> i64 {
    if limit <= SMALL_MAX {
        return 1;
    }
    signed((limit / (SLICES * servers.max(1))).max(1))
}

fn subject_of(id: &str, at_least: Tally) -> LimitSubject<'_> {
    LimitSubject {
        id,
        minute: at_least.minute,
        day: at_least.day,
        at_least: amounts(at_least),
    }
}

/// The id of a key or an account alone.
fn id_of(subject: &Subject) -> &str {
    subject.name.rsplit('/').next().unwrap_or_default()
}

fn amounts(tally: Tally) -> Amounts {
    Amounts {
        requests: tally.requests,
        tokens: tally.tokens,
        requests_today: tally.requests_today,
    }
}

fn tally(count: LimitCount, amounts: Amounts) -> Tally {
    Tally {
        minute: count.minute,
        day: count.day,
        requests: amounts.requests,
        tokens: amounts.tokens,
        requests_today: amounts.requests_today,
    }
}
