//! Five weeks of two hundred keys under a clock moved by hand. In every second key everything goes wrong once.

use std::collections::HashMap;
use std::time::Instant;

use control::{Detection, Detectors};
use store::ApiKeyId;
use store::key_events::KeyEventKind;

use super::traffic::{AFTERMATH, BEGIN_MS, Key, MINUTE_MS, MINUTES, WEEKS};

const KEYS: u64 = 200;
const FOUND_WITHIN_MS: i64 = 60_000;
const DAYS_OF_A_MONTH: f64 = 30.0;

/// The outcome of the weeks.
#[derive(Default)]
struct Outcome {
    events: usize,
    untouched: usize,
    planted: HashMap<KeyEventKind, usize>,
    found: HashMap<KeyEventKind, usize>,
    slowest_ms: i64,
    /// Detections where nothing was planted, by key and kind.
    false_untouched: HashMap<ApiKeyId, Vec<String>>,
    false_touched: usize,
}

fn run() -> Outcome {
    let mut outcome = Outcome::default();
    let mut detectors = Detectors::new(usize::try_from(KEYS).unwrap());
    // Eight keys in a row have the eight profiles.
    let is_touched = |number: u64| number / 8 % 2 == 1;
    let keys = (0..KEYS).map(|number| Key::new(number, is_touched(number)));
    let mut keys: Vec<Key> = keys.collect();
    let mut detections: HashMap<ApiKeyId, Vec<Detection>> = HashMap::new();
    let mut seen = Vec::new();
    for minute in 0..MINUTES {
        for key in &mut keys {
            key.minute(minute, &mut seen);
            outcome.events += seen.len();
            for observation in seen.drain(..) {
                let found = detectors.see(&observation);
                if !found.is_empty() {
                    detections.entry(key.id.clone()).or_default().extend(found);
                }
            }
        }
    }
    for key in &keys {
        judge(
            key,
            detections.remove(&key.id).unwrap_or_default(),
            &mut outcome,
        );
    }
    outcome
}

fn judge(key: &Key, detections: Vec<Detection>, outcome: &mut Outcome) {
    outcome.untouched += usize::from(key.planted.is_empty());
    for planted in &key.planted {
        *outcome.planted.entry(planted.kind).or_default() += 1;
        let begin_ms = BEGIN_MS + planted.minute * MINUTE_MS;
        let after = |detection: &&Detection| {
            detection.kind == planted.kind
                && (begin_ms..begin_ms + FOUND_WITHIN_MS).contains(&detection.at_ms)
        };
        if let Some(detection) = detections.iter().find(after) {
            *outcome.found.entry(planted.kind).or_default() += 1;
            outcome.slowest_ms = outcome.slowest_ms.max(detection.at_ms - begin_ms);
        }
    }
    for detection in detections {
        let minute = (detection.at_ms - BEGIN_MS) / MINUTE_MS;
        let is_trace = |planted: &super::traffic::Planted| {
            (planted.minute..=planted.minute + AFTERMATH).contains(&minute)
        };
        if key.planted.iter().any(is_trace) {
            continue;
        }
        if key.planted.is_empty() {
            let line = format!(
                "{:?} {} {}",
                key.profile,
                detection.kind.as_str(),
                detection.facts()
            );
            let lines = outcome.false_untouched.entry(key.id.clone()).or_default();
            lines.push(line);
        } else {
            outcome.false_touched += 1;
        }
    }
}

#[test]
fn what_goes_wrong_is_found_within_a_minute_and_who_does_as_always_is_left_alone() {
    let began = Instant::now();
    let outcome = run();
    let (planted, found): (usize, usize) =
        (outcome.planted.values().sum(), outcome.found.values().sum());
    let worst = outcome.false_untouched.values().map(Vec::len).max();
    let falses: usize = outcome.false_untouched.values().map(Vec::len).sum();
    #[expect(clippy::cast_precision_loss, reason = "figures to be read")]
    let rate = {
        let key_months = outcome.untouched as f64 * (WEEKS * 7) as f64 / DAYS_OF_A_MONTH;
        falses as f64 / key_months
    };
    println!("keys {KEYS}, weeks {WEEKS}, requests {}", outcome.events);
    println!(
        "planted {planted}, found {found}, slowest after {} s",
        outcome.slowest_ms / 1_000
    );
    for (kind, count) in &outcome.planted {
        let found = outcome.found.get(kind).copied().unwrap_or_default();
        println!("  {}: {found} of {count}", kind.as_str());
    }
    println!(
        "untouched keys: {falses} false alarms, {rate:.3} per key and month, at most {} for one key; touched keys: {} besides",
        worst.unwrap_or_default(),
        outcome.false_touched
    );
    for line in outcome.false_untouched.values().flatten() {
        println!("  {line}");
    }
    println!("took {:.1} s", began.elapsed().as_secs_f64());
    assert_eq!(found, planted);
    assert!(
        worst.unwrap_or_default() <= 1,
        "{:?}",
        outcome.false_untouched
    );
}
