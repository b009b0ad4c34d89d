//! Usage over time, as accounts and operators see it: the question, checked, and the response.

mod csv;
mod query;

use std::collections::{BTreeMap, HashMap, HashSet};

use llm::Usage;
use serde::Serialize;
use store::usage_rollups::{Latencies, LatencyPoint, Point, Sums};
use utoipa::ToSchema;

use crate::api::time::Time;

pub(crate) use csv::to_csv;
pub use query::MINUTES_KEPT_MS;
pub(crate) use query::{GroupBy, UsageQuery, UsageQuestion};

/// Groups that are told apart; the rest is summed as `other`.
const GROUPS_MAX: usize = 50;
const OTHER: &str = "other";
const MICROS_PER_MILLI: u64 = 1_000;
const MEDIAN: u64 = 50;
const TAIL: u64 = 95;
const MINUTE: &str = "minute";

/// Usage of a time, in all, by group and over time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UsageResponse {
    /// The begin of the first step.
    pub from: Time,
    /// The end of the last step.
    pub to: Time,
    #[schema(value_type = crate::api::document_words::UsageStep)]
    pub step: &'static str,
    pub totals: UsageSums,
    /// Largest first, at most 50 and `other`; none when nothing is told apart.
    pub groups: Vec<UsageGroup>,
    /// Steps with requests, oldest first.
    pub series: Vec<UsagePoint>,
}

/// Sums of requests.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub(crate) struct UsageSums {
    /// Requests that were admitted.
    pub requests: u64,
    /// Admitted requests that failed or were broken off.
    pub errors: u64,
    /// Requests that were refused.
    pub refused: u64,
    pub input_tokens: u64,
    pub output_tokens: u64,
    pub cached_tokens: u64,
    pub reasoning_tokens: u64,
    /// Amounts of the meters that have no member of their own, by name: `cache_write_5m`, `audio_input`, …
    pub meters: BTreeMap<&'static str, u64>,
    pub charge_nanos: u64,
    pub duration_ms_avg: Option<u64>,
    /// The median of the durations, to within a tenth; of the hours that the time touches. `null` in steps of a minute.
    pub duration_ms_p50: Option<u64>,
    /// The 95th percentile of the durations, as the median.
    pub duration_ms_p95: Option<u64>,
    pub first_token_ms_avg: Option<u64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UsageGroup {
    pub key: String,
    /// The name for people.
    pub label: String,
    pub totals: UsageSums,
}

/// The sums of one step and group.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UsagePoint {
    /// The begin of the step.
    pub at: Time,
    /// The group; `null` when nothing is told apart.
    pub key: Option<String>,
    #[serde(flatten)]
    pub sums: UsageSums,
}

impl UsageSums {
    fn of(sums: &Sums) -> Self {
        Self {
            requests: sums.requests,
            errors: sums.errors,
            refused: sums.refused,
            input_tokens: sums.input_tokens,
            output_tokens: sums.output_tokens,
            cached_tokens: sums.cached_tokens,
            reasoning_tokens: sums.reasoning_tokens,
            meters: by_meter(&sums.meters),
            charge_nanos: sums.charge_nanos,
            duration_ms_avg: average_ms(sums.duration_us, sums.requests),
            duration_ms_p50: None,
            duration_ms_p95: None,
            first_token_ms_avg: average_ms(sums.first_token_us, sums.first_tokens),
        }
    }
}

impl UsageSums {
    fn set_latencies(&mut self, latencies: &Latencies) {
        self.duration_ms_p50 = latencies.percentile_ms(MEDIAN);
        self.duration_ms_p95 = latencies.percentile_ms(TAIL);
    }
}

/// Puts percentiles into a response, from the latencies of its steps, or of its hours where the steps are minutes.
pub(crate) fn add_latencies(usage: &mut UsageResponse, points: Vec<LatencyPoint>) {
    let mut all = Latencies::default();
    let mut by_group: HashMap<String, Latencies> = HashMap::new();
    let mut by_step: HashMap<(i64, String), Latencies> = HashMap::new();
    let known: HashSet<String> = usage.groups.iter().map(|group| group.key.clone()).collect();
    for point in points {
        all.add(&point.latencies);
        let is_other = !known.is_empty() && !known.contains(&point.key);
        let key = if is_other {
            OTHER.to_owned()
        } else {
            point.key
        };
        by_group
            .entry(key.clone())
            .or_default()
            .add(&point.latencies);
        by_step
            .entry((point.at_ms, key))
            .or_default()
            .add(&point.latencies);
    }
    usage.totals.set_latencies(&all);
    for group in &mut usage.groups {
        if let Some(latencies) = by_group.get(&group.key) {
            group.totals.set_latencies(latencies);
        }
    }
    if usage.step == MINUTE {
        return;
    }
    for point in &mut usage.series {
        let key = (point.at.0, point.key.clone().unwrap_or_default());
        if let Some(latencies) = by_step.get(&key) {
            point.sums.set_latencies(latencies);
        }
    }
}

/// Amounts by the names of their meters; those that are zero are left out.
pub(crate) fn by_meter(meters: &Usage) -> BTreeMap<&'static str, u64> {
    meters
        .iter()
        .map(|(meter, amount)| (meter.name(), amount))
        .collect()
}

fn average_ms(micros: u64, count: u64) -> Option<u64> {
    micros
        .checked_div(count)
        .map(|average| average / MICROS_PER_MILLI)
}

/// The response to a question, from the sums of its steps. Groups are not named yet.
pub(crate) fn report(question: &UsageQuestion, points: Vec<Point>) -> UsageResponse {
    let mut total = Sums::default();
    for point in &points {
        total.add(&point.sums);
    }
    let (groups, points) = if question.is_grouped() {
        fold(points)
    } else {
        (Vec::new(), points)
    };
    let series = points.into_iter().map(|point| UsagePoint {
        at: Time(point.at_ms),
        key: question.is_grouped().then_some(point.key),
        sums: UsageSums::of(&point.sums),
    });
    UsageResponse {
        from: Time(question.span.from_ms),
        to: Time(question.span.to_ms),
        step: question.step_name(),
        totals: UsageSums::of(&total),
        groups,
        series: series.collect(),
    }
}

/// The largest groups, and the points with all others as one.
fn fold(points: Vec<Point>) -> (Vec<UsageGroup>, Vec<Point>) {
    let mut sums: Vec<(String, Sums)> = Vec::new();
    let mut places = HashMap::new();
    for point in &points {
        let place = *places.entry(point.key.clone()).or_insert_with(|| {
            sums.push((point.key.clone(), Sums::default()));
            sums.len() - 1
        });
        if let Some((_, sum)) = sums.get_mut(place) {
            sum.add(&point.sums);
        }
    }
    sums.sort_by(|(left_key, left), (right_key, right)| {
        let size = |sums: &Sums| sums.requests + sums.refused;
        size(right).cmp(&size(left)).then(left_key.cmp(right_key))
    });
    let rest = sums.split_off(sums.len().min(GROUPS_MAX));
    let mut groups: Vec<UsageGroup> = sums.iter().map(|(key, sums)| group(key, sums)).collect();
    if rest.is_empty() {
        return (groups, points);
    }
    let mut other = Sums::default();
    for (_, sums) in &rest {
        other.add(sums);
    }
    groups.push(group(OTHER, &other));
    let small: HashSet<String> = rest.into_iter().map(|(key, _)| key).collect();
    (groups, join(points, &small))
}

fn group(key: &str, sums: &Sums) -> UsageGroup {
    UsageGroup {
        key: key.to_owned(),
        label: key.to_owned(),
        totals: UsageSums::of(sums),
    }
}

/// Points with those of small groups as one per step; they are in the order of time.
fn join(points: Vec<Point>, small: &HashSet<String>) -> Vec<Point> {
    let mut joined: Vec<Point> = Vec::with_capacity(points.len());
    let mut other: Option<Point> = None;
    for mut point in points {
        if other.as_ref().is_some_and(|one| one.at_ms != point.at_ms) {
            joined.extend(other.take());
        }
        if !small.contains(&point.key) {
            joined.push(point);
            continue;
        }
        match &mut other {
            Some(one) => one.sums.add(&point.sums),
            None => {
                OTHER.clone_into(&mut point.key);
                other = Some(point);
            }
        }
    }
    joined.extend(other);
    joined
}

#[cfg(test)]
mod tests {
    use store::usage_rollups::{Point, Sums};

    use super::{GROUPS_MAX, fold};

    fn point(at_ms: i64, key: &str, requests: u64) -> Point {
        Point {
            at_ms,
            key: key.to_owned(),
            sums: Sums {
                requests,
                ..Sums::default()
            },
        }
    }

    #[test]
    fn small_groups_are_one_group_in_the_totals_and_in_every_step() {
        let mut points = Vec::new();
        for at_ms in [0, 1] {
            for key in 0..GROUPS_MAX {
                points.push(point(at_ms, &format!("large-{key:02}"), 100));
            }
            points.push(point(at_ms, "small-1", 1));
            points.push(point(at_ms, "small-2", 2));
        }
        let (groups, points) = fold(points);
        assert_eq!(groups.len(), GROUPS_MAX + 1);
        let last = groups.last().unwrap();
        assert_eq!((last.key.as_str(), last.totals.requests), ("other", 6));
        let others: Vec<_> = points.iter().filter(|point| point.key == "other").collect();
        assert_eq!(others.len(), 2);
        assert!(others.iter().all(|point| point.sums.requests == 3));
        assert_eq!(points.len(), 2 * (GROUPS_MAX + 1));
    }
}
