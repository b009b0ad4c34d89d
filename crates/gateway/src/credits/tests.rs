//! Many holds at the same time, over one server and several.
#![expect(clippy::disallowed_methods, reason = "the tasks of a test end with it")]

use std::sync::Arc;
use std::time::Duration;

use store::accounts::{self, Account, AccountStatus};
use store::ledger::{self, EntryKind, NewEntry, check, escrow};
use store::limit_override::LimitOverride;
use store::{AccountId, Db, RequestId};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::{Credits, Hold, HoldError, IDLE, Teller, TellerParts};

const PRICE: u64 = 1_000;

async fn database() -> (TempDir, Db) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let db = Db::open(&url).await.unwrap();
    db.migrate().await.unwrap();
    (folder, db)
}

async fn an_account(db: &Db, nanos: u64) -> AccountId {
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
    if nanos > 0 {
        let grant = NewEntry {
            at_ms: 0,
            kind: EntryKind::Grant,
            account_id: account.id.clone(),
            amount_nanos: nanos.try_into().unwrap(),
            reference: RequestId::generate().to_string(),
            note: String::new(),
        };
        ledger::post(&mut tx, &grant).await.unwrap();
    }
    tx.commit().await.unwrap();
    account.id
}

/// The credits of a server whose teller runs until the end of the test.
fn a_server(db: &Db, name: &str) -> Arc<Credits> {
    a_server_with(db, name, IDLE)
}

fn a_server_with(db: &Db, name: &str, idle: Duration) -> Arc<Credits> {
    let credits = Arc::new(Credits::new(name));
    let teller = Teller::new(TellerParts {
        credits: Arc::clone(&credits),
        db: db.clone(),
        journal: format!("journal of {name}"),
        idle,
    });
    let teller = teller.unwrap();
    tokio::spawn(teller.run(CancellationToken::new(), async || ()));
    credits
}

/// So many requests at the same time, one after the other at each server: those that are admitted, and the refusals.
async fn race(
    servers: &[Arc<Credits>],
    account: &AccountId,
    requests: usize,
) -> (Vec<Hold>, Vec<HoldError>) {
    let asked = (0..requests).map(|number| {
        let (credits, account) = (
            Arc::clone(&servers[number % servers.len()]),
            account.clone(),
        );
        tokio::spawn(async move { credits.hold(&account, PRICE).await })
    });
    let (mut holds, mut refused) = (vec![], vec![]);
    for answer in asked.collect::<Vec<_>>() {
        match answer.await.unwrap() {
            Ok(hold) => holds.push(hold),
            Err(error) => refused.push(error),
        }
    }
    (holds, refused)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_thousand_requests_on_a_balance_worth_k_exactly_k_are_admitted() {
    let (_folder, db) = database().await;
    for k in [0u64, 1, 7, 999] {
        let server = [a_server(&db, &format!("one {k}"))];
        let account = an_account(&db, k * PRICE).await;
        let (holds, refused) = race(&server, &account, 1_000).await;
        assert_eq!(holds.len() as u64, k);
        for error in &refused {
            let HoldError::Insufficient { may_be_freed, .. } = error else {
                panic!("{error}");
            };
            assert_eq!(*may_be_freed, k > 0);
        }
        holds.into_iter().for_each(|hold| hold.settle(PRICE));
        let (again, _) = race(&server, &account, 10).await;
        assert!(again.is_empty(), "everything was spent");
    }
    assert_eq!(check::run(&db, 0).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn over_three_servers_no_more_are_admitted_and_none_that_could_be_is_refused() {
    let (_folder, db) = database().await;
    for k in [0u64, 1, 7, 999] {
        let servers = ["a", "b", "c"].map(|name| a_server(&db, &format!("{name} {k}")));
        let account = an_account(&db, k * PRICE).await;
        let (holds, _) = race(&servers, &account, 1_002).await;
        assert_eq!(holds.len() as u64, k);
    }
    assert_eq!(check::run(&db, 0).await.unwrap(), []);
}

#[tokio::test]
async fn a_rich_account_pays_a_commit_per_chunk_and_what_a_request_leaves_is_free_again() {
    let (_folder, db) = database().await;
    let server = a_server(&db, "one");
    let account = an_account(&db, 1_000_000 * PRICE).await;
    for _ in 0..5_000 {
        server
            .hold(&account, PRICE)
            .await
            .unwrap()
            .settle(PRICE / 10);
    }
    let balance = ledger::balance_of(&db, &account).await.unwrap();
    assert_eq!(
        balance.escrowed_nanos, 20_000_000,
        "one chunk of two percent"
    );
    drop(server.hold(&account, PRICE).await.unwrap());
    server
        .hold(&account, 19_500 * PRICE)
        .await
        .unwrap()
        .settle(u64::MAX);
    assert_eq!(
        ledger::balance_of(&db, &account)
            .await
            .unwrap()
            .balance_nanos,
        1_000_000_000
    );
}

#[tokio::test]
async fn credits_that_no_request_used_for_a_while_go_back() {
    let (_folder, db) = database().await;
    let server = a_server_with(&db, "one", Duration::ZERO);
    let account = an_account(&db, 10 * PRICE).await;
    let hold = server.hold(&account, 4 * PRICE).await.unwrap();
    let balance = async || ledger::balance_of(&db, &account).await.unwrap();
    assert_eq!(balance().await.escrowed_nanos, 4_000);
    drop(hold);
    while balance().await.escrowed_nanos > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(escrow::list_owners(&db).await.unwrap(), []);
    assert!(server.hold(&account, 10 * PRICE).await.is_ok());
}

#[tokio::test]
async fn a_database_that_is_away_is_no_empty_balance() {
    let (_folder, db) = database().await;
    let server = a_server(&db, "one");
    let account = an_account(&db, 10 * PRICE).await;
    db.close().await;
    let refused = server.hold(&account, PRICE).await;
    assert!(
        matches!(refused, Err(HoldError::Unavailable(_))),
        "{refused:?}"
    );
}
