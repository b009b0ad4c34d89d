use futures_util::future::join_all;
use store::auth_log::{self, AuthChange, Renewal};
use store::{AccountId, ApiKeyId, Db};

use crate::support::{NOW_MS, on_each_engine};

async fn append(db: &Db, change: AuthChange) -> i64 {
    let mut tx = db.begin().await.unwrap();
    let seq = auth_log::append(&mut tx, &change, NOW_MS).await.unwrap();
    tx.commit().await.unwrap();
    seq
}

#[tokio::test]
async fn a_replica_learns_of_every_change_after_it_registered_and_of_none_before() {
    on_each_engine(|db| async move {
        append(&db, AuthChange::Catalog).await;
        let start = auth_log::head(&db).await.unwrap();
        auth_log::register(&db, "replica", start, 5_000, NOW_MS)
            .await
            .unwrap();
        let key = AuthChange::ApiKey(ApiKeyId::from("key_1"));
        let account = AuthChange::Account(AccountId::from("acct_1"));
        let first = append(&db, key.clone()).await;
        let second = append(&db, account.clone()).await;
        let renewal = auth_log::renew(&db, "replica", start, NOW_MS)
            .await
            .unwrap();
        assert_eq!(
            renewal,
            Renewal::Lines(vec![(first, key), (second, account)])
        );
        assert_eq!(
            auth_log::renew(&db, "replica", second, NOW_MS)
                .await
                .unwrap(),
            Renewal::Lines(vec![])
        );
    })
    .await;
}

#[tokio::test]
async fn whoever_waits_sees_who_is_behind_until_they_report_or_are_evicted() {
    on_each_engine(|db| async move {
        auth_log::register(&db, "quick", 0, 1_000, NOW_MS)
            .await
            .unwrap();
        auth_log::register(&db, "dead", 0, 5_000, NOW_MS)
            .await
            .unwrap();
        let seq = append(&db, AuthChange::Catalog).await;
        auth_log::renew(&db, "quick", seq, NOW_MS).await.unwrap();
        assert_eq!(auth_log::behind(&db, seq, "").await.unwrap(), Some(5_000));
        assert_eq!(auth_log::behind(&db, seq, "dead").await.unwrap(), None);
        auth_log::evict_behind(&db, seq, "dead").await.unwrap();
        assert_eq!(auth_log::behind(&db, seq, "").await.unwrap(), Some(5_000));
        auth_log::evict_behind(&db, seq, "").await.unwrap();
        assert_eq!(auth_log::behind(&db, seq, "").await.unwrap(), None);
        assert_eq!(
            auth_log::renew(&db, "dead", 0, NOW_MS).await.unwrap(),
            Renewal::Evicted
        );
        auth_log::deregister(&db, "quick").await.unwrap();
        let seq = append(&db, AuthChange::Catalog).await;
        assert_eq!(auth_log::behind(&db, seq, "").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn lines_can_be_read_without_a_report() {
    on_each_engine(|db| async move {
        let start = auth_log::head(&db).await.unwrap();
        auth_log::register(&db, "replica", start, 5_000, NOW_MS)
            .await
            .unwrap();
        let seq = append(&db, AuthChange::Catalog).await;
        let lines = auth_log::lines_after(&db, start).await.unwrap();
        assert_eq!(lines, vec![(seq, AuthChange::Catalog)]);
        assert_eq!(auth_log::lines_after(&db, seq).await.unwrap(), vec![]);
        assert_eq!(auth_log::behind(&db, seq, "").await.unwrap(), Some(5_000));
    })
    .await;
}

#[tokio::test]
async fn a_change_that_is_rolled_back_leaves_no_line() {
    on_each_engine(|db| async move {
        let before = auth_log::head(&db).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        auth_log::append(&mut tx, &AuthChange::Catalog, NOW_MS)
            .await
            .unwrap();
        drop(tx);
        assert_eq!(append(&db, AuthChange::Catalog).await, before + 1);
    })
    .await;
}

#[tokio::test]
async fn who_reads_within_a_transaction_does_not_wait_for_those_who_wait_for_its_end() {
    on_each_engine(|db| async move {
        // More than there are connections, all of which want the lock that one of them has.
        let changes = (0..24).map(async |_| {
            let mut tx = db.begin().await?;
            auth_log::lock(&mut tx).await?;
            auth_log::head(&db).await?;
            tx.commit().await
        });
        for change in join_all(changes).await {
            change.unwrap();
        }
    })
    .await;
}
