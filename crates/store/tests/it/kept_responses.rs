//! Responses that are kept: their chains, and within what an account may keep.

use store::kept_responses::{self, KeptMax, KeptResponse};
use store::{AccountId, ApiKeyId, Db, RequestIds, ResponseId};

use super::support::{NOW_MS, an_account, on_each_engine};

const MAX: KeptMax = KeptMax {
    responses: 3,
    bytes: 20,
};

fn response(account_id: &AccountId, previous: Option<&KeptResponse>) -> KeptResponse {
    KeptResponse {
        id: ResponseId::of_request(&RequestIds::default().generate(NOW_MS)),
        account_id: account_id.clone(),
        api_key_id: ApiKeyId::generate(),
        previous_id: previous.map(|previous| previous.id.clone()),
        input: b"sealed input".to_vec(),
        response: b"sealed response".to_vec(),
        bytes: 6,
        created_at_ms: NOW_MS,
        expires_at_ms: NOW_MS + 1_000,
    }
}

async fn add(db: &Db, kept: &KeptResponse) -> bool {
    let mut tx = db.begin().await.unwrap();
    let is_kept = kept_responses::add(&mut tx, kept, MAX).await.unwrap();
    tx.commit().await.unwrap();
    is_kept
}

async fn chain(db: &Db, last: &KeptResponse, links_max: u64) -> Vec<ResponseId> {
    let at = (links_max, NOW_MS);
    let of = (&last.account_id, &last.id);
    let read = kept_responses::read_chain(db, of.0, of.1, at).await;
    let read: Vec<_> = read.unwrap().into_iter().map(|kept| kept.id).collect();
    let links = kept_responses::read_links(db, of.0, of.1, at)
        .await
        .unwrap();
    let mut backwards: Vec<_> = links.into_iter().map(|link| link.id).collect();
    backwards.reverse();
    assert_eq!(read, backwards);
    read
}

#[tokio::test]
async fn a_chain_is_read_from_its_begin_as_far_as_it_may_be_long() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "free").await;
        let first = response(&account, None);
        let second = response(&account, Some(&first));
        let third = response(&account, Some(&second));
        let aside = response(&account, Some(&first));
        for kept in [&first, &second, &third] {
            assert!(add(&db, kept).await);
        }
        assert!(!add(&db, &aside).await);
        let ids = [&first, &second, &third].map(|kept| kept.id.clone());
        assert_eq!(chain(&db, &third, 9).await, ids);
        assert_eq!(chain(&db, &third, 2).await, ids[1..]);
        assert!(chain(&db, &aside, 9).await.is_empty());
        let mut of_another = third.clone();
        of_another.account_id = AccountId::generate();
        assert!(chain(&db, &of_another, 9).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_response_is_seen_by_its_account_until_it_expires_or_is_deleted() {
    on_each_engine(|db| async move {
        let (account, other) = (an_account(&db, "free").await, AccountId::generate());
        let kept = response(&account, None);
        assert!(add(&db, &kept).await);
        let find = async |account: &AccountId, now_ms| {
            let found = kept_responses::find(&db, account, &kept.id, now_ms).await;
            found.unwrap()
        };
        assert_eq!(find(&account, NOW_MS).await, Some(kept.clone()));
        assert_eq!(find(&other, NOW_MS).await, None);
        assert_eq!(find(&account, NOW_MS + 1_000).await, None);
        let mut tx = db.begin().await.unwrap();
        let mut deleted = vec![];
        for account in [&other, &account, &account] {
            let delete = kept_responses::delete(&mut tx, account, &kept.id, NOW_MS).await;
            deleted.push(delete.unwrap());
        }
        tx.commit().await.unwrap();
        assert_eq!(deleted, [false, true, false]);
    })
    .await;
}

#[tokio::test]
async fn what_expired_is_removed_and_gives_its_room_back() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "free").await;
        for _ in 0..3 {
            assert!(add(&db, &response(&account, None)).await);
        }
        assert!(!add(&db, &response(&account, None)).await);
        let mut tx = db.begin().await.unwrap();
        let mut removed = vec![];
        for now_ms in [NOW_MS, NOW_MS + 1_000, NOW_MS + 1_000] {
            let step = kept_responses::remove_expired(&mut tx, now_ms).await;
            removed.push(step.unwrap());
        }
        tx.commit().await.unwrap();
        assert_eq!(removed, [0, 3, 0]);
        assert!(add(&db, &response(&account, None)).await);
    })
    .await;
}

#[test]
fn an_id_is_that_of_the_request_and_known_by_its_shape() {
    let request = RequestIds::default().generate(NOW_MS);
    let id = ResponseId::of_request(&request);
    assert_eq!(id.as_str()[5..], request.as_str()[4..]);
    assert_eq!(ResponseId::parse(id.as_str()), Some(id.clone()));
    for other in ["", "resp_1", "resp_", request.as_str()] {
        assert_eq!(ResponseId::parse(other), None);
    }
}
