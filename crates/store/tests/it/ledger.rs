//! The ledger of credits, over both engines.

use sqlx::Executor;
use store::ledger::escrow::{self, EscrowOwner, EscrowWish};
use store::ledger::{self, Balance, EntryFilter, EntryKind, NewEntry, check};
use store::usage_events::{self, CountedBy, Detail, EndReason, HoldShown, UsageEvent};
use store::{AccountId, ApiKeyId, Db, RequestId, StoreError, platform_rollups, usage_rollups};

use crate::support::{NOW_MS, an_account, on_each_engine};

const FIRST: EscrowOwner<'_> = EscrowOwner {
    server: "replica_1",
    journal: "journal_1",
};
const SECOND: EscrowOwner<'_> = EscrowOwner {
    server: "replica_2",
    journal: "journal_2",
};

fn entry(account: &AccountId, kind: EntryKind, amount_nanos: i64, reference: &str) -> NewEntry {
    NewEntry {
        at_ms: NOW_MS,
        kind,
        account_id: account.clone(),
        amount_nanos,
        reference: reference.to_owned(),
        note: "a reason".to_owned(),
    }
}

async fn post(db: &Db, entry: &NewEntry) -> Result<(), StoreError> {
    let mut tx = db.begin().await?;
    ledger::post(&mut tx, entry).await?;
    tx.commit().await
}

async fn grant(db: &Db, account: &AccountId, nanos: i64) {
    let reference = RequestId::generate().to_string();
    let grant = entry(account, EntryKind::Grant, nanos, &reference);
    post(db, &grant).await.unwrap();
}

fn exactly(nanos: i64) -> EscrowWish {
    EscrowWish {
        needed_nanos: nanos,
        least_nanos: nanos,
        chunk_percent: 2,
        chunk_nanos_max: 5_000,
    }
}

async fn take(db: &Db, owner: EscrowOwner<'_>, account: &AccountId, wish: EscrowWish) -> i64 {
    let mut tx = db.begin().await.unwrap();
    let taken = escrow::take(&mut tx, owner, account, wish).await.unwrap();
    tx.commit().await.unwrap();
    taken.taken_nanos
}

fn a_charge(account: &AccountId, charge: u64, over: u64, owner: EscrowOwner<'_>) -> UsageEvent {
    UsageEvent {
        request_id: RequestId::generate(),
        at_ms: NOW_MS,
        account_id: account.clone(),
        api_key_id: ApiKeyId::generate(),
        environment: "live",
        endpoint: "chat",
        model_id: "a/b".into(),
        requested_model: "".into(),
        provider_name: "p".into(),
        usage: llm::Usage::default(),
        charge_nanos: charge,
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
                nanos: charge,
                server: owner.server.into(),
                over_nanos: over,
            }),
            ..Detail::default()
        },
    }
}

/// Writes events as a server does; returns what the platform bears.
async fn ship(db: &Db, events: &[UsageEvent]) -> u64 {
    let mut tx = db.begin().await.unwrap();
    usage_events::insert(&mut tx, events).await.unwrap();
    usage_rollups::add(&mut tx, events).await.unwrap();
    platform_rollups::add(&mut tx, events).await.unwrap();
    let lost = ledger::post_charges(&mut tx, events).await.unwrap();
    tx.commit().await.unwrap();
    lost
}

async fn balance(db: &Db, account: &AccountId) -> (i64, i64) {
    let Balance {
        balance_nanos,
        escrowed_nanos,
    } = ledger::balance_of(db, account).await.unwrap();
    (balance_nanos, escrowed_nanos)
}

async fn tamper(db: &Db, sql: &'static str) -> sqlx::Result<()> {
    match db {
        Db::Sqlite { writer, .. } => writer.execute(sql).await.map(drop),
        Db::Postgres { pool, .. } => pool.execute(sql).await.map(drop),
    }
}

async fn assert_sound(db: &Db) {
    assert_eq!(check::run(db, 0).await.unwrap(), []);
}

#[tokio::test]
async fn a_balance_is_the_sum_of_its_entries_and_a_reference_is_written_once() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "free").await;
        assert_eq!(balance(&db, &account).await, (0, 0));
        let first = entry(&account, EntryKind::Grant, 1_000, "one");
        post(&db, &first).await.unwrap();
        let again = post(&db, &first).await;
        assert!(
            matches!(again, Err(StoreError::Conflict { .. })),
            "{again:?}"
        );
        let back = entry(&account, EntryKind::Adjustment, -400, "two");
        post(&db, &back).await.unwrap();
        assert_eq!(balance(&db, &account).await, (600, 0));
        let more = entry(&account, EntryKind::Adjustment, -601, "three");
        assert!(post(&db, &more).await.is_err());
        let most = entry(
            &account,
            EntryKind::Grant,
            ledger::BALANCE_NANOS_MAX,
            "four",
        );
        assert!(post(&db, &most).await.is_err());
        let stranger = entry(&"acct_none".into(), EntryKind::Grant, 1, "five");
        assert!(post(&db, &stranger).await.is_err());
        let filter = EntryFilter {
            account_id: account.to_string(),
            kind: None,
        };
        let entries = ledger::list(&db, &filter, None, 10).await.unwrap();
        let amounts: Vec<_> = entries
            .iter()
            .map(|entry| (entry.kind, entry.amount_nanos, entry.reference.as_str()))
            .collect();
        assert_eq!(
            amounts,
            [
                (EntryKind::Adjustment, -400, "two"),
                (EntryKind::Grant, 1_000, "one")
            ]
        );
        let found = ledger::find(&db, &entries[0].id).await.unwrap();
        assert_eq!(found, entries[0]);
        let all = EntryFilter::default();
        let older = ledger::list(&db, &all, Some(&found.id), 10).await;
        assert_eq!(older.unwrap(), entries[1..]);
        assert_sound(&db).await;
    })
    .await;
}

#[tokio::test]
async fn charges_take_from_what_was_held_and_what_is_above_it_is_borne_by_the_platform() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "free").await;
        grant(&db, &account, 10_000).await;
        assert_eq!(take(&db, FIRST, &account, exactly(3_000)).await, 3_000);
        assert_eq!(balance(&db, &account).await, (10_000, 3_000));
        let charges = [
            a_charge(&account, 1_000, 0, FIRST),
            a_charge(&account, 500, 70, FIRST),
        ];
        assert_eq!(ship(&db, &charges).await, 70);
        assert_eq!(balance(&db, &account).await, (8_500, 1_500));
        let mut tx = db.begin().await.unwrap();
        assert_eq!(
            escrow::give_back(&mut tx, FIRST.server, &account, 500)
                .await
                .unwrap(),
            500
        );
        tx.commit().await.unwrap();
        assert_eq!(balance(&db, &account).await, (8_500, 1_000));
        assert_sound(&db).await;
    })
    .await;
}

#[tokio::test]
async fn a_chunk_is_a_part_of_what_is_available_and_no_more_is_taken_than_there_is() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "free").await;
        grant(&db, &account, 100_000).await;
        assert_eq!(
            take(&db, FIRST, &account, exactly(10)).await,
            2_000,
            "two percent"
        );
        grant(&db, &account, 10_000_000).await;
        assert_eq!(
            take(&db, SECOND, &account, exactly(10)).await,
            5_000,
            "the most"
        );
        let poor = an_account(&db, "free").await;
        assert_eq!(
            take(&db, FIRST, &poor, exactly(1)).await,
            0,
            "never had credits"
        );
        grant(&db, &poor, 25).await;
        assert_eq!(take(&db, FIRST, &poor, exactly(26)).await, 0);
        let some = EscrowWish {
            needed_nanos: 40,
            ..exactly(10)
        };
        assert_eq!(
            take(&db, FIRST, &poor, some).await,
            25,
            "for those for whom it is enough"
        );
        assert_eq!(take(&db, SECOND, &poor, exactly(1)).await, 0);
        assert_sound(&db).await;
    })
    .await;
}

#[tokio::test]
async fn charges_whose_hold_was_reclaimed_take_what_is_left_and_nobody_is_below_zero() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "free").await;
        grant(&db, &account, 1_000).await;
        assert_eq!(take(&db, FIRST, &account, exactly(900)).await, 900);
        let mut tx = db.begin().await.unwrap();
        assert_eq!(escrow::release(&mut tx, FIRST.server).await.unwrap(), 900);
        tx.commit().await.unwrap();
        assert_eq!(escrow::list_owners(&db).await.unwrap(), []);
        assert_eq!(take(&db, SECOND, &account, exactly(700)).await, 700);
        let late = [
            a_charge(&account, 200, 0, FIRST),
            a_charge(&account, 200, 0, FIRST),
        ];
        assert_eq!(ship(&db, &late).await, 100);
        assert_eq!(balance(&db, &account).await, (700, 700));
        let never = an_account(&db, "free").await;
        assert_eq!(ship(&db, &[a_charge(&never, 5, 0, FIRST)]).await, 5);
        assert_sound(&db).await;
    })
    .await;
}

#[tokio::test]
async fn the_ledger_is_append_only_and_a_check_finds_what_was_changed_behind_its_back() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "free").await;
        grant(&db, &account, 1_000).await;
        take(&db, FIRST, &account, exactly(100)).await;
        ship(&db, &[a_charge(&account, 60, 0, FIRST)]).await;
        assert_sound(&db).await;
        for sql in [
            "UPDATE ledger_postings SET amount_nanos = 1",
            "DELETE FROM ledger_postings",
            "UPDATE ledger_entries SET note = ''",
            "DELETE FROM ledger_entries",
        ] {
            assert!(tamper(&db, sql).await.is_err(), "{sql}");
        }
        for sql in [
            "UPDATE credit_balances SET balance_nanos = balance_nanos + 7",
            "UPDATE credit_escrows SET amount_nanos = amount_nanos - 1",
            "UPDATE usage_events SET charge_nanos = charge_nanos + 1",
        ] {
            tamper(&db, sql).await.unwrap();
        }
        let findings = check::run(&db, 0).await.unwrap();
        let found: Vec<_> = findings
            .iter()
            .map(|one| (one.rule, one.found_nanos - one.expected_nanos))
            .collect();
        assert_eq!(
            found,
            [
                ("a balance is the sum of its postings", 7),
                ("what is held of a balance is what servers hold", 1),
                ("a charge in the ledger is that of its request", -1),
                ("the sums of a day are those of its events", -1),
            ]
        );
    })
    .await;
}
