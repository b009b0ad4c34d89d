//! The rules of detection, one by one. The weeks of many keys are in `tests/it/anomalies`.

use std::net::IpAddr;

use proptest::prelude::*;
use serde_json::json;
use store::key_events::KeyEventKind;

use super::{Baseline, DAY_MS, Detection, Detectors, HOUR_MS, MINUTE_MS, Observation};

const BEGIN_MS: i64 = 1_790_000_040_000;

fn observation(at_ms: i64) -> Observation {
    Observation {
        api_key_id: "key_1".into(),
        account_id: "acct_1".into(),
        at_ms,
        address: Some(IpAddr::from([203, 0, 113, 7])),
        model_id: "small".into(),
        price_nanos: Some(1_000_000_000),
        charge_nanos: 10_000,
        is_admitted: true,
        is_failure: false,
    }
}

/// A key that sent a request a minute for two days.
fn settled() -> (Detectors, i64) {
    let mut detectors = Detectors::new(10);
    let end_ms = BEGIN_MS + 2 * DAY_MS;
    for at_ms in (BEGIN_MS..end_ms).step_by(60_000) {
        assert_eq!(detectors.see(&observation(at_ms)), []);
    }
    (detectors, end_ms)
}

fn kinds(detections: &[Detection]) -> Vec<KeyEventKind> {
    detections.iter().map(|detection| detection.kind).collect()
}

fn send(detectors: &mut Detectors, count: usize, seen: &Observation) -> Vec<Detection> {
    (0..count).flat_map(|_| detectors.see(seen)).collect()
}

#[test]
fn a_costlier_model_is_found_at_its_first_use_and_explained() {
    let (mut detectors, now_ms) = settled();
    let costly = Observation {
        model_id: "large".into(),
        price_nanos: Some(4_000_000_000),
        ..observation(now_ms)
    };
    let found = send(&mut detectors, 3, &costly);
    assert_eq!(kinds(&found), [KeyEventKind::CostlierModel]);
    let facts = json!({
        "seen": { "model": "large", "price_nanos": 4_000_000_000_u64 },
        "usual": { "price_nanos": 1_000_000_000 },
        "factor": 4.0,
        "since_ms": BEGIN_MS,
    });
    assert_eq!(found[0].facts(), facts);
}

#[test]
fn a_request_that_was_refused_has_used_no_model() {
    let (mut detectors, now_ms) = settled();
    let refused = Observation {
        model_id: "large".into(),
        price_nanos: Some(4_000_000_000),
        is_admitted: false,
        ..observation(now_ms)
    };
    assert_eq!(detectors.see(&refused), []);
}

#[test]
fn a_new_network_is_found_and_a_person_in_the_dashboard_is_none() {
    let (mut detectors, now_ms) = settled();
    let person = Observation {
        address: None,
        ..observation(now_ms)
    };
    assert_eq!(detectors.see(&person), []);
    let elsewhere = Observation {
        address: Some(IpAddr::from([198, 51, 100, 9])),
        ..observation(now_ms)
    };
    let found = send(&mut detectors, 2, &elsewhere);
    assert_eq!(kinds(&found), [KeyEventKind::NewNetwork]);
    assert_eq!(found[0].facts()["seen"]["network"], "198.51.100.0/24");
    assert_eq!(found[0].facts()["usual"]["networks"], 1);
}

#[test]
fn a_spike_is_found_within_its_first_minute_and_once_a_day() {
    let (mut detectors, now_ms) = settled();
    let found = send(&mut detectors, 100, &observation(now_ms));
    assert_eq!(kinds(&found), [KeyEventKind::RequestSpike]);
    let facts = found[0].facts();
    assert_eq!(facts["seen"], json!({ "requests": 60, "seconds": 60 }));
    assert_eq!(facts["usual"], json!({ "requests": 1, "seconds": 60 }));
    let later = send(&mut detectors, 1_000, &observation(now_ms + 23 * HOUR_MS));
    assert_eq!(later, []);
    let next_day = send(&mut detectors, 3_000, &observation(now_ms + 25 * HOUR_MS));
    assert_eq!(kinds(&next_day), []);
    let beyond = send(&mut detectors, 30_000, &observation(now_ms + 26 * HOUR_MS));
    assert_eq!(kinds(&beyond), [KeyEventKind::RequestSpike]);
}

#[test]
fn a_spike_below_the_floor_is_none() {
    let (mut detectors, now_ms) = settled();
    assert_eq!(send(&mut detectors, 58, &observation(now_ms)), []);
}

#[test]
fn a_spike_that_needs_five_minutes_is_found_too() {
    let mut detectors = Detectors::new(10);
    let mut now_ms = BEGIN_MS;
    while now_ms < BEGIN_MS + 2 * DAY_MS {
        assert_eq!(send(&mut detectors, 20, &observation(now_ms)), []);
        now_ms += MINUTE_MS;
    }
    let mut found = vec![];
    for _ in 0..5 {
        found.extend(send(&mut detectors, 95, &observation(now_ms)));
        now_ms += MINUTE_MS;
    }
    assert_eq!(kinds(&found), [KeyEventKind::RequestSpike]);
    assert_eq!(found[0].facts()["seen"]["seconds"], 300);
}

#[test]
fn spending_far_more_is_found_without_more_requests() {
    let (mut detectors, now_ms) = settled();
    let costly = Observation {
        charge_nanos: 2_000_000_000,
        ..observation(now_ms)
    };
    let found = detectors.see(&costly);
    assert_eq!(kinds(&found), [KeyEventKind::SpendSpike]);
    assert_eq!(found[0].facts()["factor"], 200_000.0);
}

#[test]
fn a_burst_of_errors_is_found_and_a_part_of_errors_is_not() {
    let (mut detectors, now_ms) = settled();
    let failed = Observation {
        is_failure: true,
        charge_nanos: 0,
        ..observation(now_ms)
    };
    let found = send(&mut detectors, 30, &failed);
    assert_eq!(kinds(&found), [KeyEventKind::ErrorBurst]);
    assert_eq!(found[0].facts()["seen"]["failures"], 20);

    let (mut detectors, now_ms) = settled();
    send(&mut detectors, 30, &observation(now_ms));
    assert_eq!(send(&mut detectors, 25, &failed), []);
}

#[test]
fn a_new_key_is_learned_for_a_day() {
    let mut detectors = Detectors::new(10);
    assert_eq!(send(&mut detectors, 5_000, &observation(BEGIN_MS)), []);
    let elsewhere = Observation {
        address: Some(IpAddr::from([198, 51, 100, 9])),
        ..observation(BEGIN_MS + HOUR_MS)
    };
    assert_eq!(detectors.see(&elsewhere), []);
}

#[test]
fn keys_that_were_not_seen_for_longest_are_forgotten_and_come_back_as_they_were() {
    let mut detectors = Detectors::new(32);
    let of = |number: i64| Observation {
        api_key_id: format!("key_{number}").into(),
        ..observation(BEGIN_MS + number * MINUTE_MS)
    };
    let mut forgotten = vec![];
    for number in 0..40 {
        forgotten.extend(detectors.recall(&of(number), None));
        detectors.see(&of(number));
    }
    assert!(detectors.len() <= 32);
    assert!(!detectors.knows(&"key_0".into()) && detectors.knows(&"key_39".into()));
    let first = forgotten
        .iter()
        .find(|one| one.api_key_id.as_str() == "key_0");
    let text = first.unwrap().baseline.to_text();
    assert!(text.len() < 2_048, "{text}");
    let stored = Baseline::from_text(&text).unwrap();
    detectors.recall(&of(0), Some(stored));
    let late = Observation {
        at_ms: BEGIN_MS + 2 * DAY_MS,
        ..of(0)
    };
    // The baseline was there: the key is two days old.
    let found = send(&mut detectors, 70, &late);
    assert_eq!(kinds(&found), [KeyEventKind::RequestSpike]);
}

#[test]
fn what_changed_is_handed_out_once() {
    let (mut detectors, _) = settled();
    let changed = detectors.take_changed(10);
    assert_eq!(changed.len(), 1);
    assert_eq!(detectors.take_changed(10), []);
    detectors.keep_changed(&changed);
    assert_eq!(detectors.take_changed(10).len(), 1);
}

#[test]
fn what_another_server_knows_is_no_news_here() {
    let (mut here, now_ms) = settled();
    let (mut there, _) = settled();
    let elsewhere = Observation {
        address: Some(IpAddr::from([198, 51, 100, 9])),
        ..observation(now_ms)
    };
    there.see(&elsewhere);
    let stored = there.take_changed(1).remove(0);
    here.learn(&stored.api_key_id, &stored.baseline);
    assert_eq!(here.see(&elsewhere), []);
}

proptest! {
    #[test]
    fn no_order_of_times_and_sums_makes_it_stumble(
        steps in proptest::collection::vec((any::<i32>(), any::<u64>(), any::<[u8; 4]>(), any::<bool>()), 0..200)
    ) {
        let mut detectors = Detectors::new(2);
        for (step, charge_nanos, address, is_failure) in steps {
            let seen = Observation {
                at_ms: BEGIN_MS + i64::from(step),
                charge_nanos,
                address: Some(address.into()),
                is_failure,
                ..observation(0)
            };
            detectors.see(&seen);
        }
        for one in detectors.take_changed(2) {
            let read = Baseline::from_text(&one.baseline.to_text());
            prop_assert!(read.is_some());
        }
    }
}
