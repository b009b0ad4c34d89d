use store::accounts::{self, Account, AccountStatus};
use store::api_keys;
use store::limit_override::LimitOverride;
use store::tiers::{self, Tier};
use store::{AccountId, StoreError};

use crate::support::{NOW_MS, a_key, an_account, on_each_engine};

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
                    "{} {:?} {:?} {:?} {:?} {} x{} {:?}",
                    tier.id,
                    tier.requests_per_minute,
                    tier.tokens_per_minute,
                    tier.requests_per_day,
                    tier.concurrent_requests,
                    tier.priority,
                    tier.account_multiplier,
                    tier.keys_max
                )
            })
            .collect();
        let expected = [
            "free Some(10) Some(40000) Some(500) Some(10) 1 x1 Some(3)",
            "basic Some(50) Some(200000) Some(10000) Some(50) 2 x2 Some(20)",
            "pro Some(100) Some(1000000) Some(100000) Some(200) 3 x5 Some(100)",
            "enterprise None None None None 4 x1 None",
        ];
        assert_eq!(lines, expected);
    })
    .await;
}

#[tokio::test]
async fn an_account_changes_tier_and_status() {
    on_each_engine(|db| async move {
        let id = an_account(&db, "free").await;
        let changed = Account {
            name: "Acme".to_owned(),
            tier_id: "pro".to_owned(),
            status: AccountStatus::Suspended,
            notes: "pays late".to_owned(),
            key_rotation_days: None,
            budgets: vec![],
            operator_budgets: None,
            ..accounts::get_account(&db, &id).await.unwrap()
        };
        let mut tx = db.begin().await.unwrap();
        let first = accounts::update(&mut tx, &changed, NOW_MS).await.unwrap();
        let second = accounts::update(&mut tx, &changed, NOW_MS).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!((first, second), (1, 2));
        assert_eq!(accounts::get_account(&db, &id).await.unwrap(), changed);
    })
    .await;
}

#[tokio::test]
async fn a_tier_that_does_not_exist_is_a_conflict_and_an_unknown_account_is_not_found() {
    on_each_engine(|db| async move {
        let id = an_account(&db, "free").await;
        let account = accounts::get_account(&db, &id).await.unwrap();
        let of_no_tier = Account {
            tier_id: "gold".to_owned(),
            ..account.clone()
        };
        let mut tx = db.begin().await.unwrap();
        let error = accounts::update(&mut tx, &of_no_tier, NOW_MS)
            .await
            .unwrap_err();
        assert!(matches!(error, StoreError::Conflict { .. }), "{error:?}");
        drop(tx);
        let unknown = Account {
            id: AccountId::from("acct_none"),
            ..account
        };
        let mut tx = db.begin().await.unwrap();
        let error = accounts::update(&mut tx, &unknown, NOW_MS)
            .await
            .unwrap_err();
        assert!(matches!(error, StoreError::NotFound { .. }));
    })
    .await;
}

#[tokio::test]
async fn a_tier_is_added_changed_and_removed_unless_it_is_in_use() {
    on_each_engine(|db| async move {
        let gold = Tier {
            id: "gold".to_owned(),
            display_name: "Gold".to_owned(),
            rank: 3,
            priority: 3,
            requests_per_minute: Some(7),
            tokens_per_minute: None,
            requests_per_day: Some(9),
            concurrent_requests: Some(4),
            account_multiplier: 2,
            keys_max: None,
            price_factor_percent: 80,
            credits: None,
            budgets: vec![],
        };
        let mut tx = db.begin().await.unwrap();
        tiers::insert(&mut tx, &gold, NOW_MS).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(tiers::get_tier(&db, "gold").await.unwrap(), gold);
        let id = an_account(&db, "gold").await;
        let mut tx = db.begin().await.unwrap();
        let error = tiers::delete(&mut tx, "gold", NOW_MS).await.unwrap_err();
        assert!(matches!(error, StoreError::Conflict { .. }), "{error:?}");
        drop(tx);
        let moved = Account {
            tier_id: "pro".to_owned(),
            ..accounts::get_account(&db, &id).await.unwrap()
        };
        let cheaper = Tier {
            price_factor_percent: 50,
            credits: None,
            ..gold
        };
        let mut tx = db.begin().await.unwrap();
        accounts::update(&mut tx, &moved, NOW_MS).await.unwrap();
        tiers::update(&mut tx, &cheaper, NOW_MS).await.unwrap();
        tiers::delete(&mut tx, "gold", NOW_MS).await.unwrap();
        tx.commit().await.unwrap();
        assert!(tiers::get_tier(&db, "gold").await.is_err());
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

#[tokio::test]
async fn limits_of_an_account_are_kept_as_they_were_given() {
    on_each_engine(|db| async move {
        let id = an_account(&db, "free").await;
        let mut account = accounts::get_account(&db, &id).await.unwrap();
        assert!(account.limits.is_empty());
        account.limits = LimitOverride {
            requests_per_minute: Some(Some(7)),
            tokens_per_minute: Some(None),
            ..LimitOverride::default()
        };
        let mut tx = db.begin().await.unwrap();
        accounts::update(&mut tx, &account, NOW_MS).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(accounts::get_account(&db, &id).await.unwrap(), account);
        let (_, digest) = a_key(&db, &id).await;
        let record = api_keys::find_by_digest(&db, digest, 0).await.unwrap();
        assert_eq!(record.unwrap().limits, account.limits);
        // Own limits stand in place of the tier's, and what is left out is the tier's.
        let tier = tiers::get_tier(&db, "free").await.unwrap();
        let limited = account.limits.over(&tier);
        assert_eq!(limited.requests_per_minute, Some(7));
        assert_eq!(limited.tokens_per_minute, None);
        assert_eq!(limited.requests_per_day, tier.requests_per_day);
    })
    .await;
}
