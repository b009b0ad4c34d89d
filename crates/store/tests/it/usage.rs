use llm::{Meter, Usage};
use store::usage_events::{
    self, AttemptRecord, CountedBy, Detail, EndReason, LogFilter, Outcome, UsageEvent,
};
use store::usage_log::{self, LogRange};
use store::usage_rollups::{self, DAY_MS, Filter, Group, HOUR_MS, MINUTE_MS, Sums, TimeSpan};
use store::{
    AccountId, ApiKeyId, Db, RequestId, RequestIds, api_keys, error_rollups, platform_rollups,
};

use crate::support::{NOW_MS, a_key, an_account, on_each_engine};

fn usage(amounts: &[(Meter, u64)]) -> Usage {
    amounts.iter().copied().collect()
}

fn an_event(account_id: &AccountId, api_key_id: &ApiKeyId) -> UsageEvent {
    UsageEvent {
        request_id: RequestId::generate(),
        at_ms: NOW_MS,
        account_id: account_id.clone(),
        api_key_id: api_key_id.clone(),
        environment: "live",
        endpoint: "chat",
        model_id: "sandbox-small".into(),
        requested_model: "".into(),
        provider_name: "sandbox".into(),
        usage: usage(&[
            (Meter::UncachedInput, 8),
            (Meter::CacheRead, 2),
            (Meter::Output, 4),
            (Meter::Reasoning, 1),
            (Meter::Requests, 1),
        ]),
        counted_by: CountedBy::Upstream,
        status: 200,
        error_code: "",
        end_reason: EndReason::Completed,
        is_admitted: true,
        is_streamed: false,
        duration_us: 1_500,
        first_token_us: None,
        charge_nanos: 7,
        detail: Detail::default(),
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
            charge_nanos: 7 * 1_203,
            duration_us: 1_500 * 1_202,
            first_tokens: 0,
            first_token_us: 0,
            meters: Usage::default(),
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

fn day(from_day: i64, days: i64) -> TimeSpan {
    let begin_ms = NOW_MS - NOW_MS.rem_euclid(DAY_MS);
    TimeSpan {
        step_ms: DAY_MS,
        from_ms: begin_ms + from_day * DAY_MS,
        to_ms: begin_ms + (from_day + days) * DAY_MS,
    }
}

#[tokio::test]
async fn sums_are_kept_per_minute_hour_and_day_and_told_apart_by_every_group() {
    on_each_engine(|db| async move {
        let any = Filter::default();
        let account = an_account(&db, "free").await;
        let (key, _) = a_key(&db, &account).await;
        let begin_ms = NOW_MS - NOW_MS.rem_euclid(DAY_MS);
        let mut events: Vec<UsageEvent> = (0..6).map(|_| an_event(&account, &key.id)).collect();
        for (index, event) in events.iter_mut().enumerate() {
            event.at_ms = begin_ms + i64::try_from(index).unwrap() * HOUR_MS / 2;
            event.first_token_us = Some(400);
        }
        events[1].status = 502;
        events[2].is_admitted = false;
        events[3].end_reason = EndReason::Broken;
        // A key is of one environment.
        let (test_key, _) = a_key(&db, &account).await;
        events[4].environment = "test";
        events[4].api_key_id = test_key.id.clone();
        events[5].model_id = "".into();
        write(&db, &events).await;
        let count = |step_ms: i64, group| {
            let (db, account, any) = (db.clone(), account.clone(), any.clone());
            async move {
                let span = TimeSpan {
                    step_ms,
                    ..day(0, 1)
                };
                let found = usage_rollups::list_points(&db, &account, span, group, &any);
                let over_all = platform_rollups::list_points(&db, span, group, &any);
                let (found, over_all) = (found.await.unwrap(), over_all.await.unwrap());
                if group != Group::ApiKey && group != Group::Account {
                    assert_eq!(found, over_all, "{group:?}");
                }
                found.len()
            }
        };
        assert_eq!(count(MINUTE_MS, Group::None).await, 6);
        assert_eq!(count(HOUR_MS, Group::None).await, 3);
        assert_eq!(count(DAY_MS, Group::None).await, 1);
        assert_eq!(count(DAY_MS, Group::Model).await, 2);
        assert_eq!(count(DAY_MS, Group::Outcome).await, 3);
        assert_eq!(count(DAY_MS, Group::Environment).await, 2);
        assert_eq!(count(DAY_MS, Group::Endpoint).await, 1);
        assert_eq!(count(DAY_MS, Group::Provider).await, 1);
        assert_eq!(count(DAY_MS, Group::ApiKey).await, 2);
        assert_eq!(count(HOUR_MS, Group::Outcome).await, 5);

        let all = usage_rollups::list_points(&db, &account, day(0, 1), Group::None, &any);
        let sums = all.await.unwrap()[0].sums;
        assert_eq!((sums.requests, sums.refused, sums.errors), (5, 1, 2));
        assert_eq!((sums.first_tokens, sums.first_token_us), (6, 2_400));
        let only = Filter {
            outcome: Some(Outcome::Error),
            ..Filter::default()
        };
        let errors = usage_rollups::list_points(&db, &account, day(0, 1), Group::None, &only);
        assert_eq!(errors.await.unwrap()[0].sums.requests, 2);
        let stranger = an_account(&db, "free").await;
        let nothing = usage_rollups::list_points(&db, &stranger, day(0, 1), Group::None, &any);
        assert_eq!(nothing.await.unwrap(), []);
        let days = usage_rollups::list_days_of_keys(&db, &account, begin_ms)
            .await
            .unwrap();
        assert_eq!(
            days,
            [(key.id.clone(), begin_ms, 4), (test_key.id, begin_ms, 1)]
        );
        let charges = usage_rollups::list_charges_of_keys(&db, &account, begin_ms);
        let charged: u64 = charges.await.unwrap().iter().map(|(_, nanos)| nanos).sum();
        assert_eq!(charged, sums.charge_nanos);
        let by_account = platform_rollups::list_by_account(&db, begin_ms)
            .await
            .unwrap();
        assert_eq!(by_account[0].1.requests, 5);

        let mut tx = db.begin().await.unwrap();
        let gone = usage_rollups::prune_minutes(&mut tx, &account, begin_ms + HOUR_MS)
            .await
            .unwrap();
        assert_eq!(gone, 2);
        assert_eq!(
            platform_rollups::prune_minutes(&mut tx, begin_ms + HOUR_MS)
                .await
                .unwrap(),
            2
        );
        tx.commit().await.unwrap();
        assert_eq!(count(MINUTE_MS, Group::None).await, 4);
        assert_eq!(count(HOUR_MS, Group::None).await, 3);
    })
    .await;
}

#[tokio::test]
async fn a_meter_without_a_column_is_summed_read_and_pruned_beside_those_that_have_one() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "free").await;
        let (key, _) = a_key(&db, &account).await;
        let begin_ms = NOW_MS - NOW_MS.rem_euclid(DAY_MS);
        let cached = usage(&[
            (Meter::UncachedInput, 5),
            (Meter::CacheWrite1h, 90),
            (Meter::AudioInput, 3),
            (Meter::Output, 4),
            (Meter::AudioOutput, 2),
            (Meter::Images, 1),
        ]);
        let mut events: Vec<UsageEvent> = (0..3).map(|_| an_event(&account, &key.id)).collect();
        for (hour, event) in events.iter_mut().enumerate() {
            event.at_ms = begin_ms + i64::try_from(hour).unwrap() * HOUR_MS;
        }
        events[0].usage = cached;
        events[1].usage = cached;
        events[1].model_id = "other".into();
        write(&db, &events[..2]).await;
        write(&db, &events[2..]).await;
        let apart = usage(&[
            (Meter::CacheWrite1h, 90),
            (Meter::AudioInput, 3),
            (Meter::AudioOutput, 2),
            (Meter::Images, 1),
        ]);
        let mut both = apart;
        both.add(&apart);

        let any = Filter::default();
        let other = Filter {
            model_id: "other".to_owned(),
            ..Filter::default()
        };
        let points = async |span: TimeSpan, group, filter: &Filter| {
            let found = usage_rollups::list_points(&db, &account, span, group, filter).await;
            let over_all = platform_rollups::list_points(&db, span, group, filter).await;
            let found = found.unwrap();
            assert_eq!(found, over_all.unwrap());
            found
        };
        let all = points(day(0, 1), Group::None, &any).await;
        assert_eq!((all.len(), all[0].sums.meters), (1, both));
        assert_eq!(
            (all[0].sums.input_tokens, all[0].sums.output_tokens),
            (2 * 98 + 10, 2 * 6 + 5)
        );
        let of_other = points(day(0, 1), Group::Model, &other).await;
        assert_eq!((of_other.len(), of_other[0].sums.meters), (1, apart));
        let hours = TimeSpan {
            step_ms: HOUR_MS,
            ..day(0, 1)
        };
        let by_hour = points(hours, Group::None, &any).await;
        let meters: Vec<Usage> = by_hour.iter().map(|point| point.sums.meters).collect();
        assert_eq!(meters, [apart, apart, Usage::default()]);
        let by_model = usage_rollups::list_by_model(&db, &account, &key.id, begin_ms);
        let by_model = by_model.await.unwrap();
        assert!(by_model.iter().all(|(_, sums)| sums.meters == apart));
        let mut again = an_event(&account, &key.id);
        again.at_ms = begin_ms;
        again.usage = cached;
        write(&db, &[again]).await;
        let by_hour = points(hours, Group::None, &any).await;
        assert_eq!(by_hour[0].sums.meters, both, "amounts of one key are added");
        let receipt = usage_log::find_detail(&db, &account, &events[0].request_id).await;
        let receipt = receipt.unwrap().unwrap();
        assert_eq!(receipt.meters, apart);
        assert_eq!(receipt.entry.input_tokens, 98);
        let mut counted = cached;
        counted[Meter::Requests] = 1;
        assert_eq!(receipt.usage(), counted);

        let mut tx = db.begin().await.unwrap();
        usage_rollups::prune_minutes(&mut tx, &account, begin_ms + DAY_MS)
            .await
            .unwrap();
        platform_rollups::prune_minutes(&mut tx, begin_ms + DAY_MS)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let minutes = TimeSpan {
            step_ms: MINUTE_MS,
            ..day(0, 1)
        };
        assert_eq!(points(minutes, Group::None, &any).await, []);
        assert_eq!(points(hours, Group::None, &any).await, by_hour);
    })
    .await;
}

#[tokio::test]
async fn the_log_is_read_in_pages_newest_first_and_by_every_filter() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "free").await;
        let (key, _) = a_key(&db, &account).await;
        let ids = RequestIds::default();
        // A request every 20 minutes over ten days, the oldest first; every hundredth failed.
        let mut events: Vec<UsageEvent> = (0..720)
            .map(|index| {
                let at_ms = NOW_MS + index * 20 * MINUTE_MS;
                let status = if index % 100 == 99 { 502 } else { 200 };
                UsageEvent {
                    request_id: ids.generate(at_ms),
                    at_ms: at_ms + 3,
                    status,
                    ..an_event(&account, &key.id)
                }
            })
            .collect();
        events[5].detail.attempts = vec![AttemptRecord {
            provider: "sandbox".into(),
            outcome: "responded".into(),
            ..AttemptRecord::default()
        }];
        write(&db, &events).await;
        let all = LogRange {
            from_ms: 0,
            to_ms: i64::MAX,
            before: None,
        };
        let list = |filter: LogFilter, range: LogRange, limit| {
            let (db, account) = (db.clone(), account.clone());
            async move {
                let found = usage_log::list(&db, &account, &filter, &range, limit);
                let found = found.await.unwrap();
                found
                    .into_iter()
                    .map(|entry| entry.request_id)
                    .collect::<Vec<_>>()
            }
        };
        let mut expected: Vec<RequestId> = events
            .iter()
            .rev()
            .map(|event| event.request_id.clone())
            .collect();
        let mut seen = Vec::new();
        let mut range = all.clone();
        loop {
            let page = list(LogFilter::default(), range.clone(), 50).await;
            let Some(last) = page.last().cloned() else {
                break;
            };
            range.before = Some(last);
            seen.extend(page);
        }
        assert_eq!(seen, expected);

        let failed = LogFilter {
            status: 502,
            outcome: Some(Outcome::Error),
            model_id: "sandbox-small".to_owned(),
            environment: "live".to_owned(),
            endpoint: "chat".to_owned(),
            api_key_id: key.id.to_string(),
            ..LogFilter::default()
        };
        let found = list(failed, all.clone(), 50).await;
        let failures = events.iter().rev().filter(|event| event.status == 502);
        assert_eq!(
            found,
            failures
                .map(|event| event.request_id.clone())
                .collect::<Vec<_>>()
        );
        let other = LogFilter {
            model_id: "other".to_owned(),
            ..LogFilter::default()
        };
        assert_eq!(list(other, all.clone(), 50).await, []);

        let part = LogRange {
            from_ms: events[10].at_ms,
            to_ms: events[20].at_ms,
            before: None,
        };
        expected.reverse();
        expected = expected[10..20].iter().rev().cloned().collect();
        assert_eq!(list(LogFilter::default(), part, 50).await, expected);

        let id = &events[5].request_id;
        let receipt = usage_log::find_detail(&db, &account, id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (&receipt.entry.request_id, receipt.detail, receipt.meters),
            (id, events[5].detail.clone(), Usage::default())
        );
        let stranger = an_account(&db, "free").await;
        assert_eq!(
            usage_log::find_detail(&db, &stranger, id).await.unwrap(),
            None
        );
    })
    .await;
}

#[tokio::test]
async fn old_requests_are_forgotten_in_parts_and_their_sums_stay() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "free").await;
        let (key, _) = a_key(&db, &account).await;
        let ids = RequestIds::default();
        let events: Vec<UsageEvent> = (0..5)
            .map(|hour| UsageEvent {
                request_id: ids.generate(NOW_MS + hour * HOUR_MS),
                at_ms: NOW_MS + hour * HOUR_MS,
                ..an_event(&account, &key.id)
            })
            .collect();
        write(&db, &events).await;
        let before_ms = NOW_MS + 3 * HOUR_MS;
        let mut gone = vec![];
        for _ in 0..3 {
            let mut tx = db.begin().await.unwrap();
            gone.push(
                usage_events::prune(&mut tx, &account, before_ms, 2)
                    .await
                    .unwrap(),
            );
            tx.commit().await.unwrap();
        }
        assert_eq!(gone, [2, 1, 0]);
        let all = LogRange {
            from_ms: 0,
            to_ms: i64::MAX,
            before: None,
        };
        let any = LogFilter::default();
        let left = usage_log::list(&db, &account, &any, &all, 10);
        let left: Vec<_> = left
            .await
            .unwrap()
            .into_iter()
            .map(|entry| entry.request_id)
            .collect();
        let kept: Vec<_> = events[3..]
            .iter()
            .rev()
            .map(|event| event.request_id.clone())
            .collect();
        assert_eq!(left, kept);
        let sums = usage_rollups::sum_of_account(&db, &account, 0)
            .await
            .unwrap();
        assert_eq!(sums.requests, 5);
    })
    .await;
}
