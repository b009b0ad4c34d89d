//! Responses that are kept for whoever asks again.

use store::idempotency::{self, Claim};

use super::support::{NOW_MS, on_each_engine};

#[tokio::test]
async fn a_key_is_claimed_once_and_responds_to_the_same_request_only() {
    on_each_engine(|db| async move {
        let claim = async |caller: &str, fingerprint: &[u8]| {
            let claimed = idempotency::claim(&db, caller, "k", fingerprint, NOW_MS).await;
            claimed.unwrap()
        };
        assert_eq!(claim("ann", b"one").await, Claim::Ours);
        assert_eq!(claim("ann", b"one").await, Claim::Running);
        assert_eq!(claim("bob", b"two").await, Claim::Ours);
        let mut tx = db.begin().await.unwrap();
        idempotency::finish(&mut tx, "ann", "k", 201, "{}")
            .await
            .unwrap();
        idempotency::release(&mut tx, "ann", "k").await.unwrap();
        idempotency::release(&mut tx, "bob", "k").await.unwrap();
        tx.commit().await.unwrap();
        let answered = Claim::Completed {
            status: 201,
            body: "{}".to_owned(),
        };
        assert_eq!(claim("ann", b"one").await, answered);
        assert_eq!(claim("ann", b"other").await, Claim::Reused);
        assert_eq!(claim("bob", b"three").await, Claim::Ours);
        let mut tx = db.begin().await.unwrap();
        let deleted = idempotency::delete_before(&mut tx, NOW_MS + 1)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!((deleted, claim("ann", b"other").await), (2, Claim::Ours));
    })
    .await;
}
