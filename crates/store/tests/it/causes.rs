//! Errors in groups, latencies in buckets, and what operators find across accounts.

use store::api_keys::{self, OperatorKeyFilter};
use store::error_rollups::{self, ErrorFilter, ErrorsBy};
use store::usage_events::{self, CountedBy, Detail, EndReason, ErrorShown, SealedText, UsageEvent};
use store::usage_rollups::{self, DAY_MS, Filter, Group, HOUR_MS, MINUTE_MS, TimeSpan};
use store::{AccountId, ApiKeyId, Db, RequestIds, platform_rollups, usage_log};

use crate::support::{NOW_MS, a_key, an_account, on_each_engine};

fn failed(ids: &RequestIds, account: &AccountId, key: &ApiKeyId, at_ms: i64) -> UsageEvent {
    UsageEvent {
        request_id: ids.generate(at_ms),
        at_ms,
        account_id: account.clone(),
        api_key_id: key.clone(),
        environment: "live",
        endpoint: "chat",
        model_id: "sandbox-small".into(),
        requested_model: "".into(),
        provider_name: "sandbox".into(),
        usage: llm::Usage::default(),
        charge_nanos: 0,
        counted_by: CountedBy::None,
        status: 502,
        error_code: "upstream_error",
        end_reason: EndReason::Failed,
        is_admitted: true,
        is_streamed: false,
        duration_us: 100_000,
        first_token_us: None,
        detail: Detail {
            error: Some(Box::new(ErrorShown::new(
                SealedText::default(),
                Some("model"),
            ))),
            ..Detail::default()
        },
    }
}

async fn write(db: &Db, events: &[UsageEvent]) {
    let mut tx = db.begin().await.unwrap();
    usage_events::insert(&mut tx, events).await.unwrap();
    usage_rollups::add(&mut tx, events).await.unwrap();
    platform_rollups::add(&mut tx, events).await.unwrap();
    error_rollups::add(&mut tx, events).await.unwrap();
    tx.commit().await.unwrap();
}

fn any() -> ErrorFilter {
    ErrorFilter {
        from_ms: NOW_MS - DAY_MS,
        to_ms: NOW_MS + DAY_MS,
        ..ErrorFilter::default()
    }
}

#[tokio::test]
async fn errors_are_grouped_over_batches_and_hours_with_their_first_and_last_time() {
    on_each_engine(|db| async move {
        let (ids, account) = (RequestIds::default(), an_account(&db, "free").await);
        let (key, _) = a_key(&db, &account).await;
        let at = |hours: i64| failed(&ids, &account, &key.id, NOW_MS + hours * HOUR_MS);
        let (first, second, last) = (at(0), at(0), at(1));
        let mut unknown = at(1);
        (unknown.model_id, unknown.requested_model) = ("".into(), "no-such".into());
        (unknown.provider_name, unknown.error_code) = ("".into(), "invalid_model");
        let mut served = at(1);
        served.error_code = "";
        write(&db, &[second, first.clone()]).await;
        write(&db, &[last.clone(), unknown, served]).await;

        let all = any();
        let found = error_rollups::list_groups(&db, &all, ErrorsBy::ApiKey, 10);
        let found = found.await.unwrap();
        assert_eq!(found.len(), 2);
        let group = &found[0];
        assert_eq!((group.requests, group.accounts), (3, 1));
        assert_eq!(group.api_key_id, key.id.to_string());
        assert_eq!(
            (group.first_at_ms, group.last_at_ms),
            (first.at_ms, last.at_ms)
        );
        assert_eq!(group.sample_request_id, last.request_id);
        assert_eq!(group.sample_account_id, account);
        assert_eq!((found[1].model.as_str(), found[1].requests), ("no-such", 1));
        let by_provider = error_rollups::list_groups(&db, &all, ErrorsBy::Provider, 1);
        let by_provider = by_provider.await.unwrap();
        assert_eq!(by_provider.len(), 1);
        assert_eq!(by_provider[0].provider_name, "sandbox");
        let other = ErrorFilter {
            account_id: "acct_none".to_owned(),
            ..any()
        };
        let none = error_rollups::list_groups(&db, &other, ErrorsBy::ApiKey, 10);
        assert_eq!(none.await.unwrap(), []);

        let mut tx = db.begin().await.unwrap();
        let gone = error_rollups::prune(&mut tx, NOW_MS + 3 * HOUR_MS).await;
        assert_eq!(gone.unwrap(), 3);
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_request_is_found_by_its_id_in_whichever_account_it_is() {
    on_each_engine(|db| async move {
        let (ids, account) = (RequestIds::default(), an_account(&db, "free").await);
        let (key, _) = a_key(&db, &account).await;
        let event = failed(&ids, &account, &key.id, NOW_MS);
        write(&db, std::slice::from_ref(&event)).await;
        let found = usage_log::find_anywhere(&db, &event.request_id)
            .await
            .unwrap();
        let (owner, receipt) = found.unwrap();
        assert_eq!(owner, account);
        assert_eq!(receipt.entry.request_id, event.request_id);
        assert_eq!(receipt.detail.error, event.detail.error);
        for id in [ids.generate(NOW_MS), "req_nonsense".into()] {
            assert_eq!(usage_log::find_anywhere(&db, &id).await.unwrap(), None);
        }
    })
    .await;
}

#[tokio::test]
async fn latencies_of_hours_and_days_add_up_and_minutes_have_none() {
    on_each_engine(|db| async move {
        let (ids, account) = (RequestIds::default(), an_account(&db, "free").await);
        let (key, _) = a_key(&db, &account).await;
        let begin_ms = NOW_MS - NOW_MS.rem_euclid(DAY_MS);
        let event = |hour: i64, duration_ms: u64| UsageEvent {
            duration_us: duration_ms * 1_000,
            ..failed(&ids, &account, &key.id, begin_ms + hour * HOUR_MS)
        };
        let mut refused = event(1, 60_000);
        (refused.is_admitted, refused.status) = (false, 429);
        for _ in 0..2 {
            write(&db, &[event(1, 100), event(1, 100), event(2, 6_000)]).await;
        }
        write(&db, &[refused]).await;
        let read = async |step_ms| {
            let span = TimeSpan {
                step_ms,
                from_ms: begin_ms,
                to_ms: begin_ms + DAY_MS,
            };
            let (group, filter) = (Group::Model, Filter::default());
            let own = usage_rollups::list_latencies(&db, &account, span, group, &filter);
            let all = platform_rollups::list_latencies(&db, span, group, &filter);
            let (own, all) = (own.await.unwrap(), all.await.unwrap());
            assert_eq!(own, all);
            own
        };
        let days = read(DAY_MS).await;
        assert_eq!((days.len(), days[0].key.as_str()), (1, "sandbox-small"));
        let at = |percent| days[0].latencies.percentile_ms(percent).unwrap();
        assert!((90..=110).contains(&at(50)), "{}", at(50));
        assert!((5_400..=6_600).contains(&at(95)), "{}", at(95));
        assert_eq!(read(HOUR_MS).await.len(), 2);
        assert_eq!(read(MINUTE_MS).await, []);
    })
    .await;
}

#[tokio::test]
async fn operators_find_keys_of_all_accounts_by_id_name_and_hint() {
    on_each_engine(|db| async move {
        let (one, two) = (an_account(&db, "free").await, an_account(&db, "free").await);
        let ((key, _), (other, _)) = (a_key(&db, &one).await, a_key(&db, &two).await);
        let find = async |text: &str, account_id: &str| {
            let filter = OperatorKeyFilter {
                text: text.to_owned(),
                account_id: account_id.to_owned(),
            };
            let found = api_keys::list_for_operator(&db, &filter, None, 10).await;
            let ids = found.unwrap().into_iter().map(|(key, label)| {
                assert_eq!(label, "dev@example.com", "an account without a name");
                key.id
            });
            ids.collect::<Vec<_>>()
        };
        assert_eq!(
            find(key.id.as_str(), "").await,
            std::slice::from_ref(&key.id)
        );
        assert_eq!(
            find("", two.as_str()).await,
            std::slice::from_ref(&other.id)
        );
        assert_eq!(find("", "").await.len(), 2);
        assert_eq!(find("100%", "").await, []);
        let all = OperatorKeyFilter::default();
        let page = api_keys::list_for_operator(&db, &all, Some(&other.id), 10);
        assert_eq!(page.await.unwrap().len(), 1);
    })
    .await;
}
