//! Webhooks of accounts, and their deliveries.

use store::webhooks::{self, Due, Settled, Webhook};
use store::{AccountId, Db, StoreError, WebhookId};

use super::support::{NOW_MS, an_account, on_each_engine};

async fn a_webhook(db: &Db, account_id: &AccountId) -> Webhook {
    let webhook = Webhook {
        id: WebhookId::generate(),
        account_id: account_id.clone(),
        url: "https://example.com/hooks".to_owned(),
        created_at_ms: NOW_MS,
        disabled_at_ms: None,
        failing_since_ms: None,
        last: None,
    };
    let mut tx = db.begin().await.unwrap();
    webhooks::insert(&mut tx, &webhook, b"sealed".to_vec())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    webhook
}

async fn enqueue(db: &Db, account_id: &AccountId, body: &str) -> usize {
    let mut tx = db.begin().await.unwrap();
    let count = webhooks::enqueue(&mut tx, account_id, body, NOW_MS).await;
    tx.commit().await.unwrap();
    count.unwrap()
}

async fn settle(db: &Db, due: &Due, settled: &Settled) {
    let mut tx = db.begin().await.unwrap();
    webhooks::settle(&mut tx, due, settled).await.unwrap();
    tx.commit().await.unwrap();
}

fn failed(at_ms: i64) -> Settled {
    Settled {
        at_ms,
        status: Some(500),
        error: Some("it answered 500".to_owned()),
        again_at_ms: Some(at_ms + 5_000),
        is_last: false,
    }
}

#[tokio::test]
async fn webhooks_are_those_of_their_account() {
    on_each_engine(|db| async move {
        let (one, other) = (an_account(&db, "free").await, an_account(&db, "free").await);
        let webhook = a_webhook(&db, &one).await;
        assert_eq!(
            webhooks::list(&db, &one, 10).await.unwrap(),
            std::slice::from_ref(&webhook)
        );
        assert_eq!(webhooks::list(&db, &other, 10).await.unwrap(), []);
        let (found, secret) = webhooks::get(&db, &one, &webhook.id).await.unwrap();
        assert_eq!(
            (found, secret.as_slice()),
            (webhook.clone(), &b"sealed"[..])
        );
        let foreign = webhooks::get(&db, &other, &webhook.id).await;
        assert!(matches!(foreign, Err(StoreError::NotFound { .. })));
        let mut tx = db.begin().await.unwrap();
        assert_eq!(webhooks::count_within(&mut tx, &one).await.unwrap(), 1);
        let foreign = webhooks::delete(&mut tx, &other, &webhook.id).await;
        assert!(matches!(foreign, Err(StoreError::NotFound { .. })));
        webhooks::delete(&mut tx, &one, &webhook.id).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(webhooks::list(&db, &one, 10).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_message_is_due_until_it_is_taken_and_claimed_by_one_of_two() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "free").await;
        let webhook = a_webhook(&db, &account).await;
        assert_eq!(enqueue(&db, &account, "{}").await, 1);
        assert_eq!(webhooks::list_due(&db, NOW_MS - 1, 10).await.unwrap(), []);
        let due = webhooks::list_due(&db, NOW_MS, 10).await.unwrap().remove(0);
        assert_eq!(
            (due.body.as_str(), due.attempts, &due.webhook_id),
            ("{}", 0, &webhook.id)
        );
        let mut tx = db.begin().await.unwrap();
        assert!(webhooks::claim(&mut tx, &due, NOW_MS + 9).await.unwrap());
        assert!(!webhooks::claim(&mut tx, &due, NOW_MS + 9).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(webhooks::list_due(&db, NOW_MS, 10).await.unwrap(), []);

        settle(&db, &due, &failed(NOW_MS)).await;
        settle(&db, &due, &failed(NOW_MS + 7)).await;
        let (found, _) = webhooks::get(&db, &account, &webhook.id).await.unwrap();
        assert_eq!(
            found.failing_since_ms,
            Some(NOW_MS),
            "the first failure counts"
        );
        let again = webhooks::list_due(&db, NOW_MS + 5_007, 10).await.unwrap();
        assert_eq!((again.len(), again[0].attempts), (1, 1));

        let taken = Settled {
            status: Some(204),
            error: None,
            again_at_ms: None,
            ..failed(NOW_MS + 8)
        };
        settle(&db, &due, &taken).await;
        assert_eq!(webhooks::list_due(&db, i64::MAX, 10).await.unwrap(), []);
        let (found, _) = webhooks::get(&db, &account, &webhook.id).await.unwrap();
        assert_eq!(found.failing_since_ms, None);
        assert_eq!(found.last.unwrap().status, Some(204));
    })
    .await;
}

#[tokio::test]
async fn nothing_waits_for_a_webhook_that_is_off() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "free").await;
        let (one, other) = (
            a_webhook(&db, &account).await,
            a_webhook(&db, &account).await,
        );
        assert_eq!(enqueue(&db, &account, "{}").await, 2);
        let off = Webhook {
            disabled_at_ms: Some(NOW_MS),
            ..one
        };
        let mut tx = db.begin().await.unwrap();
        webhooks::update(&mut tx, &off).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(enqueue(&db, &account, "{}").await, 1);
        let due = webhooks::list_due(&db, i64::MAX, 10).await.unwrap();
        assert!(due.len() == 2 && due.iter().all(|due| due.webhook_id == other.id));
        let last = Settled {
            again_at_ms: None,
            is_last: true,
            ..failed(NOW_MS)
        };
        settle(&db, &due[0], &last).await;
        assert_eq!(webhooks::list_due(&db, i64::MAX, 10).await.unwrap(), []);
        assert_eq!(enqueue(&db, &account, "{}").await, 0);
    })
    .await;
}
