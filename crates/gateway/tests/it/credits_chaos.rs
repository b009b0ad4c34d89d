//! Credits under racing requests, crashes, top-ups and refunds, in an order that only the seed knows.

use std::sync::Arc;

use gateway::credits::{Credits, Hold, IDLE, Teller, TellerParts};
use store::accounts::{self, Account, AccountStatus};
use store::ledger::{self, EntryKind, NewEntry, check, escrow};
use store::limit_override::LimitOverride;
use store::usage_events::{self, CountedBy, Detail, EndReason, HoldShown, UsageEvent};
use store::{AccountId, ApiKeyId, Db, RequestId, platform_rollups, usage_rollups};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The number of moves, by `make chaos-ledger` many more.
const MOVES: &str = "YUNXIN_CHAOS_MOVES";
const MOVES_QUICK: u64 = 2_000;
/// Moves between two proofs that the books are right.
const PROOF_EVERY: u64 = 500;
const PRICE_MAX: u64 = 1_000;

/// Random numbers (xorshift64*): the same for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % end
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let index = self.below(of.len() as u64);
        &of[usize::try_from(index).unwrap()]
    }
}

/// A server: what outlives its process is its journal.
struct Host {
    journal: String,
    processes: u64,
    credits: Arc<Credits>,
    teller: JoinHandle<()>,
    open: Vec<(AccountId, Hold)>,
    journaled: Vec<UsageEvent>,
}

impl Host {
    fn start(db: &Db, journal: &str, processes: u64) -> Self {
        let credits = Arc::new(Credits::new(&format!("{journal} {processes}")));
        let teller = Teller::new(TellerParts {
            credits: Arc::clone(&credits),
            db: db.clone(),
            journal: journal.to_owned(),
            idle: IDLE,
        });
        let teller = teller.unwrap().run(CancellationToken::new(), async || ());
        Self {
            journal: journal.to_owned(),
            processes,
            credits,
            teller: tokio::spawn(teller),
            open: vec![],
            journaled: vec![],
        }
    }

    /// Many requests at once; those that are admitted run.
    async fn admit(&mut self, account: &AccountId, prices: Vec<u64>) {
        let asked = prices.into_iter().map(|price| {
            let (credits, account) = (Arc::clone(&self.credits), account.clone());
            tokio::spawn(async move { credits.hold(&account, price).await })
        });
        for answer in asked.collect::<Vec<_>>() {
            if let Ok(hold) = answer.await.unwrap() {
                self.open.push((account.clone(), hold));
            }
        }
    }

    /// The end of a request that runs: its charge is in the journal before the rest is free.
    fn settle(&mut self, dice: &mut Dice) {
        if self.open.is_empty() {
            return;
        }
        let index = usize::try_from(dice.below(self.open.len() as u64)).unwrap();
        let (account, hold) = self.open.swap_remove(index);
        let price = dice.below(hold.nanos() + hold.nanos() / 8 + 1);
        let event = an_event(&account, &hold, price, self.credits.server());
        let charge = event.charge_nanos;
        self.journaled.push(event);
        hold.settle(charge);
    }

    async fn ship(&mut self, db: &Db) {
        let events = std::mem::take(&mut self.journaled);
        let mut tx = db.begin().await.unwrap();
        usage_events::insert(&mut tx, &events).await.unwrap();
        usage_rollups::add(&mut tx, &events).await.unwrap();
        platform_rollups::add(&mut tx, &events).await.unwrap();
        let over: u64 = events.iter().map(over).sum();
        let lost = ledger::post_charges(&mut tx, &events).await.unwrap();
        assert_eq!(lost, over, "what was held is there when it is charged");
        tx.commit().await.unwrap();
    }

    /// The process is killed. The next one settles what ran at what was delivered, and frees the rest.
    async fn crash(&mut self, db: &Db, dice: &mut Dice) {
        self.teller.abort();
        let server = Arc::clone(self.credits.server());
        for (account, hold) in std::mem::take(&mut self.open) {
            let delivered = dice.below(hold.nanos() + 1);
            self.journaled
                .push(an_event(&account, &hold, delivered, &server));
        }
        let journaled = std::mem::take(&mut self.journaled);
        *self = Self::start(db, &self.journal, self.processes + 1);
        self.journaled = journaled;
        self.ship(db).await;
        let mut tx = db.begin().await.unwrap();
        escrow::release(&mut tx, &server).await.unwrap();
        tx.commit().await.unwrap();
    }
}

fn over(event: &UsageEvent) -> u64 {
    event.detail.hold.as_ref().map_or(0, |hold| hold.over_nanos)
}

fn an_event(account: &AccountId, hold: &Hold, price: u64, server: &Arc<str>) -> UsageEvent {
    UsageEvent {
        request_id: RequestId::generate(),
        at_ms: 0,
        account_id: account.clone(),
        api_key_id: ApiKeyId::from(format!("key of {account}")),
        environment: "live",
        endpoint: "chat",
        model_id: "a/b".into(),
        requested_model: "".into(),
        provider_name: "p".into(),
        usage: llm::Usage::default(),
        charge_nanos: price.min(hold.nanos()),
        counted_by: CountedBy::Upstream,
        status: 200,
        error_code: "",
        end_reason: EndReason::Completed,
        is_admitted: true,
        is_streamed: false,
        duration_us: 1,
        first_token_us: None,
        detail: Detail {
            hold: Some(HoldShown {
                nanos: hold.nanos(),
                server: Arc::clone(server),
                over_nanos: price.saturating_sub(hold.nanos()),
            }),
            ..Detail::default()
        },
    }
}

async fn an_account(db: &Db) -> AccountId {
    let account = Account {
        id: AccountId::generate(),
        email: "dev@example.com".to_owned(),
        name: String::new(),
        notes: String::new(),
        key_rotation_days: None,
        limits: LimitOverride::default(),
        budgets: vec![],
        operator_budgets: None,
        tier_id: "free".to_owned(),
        status: AccountStatus::Active,
        created_at_ms: 0,
    };
    let mut tx = db.begin().await.unwrap();
    accounts::insert(&mut tx, &account).await.unwrap();
    tx.commit().await.unwrap();
    account.id
}

async fn move_credits(db: &Db, account: &AccountId, kind: EntryKind, nanos: i64) {
    let entry = NewEntry {
        at_ms: 0,
        kind,
        account_id: account.clone(),
        amount_nanos: nanos,
        reference: RequestId::generate().to_string(),
        note: String::new(),
    };
    let mut tx = db.begin().await.unwrap();
    // What is taken away may not be there.
    if ledger::post(&mut tx, &entry).await.is_ok() {
        tx.commit().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_in_whichever_order_the_books_are_right_and_nobody_is_below_zero() {
    let moves = std::env::var_os(MOVES).map(|moves| moves.into_string().unwrap());
    let moves = moves.map_or(MOVES_QUICK, |moves| moves.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let db = Db::open(&url).await.unwrap();
    db.migrate().await.unwrap();
    let mut dice = Dice(0x5eed);
    let mut accounts = vec![];
    for _ in 0..5 {
        accounts.push(an_account(&db).await);
    }
    let mut hosts = ["one", "two", "three"].map(|journal| Host::start(&db, journal, 0));
    for number in 1..=moves {
        let host = usize::try_from(dice.below(3)).unwrap();
        let host = &mut hosts[host];
        let account = dice.pick(&accounts).clone();
        match dice.below(20) {
            0..6 => {
                let requests = 1 + dice.below(20);
                let prices = (0..requests).map(|_| 1 + dice.below(PRICE_MAX));
                let prices = prices.collect();
                host.admit(&account, prices).await;
            }
            6..15 => (0..8).for_each(|_| host.settle(&mut dice)),
            15 => drop(host.open.pop()),
            16 => host.ship(&db).await,
            17 => {
                let nanos = i64::try_from(dice.below(50_000)).unwrap() + 1;
                move_credits(&db, &account, EntryKind::Grant, nanos).await;
            }
            18 => {
                let nanos = i64::try_from(dice.below(200)).unwrap() + 1;
                move_credits(&db, &account, EntryKind::Refund, nanos).await;
                move_credits(&db, &account, EntryKind::Adjustment, -nanos * 3).await;
            }
            _ => host.crash(&db, &mut dice).await,
        }
        if number % PROOF_EVERY == 0 {
            assert_eq!(
                check::run(&db, 0).await.unwrap(),
                [],
                "after {number} moves"
            );
        }
    }
    for host in &mut hosts {
        host.crash(&db, &mut dice).await;
    }
    assert_eq!(escrow::list_owners(&db).await.unwrap(), []);
    assert_eq!(check::run(&db, 0).await.unwrap(), []);
    let charged = ledger::list(&db, &ledger::EntryFilter::default(), None, 100_000).await;
    let charged = charged.unwrap();
    let charged = charged
        .iter()
        .filter(|entry| entry.kind == EntryKind::Charge);
    assert!(charged.count() > 100, "something was admitted");
}
