//! Notices for operators.

use serde_json::json;
use store::operator_notices::{self, NoticeKind, OperatorNotice, Told};
use store::{Db, OperatorNoticeId};

use super::support::{NOW_MS, on_each_engine};

fn notice(kind: NoticeKind, at_ms: i64) -> OperatorNotice {
    OperatorNotice {
        id: OperatorNoticeId::generate(),
        kind,
        subject: "first".to_owned(),
        facts: json!({"model": "m"}),
        began_at_ms: at_ms,
        seen_at_ms: at_ms,
        ended_at_ms: None,
    }
}

async fn open(db: &Db, notice: &OperatorNotice) -> bool {
    let mut tx = db.begin().await.unwrap();
    let is_new = operator_notices::open(&mut tx, notice).await.unwrap();
    tx.commit().await.unwrap();
    is_new
}

async fn end_unseen(db: &Db, before_ms: i64, now_ms: i64) -> u64 {
    let mut tx = db.begin().await.unwrap();
    let ended = operator_notices::end_unseen(&mut tx, before_ms, now_ms)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    ended
}

async fn tell(db: &Db, id: &OperatorNoticeId, part: Told) -> bool {
    let mut tx = db.begin().await.unwrap();
    let told = operator_notices::tell(&mut tx, id, part, NOW_MS)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    told
}

#[tokio::test]
async fn one_notice_of_a_kind_and_subject_is_open_until_no_server_sees_it() {
    on_each_engine(|db| async move {
        let first = notice(NoticeKind::CredentialRefused, NOW_MS);
        assert!(open(&db, &first).await);
        assert!(!open(&db, &notice(NoticeKind::CredentialRefused, NOW_MS + 1)).await);
        assert!(open(&db, &notice(NoticeKind::QueueShedding, NOW_MS)).await);
        let mut tx = db.begin().await.unwrap();
        operator_notices::see(&mut tx, first.kind, "first", NOW_MS + 50)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(end_unseen(&db, NOW_MS + 50, NOW_MS + 60).await, 1);
        let list = operator_notices::list(&db, 9).await.unwrap();
        let states: Vec<_> = list.iter().map(|one| (one.kind, one.ended_at_ms)).collect();
        let expected = [
            (NoticeKind::CredentialRefused, None),
            (NoticeKind::QueueShedding, Some(NOW_MS + 60)),
        ];
        assert_eq!(states, expected);
        assert_eq!(list[0].seen_at_ms, NOW_MS + 50);
        assert!(open(&db, &notice(NoticeKind::QueueShedding, NOW_MS + 70)).await);
        let mut tx = db.begin().await.unwrap();
        operator_notices::delete_before(&mut tx, NOW_MS + 61)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(operator_notices::list(&db, 9).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn the_beginning_and_the_end_are_told_once_each() {
    on_each_engine(|db| async move {
        let first = notice(NoticeKind::DeploymentFailing, NOW_MS);
        open(&db, &first).await;
        let untold = async || operator_notices::list_untold(&db, 9).await.unwrap();
        assert_eq!(untold().await, [(first.clone(), Told::Beginning)]);
        assert!(tell(&db, &first.id, Told::Beginning).await);
        assert!(!tell(&db, &first.id, Told::Beginning).await);
        assert_eq!(untold().await, []);
        end_unseen(&db, NOW_MS + 1, NOW_MS + 2).await;
        assert_eq!(untold().await[0].1, Told::End);
        assert!(tell(&db, &first.id, Told::End).await);
        assert_eq!(untold().await, []);
        let again = notice(NoticeKind::DeploymentFailing, NOW_MS + 9);
        open(&db, &again).await;
        let mut tx = db.begin().await.unwrap();
        let since = async |tx: &mut store::Tx, at_ms| {
            operator_notices::has_earlier(tx, &again, at_ms)
                .await
                .unwrap()
        };
        assert!(since(&mut tx, NOW_MS).await);
        assert!(!since(&mut tx, NOW_MS + 1).await);
    })
    .await;
}
