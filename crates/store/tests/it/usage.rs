use store::usage_events::{self, UsageEvent};
use store::usage_rollups::{self, Sums};
use store::{AccountId, ApiKeyId, Db, RequestId, api_keys};

use crate::support::{NOW_MS, a_key, an_account, on_each_engine};

fn an_event(account_id: &AccountId, api_key_id: &ApiKeyId) -> UsageEvent {
    UsageEvent {
        request_id: RequestId::generate(),
        at_ms: NOW_MS,
        account_id: account_id.clone(),
        api_key_id: api_key_id.clone(),
        environment: "live",
        endpoint: "chat",
        model_id: "sandbox-small".into(),
        provider_name: "sandbox".into(),
        upstream_model: "sandbox-small".into(),
        attempts: 1,
        input_tokens: 10,
        output_tokens: 5,
        cached_tokens: 2,
        reasoning_tokens: 1,
        counted_by: "upstream",
        status: 200,
        error_code: "",
        end_reason: "completed",
        is_admitted: true,
        is_streamed: false,
        duration_us: 1_500,
        first_token_us: None,
    }
}

async fn write(db: &Db, events: &[UsageEvent]) {
    let mut tx = db.begin().await.unwrap();
    usage_events::insert(&mut tx, events).await.unwrap();
    usage_rollups::add(&mut tx, events).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn events_add_up_by_model_over_any_number_of_batches() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "free").await;
        let (key, digest) = a_key(&db, &account).await;
        let mut events: Vec<UsageEvent> = (0..1_203).map(|_| an_event(&account, &key.id)).collect();
        events[0].is_admitted = false;
        events[0].status = 429;
        events[1].status = 502;
        events[2].model_id = "other".into();
        write(&db, &events).await;
        write(&db, &[an_event(&account, &key.id)]).await;

        let sums = usage_rollups::list_by_model(&db, &account, &key.id, 0)
            .await
            .unwrap();
        let small = Sums {
            requests: 1_202,
            refused: 1,
            errors: 1,
            input_tokens: 12_030,
            output_tokens: 6_015,
            cached_tokens: 2_406,
            reasoning_tokens: 1_203,
        };
        assert_eq!(sums.len(), 2);
        assert_eq!(sums[1], ("sandbox-small".to_owned(), small));
        let record = api_keys::find_by_digest(&db, digest, NOW_MS - 86_400_000)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (record.key_requests_today, record.account_requests_today),
            (1_203, 1_203)
        );
        let tomorrow = api_keys::find_by_digest(&db, digest, NOW_MS + 86_400_000)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(tomorrow.key_requests_today, 0);
        let stranger = an_account(&db, "free").await;
        assert_eq!(
            usage_rollups::list_by_model(&db, &stranger, &key.id, 0)
                .await
                .unwrap(),
            []
        );
    })
    .await;
}

#[tokio::test]
async fn a_batch_that_is_written_again_after_a_doubtful_commit_is_counted_once() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "free").await;
        let (key, _) = a_key(&db, &account).await;
        let written = an_event(&account, &key.id);
        write(&db, std::slice::from_ref(&written)).await;
        let mut batch = vec![written, an_event(&account, &key.id)];
        let mut tx = db.begin().await.unwrap();
        usage_events::retain_new(&mut tx, &mut batch).await.unwrap();
        drop(tx);
        assert_eq!(batch.len(), 1);
        write(&db, &batch).await;
        let sums = usage_rollups::list_by_model(&db, &account, &key.id, 0)
            .await
            .unwrap();
        assert_eq!(sums[0].1.requests, 2);
    })
    .await;
}
