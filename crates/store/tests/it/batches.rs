//! Batches: who runs them, and what comes of their lines.

use store::batches::{self, Batch, BatchState, BegunLine, LineResult, NewBatch, Validated};
use store::{AccountId, ApiKeyId, BatchId, Db, FileId, RequestId};

use super::support::{NOW_MS, an_account, on_each_engine};

async fn a_batch(db: &Db, account_id: &AccountId) -> BatchId {
    let batch = NewBatch {
        id: BatchId::generate(),
        account_id: account_id.clone(),
        api_key_id: ApiKeyId::generate(),
        address: "192.0.2.1".to_owned(),
        endpoint: "/v1/embeddings".to_owned(),
        input_file_id: FileId::generate(),
        metadata: None,
        spend_max_nanos: Some(5),
        output_kept_ms: 1_000,
        created_at_ms: NOW_MS,
        expires_at_ms: NOW_MS + 1_000,
    };
    let mut tx = db.begin().await.unwrap();
    assert!(batches::insert(&mut tx, &batch, 10).await.unwrap());
    assert!(
        !batches::insert(
            &mut tx,
            &NewBatch {
                id: BatchId::generate(),
                ..batch.clone()
            },
            1
        )
        .await
        .unwrap()
    );
    tx.commit().await.unwrap();
    batch.id
}

async fn claim(db: &Db, server: &str, now_ms: i64) -> Option<BatchId> {
    let mut tx = db.begin().await.unwrap();
    let claimed = batches::claim(&mut tx, server, now_ms, now_ms + 10)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    claimed.map(|batch| batch.id)
}

async fn hold(db: &Db, id: &BatchId, server: &str, until_ms: i64) -> Option<BatchState> {
    let mut tx = db.begin().await.unwrap();
    let state = batches::hold(&mut tx, id, server, until_ms).await.unwrap();
    tx.commit().await.unwrap();
    state
}

async fn find(db: &Db, account_id: &AccountId, id: &BatchId) -> Batch {
    batches::find(db, account_id, id).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_batch_has_one_server_until_its_lease_ends() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "free").await;
        let id = a_batch(&db, &account).await;
        assert!(batches::is_any_free(&db, 0).await.unwrap());
        assert_eq!(claim(&db, "one", 0).await.as_ref(), Some(&id));
        assert_eq!(claim(&db, "two", 5).await, None);
        assert_eq!(
            hold(&db, &id, "one", 20).await,
            Some(BatchState::Validating)
        );
        assert_eq!(claim(&db, "two", 15).await, None);
        assert_eq!(claim(&db, "two", 20).await.as_ref(), Some(&id));
        assert_eq!(hold(&db, &id, "one", 40).await, None);
        batches::release(&db, &id, "one").await.unwrap();
        assert!(!batches::is_any_free(&db, 25).await.unwrap());
        batches::release_all(&db).await.unwrap();
        assert_eq!(claim(&db, "three", 25).await.as_ref(), Some(&id));
    })
    .await;
}

#[tokio::test]
async fn an_account_with_nothing_that_runs_comes_before_one_with_something() {
    on_each_engine(|db| async move {
        let (busy, other) = (an_account(&db, "free").await, an_account(&db, "free").await);
        let first = a_batch(&db, &busy).await;
        let second = a_batch(&db, &busy).await;
        let of_other = a_batch(&db, &other).await;
        assert_eq!(claim(&db, "one", 1).await, Some(first));
        assert_eq!(claim(&db, "one", 1).await, Some(of_other));
        assert_eq!(claim(&db, "one", 1).await, Some(second));
    })
    .await;
}

#[tokio::test]
async fn a_line_has_one_result_and_is_counted_once() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "free").await;
        let id = a_batch(&db, &account).await;
        let mut tx = db.begin().await.unwrap();
        let found = Validated {
            total: 3,
            estimate_nanos: 9,
            model: Some("m".to_owned()),
        };
        assert!(batches::begin(&mut tx, &id, &found, NOW_MS).await.unwrap());
        let line = |line, tries| BegunLine {
            line,
            request_id: RequestId::of_line(NOW_MS, &id, line, tries),
            tries,
            is_done: false,
        };
        batches::begin_lines(&mut tx, &id, &[line(1, 0), line(2, 0)])
            .await
            .unwrap();
        batches::begin_lines(&mut tx, &id, &[line(2, 1)])
            .await
            .unwrap();
        let result = |line, is_error| LineResult {
            line,
            request_id: RequestId::generate(),
            is_error,
            sealed: vec![7],
            charge_nanos: 4,
        };
        batches::put_results(&mut tx, &id, vec![result(1, false), result(3, true)])
            .await
            .unwrap();
        batches::put_results(&mut tx, &id, vec![result(1, true)])
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let begun = batches::begun_lines(&db, &id).await.unwrap();
        let facts: Vec<_> = begun
            .iter()
            .map(|line| (line.line, line.tries, line.is_done))
            .collect();
        assert_eq!(facts, [(1, 0, true), (2, 1, false), (3, 0, true)]);
        let batch = find(&db, &account, &id).await;
        assert_eq!(
            (
                batch.total,
                batch.completed,
                batch.failed,
                batch.spent_nanos
            ),
            (3, 1, 1, 8)
        );
        let listed = batches::list_results(&db, &id, true, 0, 5).await.unwrap();
        assert_eq!(listed, [(3, vec![7])]);
        let mut tx = db.begin().await.unwrap();
        batches::end(&mut tx, &id, BatchState::Completed, (None, None), NOW_MS)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert!(batches::begun_lines(&db, &id).await.unwrap().is_empty());
        assert!(
            find(&db, &account, &id).await.state.is_over()
                && claim(&db, "one", 100).await.is_none()
        );
    })
    .await;
}

#[tokio::test]
async fn a_batch_is_cancelled_by_its_account_while_it_runs_and_ends_so() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "free").await;
        let id = a_batch(&db, &account).await;
        let mut tx = db.begin().await.unwrap();
        assert!(
            !batches::cancel(&mut tx, &AccountId::generate(), &id, NOW_MS)
                .await
                .unwrap()
        );
        assert!(
            batches::cancel(&mut tx, &account, &id, NOW_MS)
                .await
                .unwrap()
        );
        assert!(
            !batches::cancel(&mut tx, &account, &id, NOW_MS)
                .await
                .unwrap()
        );
        batches::finalize(&mut tx, &id, BatchState::Completed, None, NOW_MS)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let batch = find(&db, &account, &id).await;
        assert_eq!(
            (batch.state, batch.ending),
            (BatchState::Cancelling, Some(BatchState::Cancelled))
        );
        assert!(
            batches::reads_file(&db, &account, &batch.input_file_id)
                .await
                .unwrap()
        );
        assert_eq!(
            batches::list(&db, &account, None, 5).await.unwrap(),
            [batch]
        );
    })
    .await;
}
