//! Metrics of a batch, summed before they are counted: detection a counter by its labels costs more than
//! adding to it a thousand times.

use std::sync::Arc;
use std::time::Duration;

use store::usage_events::UsageEvent;

use crate::metrics::Metrics;

/// The sums of one batch.
#[derive(Debug, Default)]
pub(super) struct MetricBatch(Vec<MetricGroup>);

/// The sums of the requests that have these labels.
#[derive(Debug)]
struct MetricGroup {
    endpoint: &'static str,
    model: Arc<str>,
    status: u16,
    requests: u64,
    input_tokens: u64,
    output_tokens: u64,
    durations: Vec<f64>,
    first_tokens: Vec<f64>,
}

impl MetricBatch {
    pub(super) fn add(&mut self, event: &UsageEvent) {
        // A batch has few models: a search beats a hash of three labels.
        let found = self.0.iter_mut().find(|tally| tally.is_of(event));
        let tally = match found {
            Some(tally) => tally,
            None => {
                self.0.push(MetricGroup::of(event));
                let Some(last) = self.0.last_mut() else {
                    return;
                };
                last
            }
        };
        tally.requests += 1;
        tally.input_tokens += event.usage.input_tokens();
        tally.output_tokens += event.usage.output_tokens();
        if event.is_admitted {
            tally.durations.push(seconds(event.duration_us));
        }
        tally.first_tokens.extend(event.first_token_us.map(seconds));
    }

    pub(super) fn count(self, metrics: &Metrics) {
        for tally in self.0 {
            metrics.count_requests(tally.endpoint, &tally.model, tally.status, tally.requests);
            metrics.count_tokens(&tally.model, "input", tally.input_tokens);
            metrics.count_tokens(&tally.model, "output", tally.output_tokens);
            metrics.observe_durations(tally.endpoint, &tally.durations);
            metrics.observe_first_tokens(tally.endpoint, &tally.first_tokens);
        }
    }
}

impl MetricGroup {
    fn of(event: &UsageEvent) -> Self {
        Self {
            endpoint: event.endpoint,
            model: Arc::clone(&event.model_id),
            status: event.status,
            requests: 0,
            input_tokens: 0,
            output_tokens: 0,
            durations: Vec::new(),
            first_tokens: Vec::new(),
        }
    }

    fn is_of(&self, event: &UsageEvent) -> bool {
        self.status == event.status
            && self.endpoint == event.endpoint
            && (Arc::ptr_eq(&self.model, &event.model_id) || self.model == event.model_id)
    }
}

fn seconds(micros: u64) -> f64 {
    Duration::from_micros(micros).as_secs_f64()
}
