//! Kept rights, enforced on a database that does not know of them.

use serde_json::{Value, json};
use store::auth_log::{self, AuthChange};
use store::management_keys::{self, ManagementKey};
use store::members::{self, Role};
use store::rights::{self, RecordAge, Rights};
use store::sessions::{self, Session};
use store::users::{self, NewUser};
use store::{Db, ManagementKeyId, SessionId, UserId};

use crate::support::{NOW_MS, a_key, a_secret, an_account, on_each_engine};

/// The rights of a thing, with some of them taken away since.
async fn kept(db: &Db, change: &AuthChange, since: Value) -> Rights {
    let rights = rights::read(db, change).await.unwrap().unwrap();
    assert_eq!(rights.subject(), *change);
    let mut text = serde_json::to_value(rights).unwrap();
    for (name, value) in since.as_object().unwrap() {
        assert!(text.get(name).is_some(), "{name}");
        text[name] = value.clone();
    }
    serde_json::from_value(text).unwrap()
}

async fn enforce(db: &Db, rights: &Rights, age: RecordAge) -> u64 {
    let mut tx = db.begin().await.unwrap();
    let changed = rights::enforce(&mut tx, rights, age, NOW_MS).await.unwrap();
    tx.commit().await.unwrap();
    changed
}

async fn a_user(db: &Db) -> UserId {
    let user = NewUser {
        id: UserId::generate(),
        email: "ann@example.com".to_owned(),
        name: "Ann".to_owned(),
        is_operator: true,
        password_hash: Some(users::PasswordHash("hash".to_owned())),
        email_confirmed_at_ms: None,
        created_at_ms: NOW_MS,
    };
    let mut tx = db.begin().await.unwrap();
    users::insert(&mut tx, &user).await.unwrap();
    tx.commit().await.unwrap();
    user.id
}

#[tokio::test]
async fn what_was_taken_is_taken_again_once_and_told_to_running_replicas() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "pro").await;
        let (key, _) = a_key(&db, &account).await;
        let (user, digits) = (a_user(&db).await, "ab".repeat(32));
        let managing = ManagementKey {
            id: ManagementKeyId::generate(),
            account_id: None,
            name: "x".to_owned(),
            hint: String::new(),
            scopes: vec![],
            created_by: user.clone(),
            created_at_ms: NOW_MS,
            expires_at_ms: None,
            revoked_at_ms: None,
            last_used_at_ms: None,
        };
        let mut tx = db.begin().await.unwrap();
        management_keys::insert(&mut tx, &managing, a_secret().1).await.unwrap();
        let session = Session {
            id: SessionId::generate(),
            user_id: user.clone(),
            created_at_ms: NOW_MS,
            last_seen_at_ms: NOW_MS,
            expires_at_ms: NOW_MS + 1_000,
            address: String::new(),
            agent: String::new(),
        };
        sessions::insert(&mut tx, &session, a_secret().1).await.unwrap();
        members::insert(&mut tx, &account, &user, Role::Owner, NOW_MS).await.unwrap();
        tx.commit().await.unwrap();
        let quarantine = json!({ "state": "frozen", "since_ms": 1, "by": "evt_1", "kind": "leak_reported" });
        let cases = [
            (
                AuthChange::ApiKey(key.id.clone()),
                json!({ "is_revoked": true, "ends": [[digits, 7], ["nonsense", 7]], "networks": "[\"10.0.0.0/8\"]",
                    "expires_at_ms": NOW_MS + 1, "quarantine": quarantine }),
                3,
            ),
            (AuthChange::Account(account.clone()), json!({ "is_suspended": true, "tier": "free" }), 2),
            (AuthChange::User(user.clone()), json!({ "is_disabled": true, "is_operator": false }), 2),
            (AuthChange::Password(user.clone()), json!({}), 1),
            (AuthChange::Sessions(user.clone()), json!({}), 1),
            (AuthChange::ManagementKey(managing.id), json!({ "is_revoked": true }), 1),
            (AuthChange::Member(account.clone(), user.clone()), json!({ "role": null }), 1),
        ];
        for (change, since, changed) in cases {
            let rights = kept(&db, &change, since).await;
            let before = auth_log::head(&db).await.unwrap();
            assert_eq!(enforce(&db, &rights, RecordAge::Newer).await, changed, "{change:?}");
            let lines = auth_log::list_after(&db, before, 9).await.unwrap();
            assert_eq!(lines.len(), 1);
            assert_eq!(lines[0].change, change);
            assert_eq!(enforce(&db, &rights, RecordAge::Newer).await, 0, "{change:?}, again");
            assert_eq!(auth_log::head(&db).await.unwrap(), before + 1);
        }
        let is_like = rights::read(&db, &AuthChange::ApiKey(key.id)).await.unwrap();
        let is_like = serde_json::to_value(is_like).unwrap();
        assert_eq!((&is_like["is_revoked"], &is_like["quarantine"]), (&json!(true), &quarantine));
    })
    .await;
}

#[tokio::test]
async fn a_database_that_was_changed_since_loses_rights_for_good_and_keeps_what_was_granted() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "pro").await;
        let (key, digest) = a_key(&db, &account).await;
        let change = AuthChange::ApiKey(key.id.clone());
        let digits: String = digest
            .as_bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let since =
            json!({ "ends": [[digits, NOW_MS - 1]], "models": null, "expires_at_ms": NOW_MS });
        let rights = kept(&db, &change, since).await;
        assert_eq!(
            enforce(&db, &rights, RecordAge::Apart).await,
            1,
            "the secret has ended"
        );
        let now = serde_json::to_value(rights::read(&db, &change).await.unwrap()).unwrap();
        assert_eq!(
            (&now["expires_at_ms"], &now["ends"][0][1]),
            (&json!(null), &json!(NOW_MS - 1))
        );
        let change = AuthChange::Account(account);
        let rights = kept(&db, &change, json!({ "tier": "free" })).await;
        assert_eq!(enforce(&db, &rights, RecordAge::Apart).await, 0);
        let rights = kept(&db, &change, json!({ "is_suspended": true })).await;
        assert_eq!(enforce(&db, &rights, RecordAge::Apart).await, 1);
    })
    .await;
}

#[tokio::test]
async fn everything_is_suspended_and_all_are_signed_out_where_nobody_knows_better() {
    on_each_engine(|db| async move {
        an_account(&db, "pro").await;
        an_account(&db, "free").await;
        let mut tx = db.begin().await.unwrap();
        assert_eq!(
            rights::suspend_everything(&mut tx, NOW_MS).await.unwrap(),
            (2, 0)
        );
        assert_eq!(rights::end_sessions(&mut tx, NOW_MS).await.unwrap(), 0);
        assert_eq!(rights::end_links(&mut tx, NOW_MS).await.unwrap(), 0);
        auth_log::skip_to(&mut tx, 1_000).await.unwrap();
        assert_eq!(
            auth_log::append(&mut tx, &AuthChange::Unknown, NOW_MS)
                .await
                .unwrap(),
            1_001
        );
        tx.commit().await.unwrap();
    })
    .await;
}
