//! The baseline of one key, and the rules by which something deviates from it.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::key_events::KeyEventKind;

use super::detection::{Anomaly, times};
use super::minutes::{MinuteSums, Minutes, WINDOW};
use super::networks::{Familiarity, Networks, named, network_of};
use super::prices::PriceBaseline;
use super::week::{Peaks, Week, micros};
use super::{COOL_DOWN_MS, DAY_MS, HISTORY_MS, HOUR_MS, MINUTE_MS, Observation};

/// Requests that a key must have behind it before a model can be costlier than usual.
const PRICED_REQUESTS_MIN: u32 = 20;
/// And before a network can be new: so many requests, in so many different hours. A key that works a quarter of an
/// hour each night shows few of its networks in one.
const REQUESTS_MIN: u32 = 50;
const ACTIVE_HOURS_MIN: u8 = 12;

/// Request spikes: the multiple of its week's peak that a key may reach in a minute, and in five, and the floor
/// below which nothing is one.
const MINUTE_REQUESTS_FACTOR: u32 = 5;
const MINUTE_REQUESTS_FLOOR: u32 = 60;
const WINDOW_REQUESTS_FACTOR: u32 = 4;
const WINDOW_REQUESTS_FLOOR: u32 = 150;
/// Spend spikes, in millionths of a dollar.
const MINUTE_MICROS_FACTOR: u32 = 6;
const MINUTE_MICROS_FLOOR: u32 = 500_000;
const WINDOW_MICROS_FACTOR: u32 = 5;
const WINDOW_MICROS_FLOOR: u32 = 1_000_000;
/// Failures in five minutes: so many, so large a part of all, so many times the most of the week, and so many
/// times the usual part.
const FAILURES_FLOOR: u32 = 20;
const FAILURES_PERCENT: u32 = 50;
const FAILURES_FACTOR: u32 = 3;

const MINUTE_SECONDS: u64 = 60;
const WINDOW_SECONDS: u64 = 60 * WINDOW as u64;
const WEEK_MS: i64 = 7 * DAY_MS;
const NANOS_PER_MICRO: u64 = 1_000;

/// The baseline of a key. It is stored without the last minutes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Baseline {
    first_ms: i64,
    requests: u32,
    /// Hours in which it was used, as far as they are counted; and the last of them.
    active_hours: u8,
    last_hour: i64,
    priced_requests: u32,
    prices: PriceBaseline,
    networks: Networks,
    week: Week,
    /// The time of the last detection of each kind, in the order of [`KINDS`].
    found_ms: [i64; KINDS.len()],
    #[serde(skip)]
    minutes: Minutes,
}

/// The kinds of anomalies.
const KINDS: [KeyEventKind; 5] = [
    KeyEventKind::CostlierModel,
    KeyEventKind::NewNetwork,
    KeyEventKind::RequestSpike,
    KeyEventKind::SpendSpike,
    KeyEventKind::ErrorBurst,
];

/// The result of an observation.
#[derive(Debug, Default)]
pub(super) struct Assessment {
    pub(super) anomalies: Vec<(KeyEventKind, Anomaly)>,
    /// True if the baseline changed, so that it is worth storing.
    pub(super) is_changed: bool,
}

impl Baseline {
    /// The baseline of a key that is observed for the first time.
    pub(super) fn new(now_ms: i64) -> Self {
        Self {
            first_ms: now_ms,
            requests: 0,
            active_hours: 0,
            last_hour: i64::MIN,
            priced_requests: 0,
            prices: PriceBaseline::default(),
            networks: Networks::default(),
            week: Week::default(),
            found_ms: [i64::MIN / 2; KINDS.len()],
            minutes: Minutes::default(),
        }
    }

    /// Takes in an observation.
    pub(super) fn see(&mut self, seen: &Observation) -> Assessment {
        let mut assessment = Assessment::default();
        let week = &mut self.week;
        let is_changed = &mut assessment.is_changed;
        self.minutes.roll(seen.at_ms, |past| {
            *is_changed |= week.add(past);
        });
        self.minutes.add(MinuteSums {
            requests: 1,
            failures: u32::from(seen.is_failure),
            charge_nanos: seen.charge_nanos,
        });
        self.see_model(seen, &mut assessment);
        if let Some(address) = seen.address {
            self.see_network(address, seen.at_ms, &mut assessment);
        }
        self.requests = self.requests.saturating_add(1);
        assessment.is_changed |= self.count_hour(seen.at_ms);
        // Most requests need no look at the week.
        if self.is_busy() && self.has_history(seen.at_ms) {
            let usual = self.week.usual();
            self.compare_requests(usual, seen.at_ms, &mut assessment);
            self.compare_spend(usual, seen.at_ms, &mut assessment);
            self.compare_failures(usual, seen, &mut assessment);
        }
        assessment
    }

    /// Counts an hour of activity; returns whether it is a new one.
    fn count_hour(&mut self, now_ms: i64) -> bool {
        let hour = now_ms.div_euclid(HOUR_MS);
        let is_new = hour > self.last_hour;
        if is_new {
            self.last_hour = hour;
            self.active_hours = self.active_hours.saturating_add(1);
        }
        is_new
    }

    /// Returns whether anything is above the floors below which nothing is an anomaly.
    fn is_busy(&self) -> bool {
        let (minute, window) = (self.minutes.minute(), self.minutes.window());
        minute.requests >= MINUTE_REQUESTS_FLOOR
            || window.requests >= WINDOW_REQUESTS_FLOOR
            || micros(minute.charge_nanos) >= MINUTE_MICROS_FLOOR
            || micros(window.charge_nanos) >= WINDOW_MICROS_FLOOR
            || window.failures >= FAILURES_FLOOR
    }

    fn has_history(&self, now_ms: i64) -> bool {
        now_ms - self.first_ms >= HISTORY_MS
    }

    fn see_model(&mut self, seen: &Observation, assessment: &mut Assessment) {
        let Some(price_nanos) = seen.price_nanos.filter(|_| seen.is_admitted) else {
            return;
        };
        let (is_changed, costlier) = self.prices.see(&seen.model_id, price_nanos);
        assessment.is_changed |= is_changed;
        if let Some(costlier) = costlier
            && self.priced_requests >= PRICED_REQUESTS_MIN
        {
            let anomaly = Anomaly {
                seen: json!({ "model": &*seen.model_id, "price_nanos": price_nanos }),
                usual: json!({ "price_nanos": costlier.usual_nanos }),
                factor: times(price_nanos, costlier.usual_nanos),
                since_ms: self.first_ms,
            };
            self.find(KeyEventKind::CostlierModel, anomaly, seen.at_ms, assessment);
        }
        self.priced_requests = self.priced_requests.saturating_add(1);
    }

    fn see_network(&mut self, address: IpAddr, now_ms: i64, assessment: &mut Assessment) {
        let network = network_of(address);
        let minute = u32::try_from(now_ms / MINUTE_MS).unwrap_or_default();
        let is_learning = !self.has_history(now_ms)
            || self.requests < REQUESTS_MIN
            || self.active_hours < ACTIVE_HOURS_MIN;
        let seen = self.networks.see(network, minute, is_learning);
        assessment.is_changed |= seen != Familiarity::Known;
        if let Familiarity::Unusual { known } = seen {
            let anomaly = Anomaly {
                seen: json!({ "network": named(network) }),
                usual: json!({ "networks": known }),
                factor: None,
                since_ms: self.first_ms,
            };
            self.find(KeyEventKind::NewNetwork, anomaly, now_ms, assessment);
        }
    }

    fn compare_requests(&mut self, usual: Peaks, now_ms: i64, assessment: &mut Assessment) {
        let (minute, window) = (self.minutes.minute(), self.minutes.window());
        let is_above =
            |seen, usual: u32, factor, floor| seen >= floor && seen > usual.saturating_mul(factor);
        let (seen, most, seconds) = if is_above(
            minute.requests,
            usual.minute_requests,
            MINUTE_REQUESTS_FACTOR,
            MINUTE_REQUESTS_FLOOR,
        ) {
            (minute.requests, usual.minute_requests, MINUTE_SECONDS)
        } else if is_above(
            window.requests,
            usual.window_requests,
            WINDOW_REQUESTS_FACTOR,
            WINDOW_REQUESTS_FLOOR,
        ) {
            (window.requests, usual.window_requests, WINDOW_SECONDS)
        } else {
            return;
        };
        let anomaly = Anomaly {
            seen: json!({ "requests": seen, "seconds": seconds }),
            usual: json!({ "requests": most, "seconds": seconds }),
            factor: times(seen.into(), most.into()),
            since_ms: self.week_since(now_ms),
        };
        self.find(KeyEventKind::RequestSpike, anomaly, now_ms, assessment);
    }

    fn compare_spend(&mut self, usual: Peaks, now_ms: i64, assessment: &mut Assessment) {
        let minute = micros(self.minutes.minute().charge_nanos);
        let window = micros(self.minutes.window().charge_nanos);
        let is_above =
            |seen, usual: u32, factor, floor| seen >= floor && seen > usual.saturating_mul(factor);
        let (seen, most, seconds) = if is_above(
            minute,
            usual.minute_micros,
            MINUTE_MICROS_FACTOR,
            MINUTE_MICROS_FLOOR,
        ) {
            (minute, usual.minute_micros, MINUTE_SECONDS)
        } else if is_above(
            window,
            usual.window_micros,
            WINDOW_MICROS_FACTOR,
            WINDOW_MICROS_FLOOR,
        ) {
            (window, usual.window_micros, WINDOW_SECONDS)
        } else {
            return;
        };
        let nanos = |micros: u32| u64::from(micros) * NANOS_PER_MICRO;
        let anomaly = Anomaly {
            seen: json!({ "charge_nanos": nanos(seen), "seconds": seconds }),
            usual: json!({ "charge_nanos": nanos(most), "seconds": seconds }),
            factor: times(seen.into(), most.into()),
            since_ms: self.week_since(now_ms),
        };
        self.find(KeyEventKind::SpendSpike, anomaly, now_ms, assessment);
    }

    fn compare_failures(&mut self, usual: Peaks, seen: &Observation, assessment: &mut Assessment) {
        let window = self.minutes.window();
        if !seen.is_failure || window.failures < FAILURES_FLOOR {
            return;
        }
        let percent = window.failures.saturating_mul(100) / window.requests.max(1);
        let usual_percent = self.week.failures_percent();
        let is_usual = percent <= FAILURES_PERCENT
            || percent < usual_percent.saturating_mul(FAILURES_FACTOR)
            || window.failures < usual.window_failures.saturating_mul(FAILURES_FACTOR);
        if is_usual {
            return;
        }
        let anomaly = Anomaly {
            seen: json!({
                "failures": window.failures,
                "requests": window.requests,
                "seconds": WINDOW_SECONDS,
            }),
            usual: json!({
                "failures": usual.window_failures,
                "percent": usual_percent,
                "seconds": WINDOW_SECONDS,
            }),
            factor: times(window.failures.into(), usual.window_failures.into()),
            since_ms: self.week_since(seen.at_ms),
        };
        self.find(KeyEventKind::ErrorBurst, anomaly, seen.at_ms, assessment);
    }

    /// Since when the week of the key is known.
    fn week_since(&self, now_ms: i64) -> i64 {
        self.first_ms.max(now_ms - WEEK_MS)
    }

    /// Reports an anomaly, unless one of its kind is within the cool-down.
    fn find(
        &mut self,
        kind: KeyEventKind,
        anomaly: Anomaly,
        now_ms: i64,
        assessment: &mut Assessment,
    ) {
        let place = KINDS.iter().position(|one| *one == kind);
        let Some(found_ms) = place.and_then(|place| self.found_ms.get_mut(place)) else {
            return;
        };
        if now_ms - *found_ms < COOL_DOWN_MS {
            return;
        }
        *found_ms = now_ms;
        assessment.is_changed = true;
        assessment.anomalies.push((kind, anomaly));
    }

    /// Merges what another server observed of the same key.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.first_ms = self.first_ms.min(other.first_ms);
        self.requests = self.requests.max(other.requests);
        self.active_hours = self.active_hours.max(other.active_hours);
        self.last_hour = self.last_hour.max(other.last_hour);
        self.priced_requests = self.priced_requests.max(other.priced_requests);
        self.prices.merge(&other.prices);
        self.networks.merge(&other.networks);
        self.week.merge(other.week.clone());
        for (mine, theirs) in self.found_ms.iter_mut().zip(other.found_ms) {
            *mine = (*mine).max(theirs);
        }
    }

    /// As the database keeps it.
    pub(crate) fn to_text(&self) -> String {
        let value = serde_json::to_value(self).unwrap_or(Value::Null);
        value.to_string()
    }

    /// From the database; `None` when another version wrote it.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}
