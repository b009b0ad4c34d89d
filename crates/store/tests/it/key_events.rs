//! Events of API keys.

use serde_json::json;
use store::accounts::{self, Account};
use store::api_keys::{self, Quarantine, QuarantineState};
use store::key_events::{self, KeyEvent, KeyEventAction, KeyEventKind};
use store::users::{self, NewUser};
use store::{
    AccountId, ApiKeyId, Db, KeyEventId, StoreError, UserId, key_baselines, key_event_reads,
};

use super::support::{NOW_MS, a_key, an_account, on_each_engine};

async fn key_of(db: &Db, account_id: &AccountId) -> ApiKeyId {
    a_key(db, account_id).await.0.id
}

async fn a_user(db: &Db) -> UserId {
    let new = NewUser {
        id: UserId::generate(),
        email: "ann@example.com".to_owned(),
        name: String::new(),
        is_operator: false,
        password_hash: None,
        email_confirmed_at_ms: None,
        created_at_ms: NOW_MS,
    };
    let mut tx = db.begin().await.unwrap();
    let user = users::insert(&mut tx, &new).await.unwrap();
    tx.commit().await.unwrap();
    user.id
}

async fn note(db: &Db, account_id: &AccountId, api_key_id: &ApiKeyId) -> KeyEvent {
    let event = KeyEvent {
        id: KeyEventId::generate(),
        account_id: account_id.clone(),
        api_key_id: api_key_id.clone(),
        kind: KeyEventKind::NewNetwork,
        action: KeyEventAction::Notified,
        facts: json!({ "seen": "203.0.113.0/24" }),
        at_ms: NOW_MS,
    };
    let mut tx = db.begin().await.unwrap();
    key_events::insert(&mut tx, &event).await.unwrap();
    tx.commit().await.unwrap();
    event
}

#[tokio::test]
async fn events_are_listed_by_account_and_by_key_newest_first() {
    on_each_engine(|db| async move {
        let (one, other) = (an_account(&db, "free").await, an_account(&db, "free").await);
        let (first_key, second_key) = (key_of(&db, &one).await, key_of(&db, &one).await);
        let foreign_key = key_of(&db, &other).await;
        let old = note(&db, &one, &first_key).await;
        note(&db, &other, &foreign_key).await;
        let new = note(&db, &one, &second_key).await;
        let all = key_events::list(&db, &one, None, None, 10).await.unwrap();
        assert_eq!(all, [new.clone(), old.clone()]);
        let older = key_events::list(&db, &one, None, Some(&new.id), 10).await;
        assert_eq!(older.unwrap(), std::slice::from_ref(&old));
        let of_key = key_events::list(&db, &one, Some(&first_key), None, 10).await;
        assert_eq!(of_key.unwrap(), [old]);
        let of_foreign_key = key_events::list(&db, &one, Some(&foreign_key), None, 10).await;
        assert_eq!(of_foreign_key.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn an_event_is_announced_by_one_of_two() {
    on_each_engine(|db| async move {
        let account_id = an_account(&db, "free").await;
        let key = key_of(&db, &account_id).await;
        let event = note(&db, &account_id, &key).await;
        let open = key_events::list_unannounced(&db, 10).await.unwrap();
        assert_eq!(open, std::slice::from_ref(&event));
        let mut tx = db.begin().await.unwrap();
        assert!(
            key_events::announce(&mut tx, &event.id, NOW_MS)
                .await
                .unwrap()
        );
        assert!(
            !key_events::announce(&mut tx, &event.id, NOW_MS)
                .await
                .unwrap()
        );
        tx.commit().await.unwrap();
        assert_eq!(key_events::list_unannounced(&db, 10).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_key_is_in_quarantine_until_it_is_released_and_a_request_reads_it() {
    on_each_engine(|db| async move {
        let account_id = an_account(&db, "free").await;
        let (key, digest) = a_key(&db, &account_id).await;
        let quarantine = Quarantine {
            state: QuarantineState::Frozen,
            since_ms: NOW_MS,
            by: KeyEventId::generate(),
            kind: KeyEventKind::SpendSpike,
        };
        let mut tx = db.begin().await.unwrap();
        let locked = api_keys::lock_api_key(&mut tx, &account_id, &key.id).await;
        assert_eq!(locked.unwrap(), key);
        let seq = api_keys::quarantine(&mut tx, &key.id, &quarantine)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let read = || async {
            api_keys::find_by_digest(&db, digest, 0)
                .await
                .unwrap()
                .unwrap()
        };
        assert_eq!(read().await.key.quarantine, Some(quarantine));
        let mut tx = db.begin().await.unwrap();
        assert!(api_keys::release(&mut tx, &key.id, NOW_MS).await.unwrap() > seq);
        tx.commit().await.unwrap();
        assert_eq!(read().await.key, key);
        let foreign = an_account(&db, "free").await;
        let mut tx = db.begin().await.unwrap();
        let locked = api_keys::lock_api_key(&mut tx, &foreign, &key.id).await;
        assert!(matches!(locked, Err(StoreError::NotFound { .. })));
    })
    .await;
}

#[tokio::test]
async fn baselines_are_replaced() {
    on_each_engine(|db| async move {
        let account_id = an_account(&db, "free").await;
        let key = key_of(&db, &account_id).await;
        assert_eq!(key_baselines::find(&db, &key).await.unwrap(), None);
        for text in ["{}", "[]"] {
            let mut tx = db.begin().await.unwrap();
            key_baselines::put(&mut tx, &key, text.to_owned(), NOW_MS)
                .await
                .unwrap();
            let within = key_baselines::find_within(&mut tx, &key).await.unwrap();
            assert_eq!(within.as_deref(), Some(text));
            tx.commit().await.unwrap();
        }
        assert_eq!(
            key_baselines::find(&db, &key).await.unwrap().as_deref(),
            Some("[]")
        );
    })
    .await;
}

#[tokio::test]
async fn what_a_user_has_seen_stays_seen() {
    on_each_engine(|db| async move {
        let account_id = an_account(&db, "free").await;
        let user = a_user(&db).await;
        let key = key_of(&db, &account_id).await;
        let (first, second) = (
            note(&db, &account_id, &key).await,
            note(&db, &account_id, &key).await,
        );
        let unseen = || async {
            let count = key_event_reads::count_unseen(&db, &user, &account_id, 10).await;
            count.unwrap()
        };
        assert_eq!(unseen().await, 2);
        for (id, left) in [(&first.id, 1), (&second.id, 0), (&first.id, 0)] {
            let mut tx = db.begin().await.unwrap();
            key_event_reads::mark_seen(&mut tx, &user, &account_id, id)
                .await
                .unwrap();
            tx.commit().await.unwrap();
            assert_eq!(unseen().await, left);
        }
        assert!(
            key_events::exists(&db, &account_id, &first.id)
                .await
                .unwrap()
        );
        let foreign = an_account(&db, "free").await;
        assert!(!key_events::exists(&db, &foreign, &first.id).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn what_was_noticed_already_is_found_by_kind_time_and_facts() {
    on_each_engine(|db| async move {
        let account_id = an_account(&db, "free").await;
        let (key, other) = (
            key_of(&db, &account_id).await,
            key_of(&db, &account_id).await,
        );
        note(&db, &account_id, &key).await;
        let kind = KeyEventKind::NewNetwork;
        let mut tx = db.begin().await.unwrap();
        for (key, kind, since_ms, part, expected) in [
            (&key, kind, NOW_MS, "", true),
            (&key, kind, NOW_MS, "203.0.113.0/24", true),
            (&key, kind, NOW_MS, "203%", false),
            (&key, kind, NOW_MS + 1, "", false),
            (&key, KeyEventKind::BrowserUse, 0, "", false),
            (&other, kind, 0, "", false),
        ] {
            let found = key_events::has_since(&mut tx, key, kind, since_ms, part).await;
            assert_eq!(found.unwrap(), expected, "{kind:?} {since_ms} {part}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_secret_is_due_when_it_is_as_old_as_the_account_says() {
    on_each_engine(|db| async move {
        let account_id = an_account(&db, "free").await;
        let key = key_of(&db, &account_id).await;
        let day_ms = 86_400_000;
        let due = async |days: i64| {
            let found = api_keys::list_due_for_rotation(&db, NOW_MS + days * day_ms, 10).await;
            found.unwrap()
        };
        assert_eq!(due(89).await, []);
        let [found] = due(90).await.try_into().unwrap();
        assert_eq!((found.api_key_id, found.rotation_days), (key.clone(), 90));
        let account = accounts::get_account(&db, &account_id).await.unwrap();
        let never = Account {
            key_rotation_days: None,
            budgets: vec![],
            operator_budgets: None,
            ..account
        };
        let mut tx = db.begin().await.unwrap();
        accounts::update(&mut tx, &never, NOW_MS).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(due(1_000).await, []);
    })
    .await;
}
