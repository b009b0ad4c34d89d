use store::accounts::{self, AccountStatus};
use store::{AccountId, StoreError, tiers};

use crate::support::{NOW_MS, an_account, on_each_engine};

#[tokio::test]
async fn the_tiers_of_the_contract_come_with_the_schema() {
    on_each_engine(|db| async move {
        let lines: Vec<String> = tiers::list_tiers(&db)
            .await
            .unwrap()
            .rows
            .iter()
            .map(|tier| {
                format!(
                    "{} {:?} {:?} {:?} {} x{} {:?}",
                    tier.id,
                    tier.requests_per_minute,
                    tier.tokens_per_minute,
                    tier.requests_per_day,
                    tier.priority,
                    tier.account_multiplier,
                    tier.keys_max
                )
            })
            .collect();
        let expected = [
            "free Some(10) Some(40000) Some(500) 1 x1 Some(3)",
            "basic Some(50) Some(200000) Some(10000) 2 x2 Some(20)",
            "pro Some(100) Some(1000000) Some(100000) 3 x5 Some(100)",
            "enterprise None None None 4 x1 None",
        ];
        assert_eq!(lines, expected);
    })
    .await;
}

#[tokio::test]
async fn an_account_changes_tier_and_status() {
    on_each_engine(|db| async move {
        let id = an_account(&db, "free").await;
        let mut tx = db.begin().await.unwrap();
        assert_eq!(
            accounts::update_tier(&mut tx, &id, "pro", NOW_MS)
                .await
                .unwrap(),
            1
        );
        assert_eq!(
            accounts::update_status(&mut tx, &id, AccountStatus::Suspended, NOW_MS)
                .await
                .unwrap(),
            2
        );
        tx.commit().await.unwrap();
        let account = accounts::get_account(&db, &id).await.unwrap();
        assert_eq!(
            (account.tier_id.as_str(), account.status),
            ("pro", AccountStatus::Suspended)
        );
    })
    .await;
}

#[tokio::test]
async fn a_tier_that_does_not_exist_is_a_conflict_and_an_unknown_account_is_not_found() {
    on_each_engine(|db| async move {
        let id = an_account(&db, "free").await;
        let mut tx = db.begin().await.unwrap();
        let error = accounts::update_tier(&mut tx, &id, "gold", NOW_MS)
            .await
            .unwrap_err();
        assert!(matches!(error, StoreError::Conflict { .. }), "{error:?}");
        drop(tx);
        let mut tx = db.begin().await.unwrap();
        let unknown = AccountId::from("acct_none");
        let error = accounts::update_tier(&mut tx, &unknown, "pro", NOW_MS)
            .await
            .unwrap_err();
        assert!(matches!(error, StoreError::NotFound { .. }));
    })
    .await;
}

#[tokio::test]
async fn accounts_are_listed_page_by_page_in_a_stable_order() {
    on_each_engine(|db| async move {
        let mut made = Vec::new();
        for _ in 0..5 {
            made.push(an_account(&db, "free").await);
        }
        let mut seen = Vec::new();
        loop {
            let page = accounts::list_accounts(&db, seen.last(), 2).await.unwrap();
            if page.is_empty() {
                break;
            }
            seen.extend(page.into_iter().map(|account| account.id));
        }
        assert_eq!(seen, made);
    })
    .await;
}
