use store::api_keys::{self, Grace, LastUse};
use store::{AccountId, StoreError};

use crate::support::{NOW_MS, a_key, a_secret, an_account, on_each_engine};

#[tokio::test]
async fn a_key_is_found_by_the_digest_of_its_secret() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "basic").await;
        let (key, digest) = a_key(&db, &account).await;
        let record = api_keys::find_by_digest(&db, digest, 0)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(record.key, key);
        assert_eq!(
            (
                record.tier_id.as_str(),
                record.key_requests_today,
                record.secret_ends_at_ms
            ),
            ("basic", 0, None)
        );
        let (_, unknown) = a_secret();
        assert_eq!(
            api_keys::find_by_digest(&db, unknown, 0).await.unwrap(),
            None
        );
    })
    .await;
}

#[tokio::test]
async fn regenerating_keeps_the_key_and_ends_the_old_secret_after_its_grace() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "basic").await;
        let (key, old) = a_key(&db, &account).await;
        let (secret, new) = a_secret();
        let grace = Grace {
            now_ms: NOW_MS + 1,
            old_ends_at_ms: NOW_MS + 3_600_000,
        };
        let mut tx = db.begin().await.unwrap();
        api_keys::regenerate(&mut tx, &account, &key.id, (&secret, new), grace)
            .await
            .unwrap();
        tx.commit().await.unwrap();

        let by_old = api_keys::find_by_digest(&db, old, 0)
            .await
            .unwrap()
            .unwrap();
        let by_new = api_keys::find_by_digest(&db, new, 0)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(by_old.secret_ends_at_ms, Some(NOW_MS + 3_600_000));
        assert_eq!(by_new.secret_ends_at_ms, None);
        assert_eq!((&by_old.key.id, &by_new.key.id), (&key.id, &key.id));
        assert_eq!(by_new.key.restrictions, key.restrictions);
        assert_eq!(api_keys::list_digests(&db, &key.id).await.unwrap().len(), 2);
        let secrets = api_keys::list_secrets(&db, &key.id).await.unwrap();
        assert_eq!(secrets[0].hint, secret.hint());
    })
    .await;
}

#[tokio::test]
async fn a_revoked_key_stays_listed_and_cannot_be_regenerated() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "basic").await;
        let (key, _) = a_key(&db, &account).await;
        let mut tx = db.begin().await.unwrap();
        api_keys::revoke(&mut tx, &account, &key.id, NOW_MS + 5)
            .await
            .unwrap();
        api_keys::revoke(&mut tx, &account, &key.id, NOW_MS + 9)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let listed = api_keys::list_api_keys(&db, &account, None, 10)
            .await
            .unwrap();
        assert_eq!(
            listed[0].revoked_at_ms,
            Some(NOW_MS + 5),
            "the first revocation counts"
        );

        let (secret, digest) = a_secret();
        let grace = Grace {
            now_ms: NOW_MS + 9,
            old_ends_at_ms: NOW_MS + 9,
        };
        let mut tx = db.begin().await.unwrap();
        let error = api_keys::regenerate(&mut tx, &account, &key.id, (&secret, digest), grace)
            .await
            .unwrap_err();
        assert!(matches!(error, StoreError::Conflict { .. }));
    })
    .await;
}

#[tokio::test]
async fn another_accounts_key_is_not_found() {
    on_each_engine(|db| async move {
        let (key, digest) = a_key(&db, &an_account(&db, "basic").await).await;
        let other: AccountId = an_account(&db, "basic").await;
        let mut tx = db.begin().await.unwrap();
        let error = api_keys::revoke(&mut tx, &other, &key.id, NOW_MS)
            .await
            .unwrap_err();
        assert!(matches!(error, StoreError::NotFound { .. }));
        drop(tx);
        assert_eq!(
            api_keys::list_api_keys(&db, &other, None, 10)
                .await
                .unwrap(),
            []
        );
        let record = api_keys::find_by_digest(&db, digest, 0)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(record.key.revoked_at_ms, None);
    })
    .await;
}

#[tokio::test]
async fn keys_used_lately_are_read_at_once() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "basic").await;
        let (used, digest) = a_key(&db, &account).await;
        a_key(&db, &account).await;
        let last = LastUse {
            at_ms: NOW_MS + 60_000,
            address: "127.0.0.1".to_owned(),
            agent: "curl".to_owned(),
        };
        let mut tx = db.begin().await.unwrap();
        api_keys::update_last_use(&mut tx, &used.id, &last)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let warm = api_keys::warm_records(&db, NOW_MS, 0, 10).await.unwrap();
        assert_eq!(warm.len(), 1);
        assert_eq!((warm[0].0, &warm[0].1.key.last_use), (digest, &Some(last)));
        let mut tx = db.begin().await.unwrap();
        assert_eq!(
            api_keys::count_active(&mut tx, &account, NOW_MS)
                .await
                .unwrap(),
            2
        );
    })
    .await;
}
