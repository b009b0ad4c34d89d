//! The arithmetic in Rust and in the scripts of the store, held against each other: any number of decisions, corrections
//! and ends of requests, on one server with the counters of this process and on two with a real store.

use std::sync::Arc;

use store::{AccountId, ApiKeyId, RequestId};

use super::ask::{Ask, Reply, Verdict};
use super::redis_store::{Correction, RedisStore};
use crate::clock::Clock;
use crate::limits::concurrency::{self, ConcurrencyPermit};
use crate::limits::counters::{Grant, KeyCounters, Owner};
use crate::limits::ledger::{Subject, Tally, Views, signed};
use crate::limits::running::RunningRequests;
use crate::limits::{CountedToday, KeyLimits, Limiter, Limits, Moment, MostRunning};

const NOW_MS: i64 = 1_790_000_000_000;
/// Decisions of the quick form; `DECISIONS` says how many the full one takes.
const DECISIONS: u32 = 4_000;
const KEYS: usize = 2;
const SERVERS: usize = 2;

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    fn limit(&mut self, most: u64) -> Option<u64> {
        (self.below(3) > 0).then(|| self.below(most))
    }

    fn limits(&mut self) -> Limits {
        Limits {
            requests_per_minute: self.limit(12),
            tokens_per_minute: self.limit(900),
            requests_per_day: self.limit(60),
            concurrent_requests: self.limit(6),
            account_multiplier: 1 + self.below(2),
            own: KeyLimits {
                requests_per_minute: self.limit(12),
                tokens_per_minute: self.limit(900),
                requests_per_day: self.limit(60),
                concurrent_requests: self.limit(6),
            },
            is_throttled: self.below(8) == 0,
        }
    }
}

/// A request that runs, on both sides.
struct Running {
    key: usize,
    server: usize,
    grant: Grant,
    at_ms: i64,
    reserved: u64,
    here: Option<ConcurrencyPermit>,
    there: Option<ConcurrencyPermit>,
}

/// A server as the store sees it: the account, then the keys.
struct Server {
    store: RedisStore,
    subjects: Vec<(Arc<Subject>, Arc<RunningRequests>)>,
}

impl Server {
    async fn new(url: &str, installation: &str, name: &str) -> Self {
        let store = RedisStore::new(url, installation, name).unwrap();
        store.connect().await.unwrap();
        let subjects = ["acct", "acct/key_0", "acct/key_1"].map(|name| {
            let (subject, running) = (Arc::new(Subject::new(name.into())), Arc::default());
            subject.runs_here(&running);
            (subject, running)
        });
        Self {
            store,
            subjects: subjects.into(),
        }
    }

    fn pair(&self, key: usize) -> [&(Arc<Subject>, Arc<RunningRequests>); 2] {
        [&self.subjects[1 + key], &self.subjects[0]]
    }

    async fn correct(&self, epoch: &str, key: usize, change: Tally, at_ms: i64) {
        let corrections = self.pair(key).map(|(subject, running)| Correction {
            subject: Arc::clone(subject),
            change,
            running: Some(running.count()),
        });
        let taken = self.store.correct(epoch, &corrections, Some(at_ms)).await;
        assert_eq!(taken, corrections.len());
    }
}

struct Sides {
    counters: Vec<KeyCounters>,
    servers: Vec<Server>,
    epoch: Arc<str>,
    running: Vec<Running>,
    now_ms: i64,
}

impl Sides {
    async fn new(url: &str) -> Self {
        let limiter = Limiter::new(Clock::manual(NOW_MS), None);
        let account = AccountId::from("acct");
        let counters = (0..KEYS).map(|index| {
            let key = ApiKeyId::from(format!("key_{index}"));
            limiter.counters(&key, &account, CountedToday::default(), NOW_MS)
        });
        let installation = RequestId::generate().to_string();
        let mut servers = Vec::new();
        for index in 0..SERVERS {
            servers.push(Server::new(url, &installation, &format!("server_{index}")).await);
        }
        let (epoch, _) = servers[0].store.epoch(&installation).await.unwrap();
        Self {
            counters: counters.collect(),
            servers,
            epoch,
            running: Vec::new(),
            now_ms: NOW_MS,
        }
    }

    /// One decision on both sides, which must be the same to the last header.
    async fn decide(&mut self, key: usize, server: usize, limits: Limits, tokens: u64) -> bool {
        let (key_id, account) = (
            ApiKeyId::from(format!("key_{key}")),
            AccountId::from("acct"),
        );
        let owner = Owner {
            key: &key_id,
            account: &account,
        };
        let now = Moment::steady(self.now_ms);
        let (here, report) = self.counters[key].admit(owner, limits, tokens, now);

        let pair = self.servers[server].pair(key);
        let running = pair.map(|(_, running)| running);
        let permit = concurrency::enter(MostRunning::default(), running).unwrap();
        let ask = Ask {
            epoch: Arc::clone(&self.epoch),
            subjects: pair.map(|(subject, _)| Arc::clone(subject)),
            ceilings: limits.ceilings(),
            tokens,
            at_least: [Tally::default(); 2],
            servers: 1,
            now_ms: self.now_ms,
            at_ms: Some(self.now_ms),
        };
        let reply = self.servers[server].store.decide(&ask).await.unwrap();
        let Reply::Decided(decided) = reply else {
            panic!("the store forgot");
        };
        let views = Views::of(decided.counts, self.now_ms);
        let refused = views.refusal(limits, tokens);
        match (here, decided.verdict) {
            (Ok((grant, here)), Verdict::Admitted) => {
                assert_eq!(views.report(limits, None), report);
                self.running.push(Running {
                    key,
                    server,
                    grant,
                    at_ms: self.now_ms,
                    reserved: tokens,
                    here: Some(here),
                    there: Some(permit),
                });
                true
            }
            (Err(refusal), Verdict::Refused) => {
                assert_eq!(refused, Some((refusal, report)));
                false
            }
            (Err(refusal), Verdict::KeyCrowded | Verdict::AccountCrowded) => {
                let is_key = decided.verdict == Verdict::KeyCrowded;
                assert_eq!(refusal.dimension == "concurrent_requests", is_key);
                assert_eq!((refused, views.report(limits, None)), (None, report));
                false
            }
            (here, there) => panic!("{here:?} is not {there:?}"),
        }
    }

    /// The end of a request: used up, or given back as if it had never been.
    async fn end(&mut self, index: usize, used: Option<u64>) {
        let mut ended = self.running.swap_remove(index);
        let counters = &self.counters[ended.key];
        let change = match used {
            Some(used) => {
                counters.settle(ended.grant, used);
                Tally {
                    tokens: signed(used) - signed(ended.reserved),
                    ..Tally::at(ended.at_ms)
                }
            }
            None => {
                counters.give_back(ended.grant);
                Tally::of_request(ended.at_ms, ended.reserved).negated()
            }
        };
        drop((ended.here.take(), ended.there.take()));
        let server = &self.servers[ended.server];
        server
            .correct(&self.epoch, ended.key, change, self.now_ms)
            .await;
    }

    /// Time goes on, and servers say again what runs on them.
    async fn advance(&mut self, by_ms: i64) {
        self.now_ms += by_ms;
        for server in &self.servers {
            for key in 0..KEYS {
                let nothing = Tally::at(self.now_ms);
                server.correct(&self.epoch, key, nothing, self.now_ms).await;
            }
        }
    }
}

#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "the runner of the suite says where its Redis is"
)]
async fn rust_and_the_scripts_of_the_store_decide_alike() {
    // Where there is no Redis, as in `make check`, nothing can be held against it; `make test` starts one.
    let Ok(url) = std::env::var("TEST_REDIS_URL") else {
        return;
    };
    let decisions = std::env::var("DECISIONS").map_or(DECISIONS, |text| text.parse().unwrap());
    let (mut sides, mut dice) = (Sides::new(&url).await, Dice(7));
    let (mut limits, mut admitted) = (dice.limits(), 0);
    for _ in 0..decisions {
        if dice.below(20) == 0 {
            limits = dice.limits();
        }
        match dice.below(30) {
            0 => sides.advance(signed(dice.below(40_000))).await,
            1 if dice.below(20) == 0 => sides.advance(signed(dice.below(100_000_000))).await,
            _ => {}
        }
        let (key, server) = (
            usize::from(dice.below(2) == 0),
            usize::from(dice.below(2) == 0),
        );
        let tokens = dice.below(120);
        admitted += u32::from(sides.decide(key, server, limits, tokens).await);
        while !sides.running.is_empty() && dice.below(2) == 0 {
            let index = dice.below(sides.running.len() as u64);
            let used = (dice.below(8) > 0).then(|| dice.below(150));
            sides.end(usize::try_from(index).unwrap(), used).await;
        }
    }
    assert!(
        admitted > decisions / 20 && admitted < decisions,
        "{admitted} of {decisions}"
    );
}
