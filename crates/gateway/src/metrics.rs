//! Metrics for Prometheus. Labels are bounded: endpoints, models of the catalogue, providers, statuses.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

type Labels = Vec<(&'static str, String)>;
type Seconds = Family<Labels, Histogram, fn() -> Histogram>;

/// Upper bounds in seconds: from what the sandbox takes to what a long response takes.
const SECONDS: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0,
];

/// The metrics of this process.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<Labels, Counter>,
    tokens: Family<Labels, Counter>,
    duration: Seconds,
    first_token: Seconds,
    limits_hit: Family<Labels, Counter>,
    upstream_errors: Family<Labels, Counter>,
    upstream_desyncs: Family<Labels, Counter>,
    upstream_resends: Family<Labels, Counter>,
    authentication_failures: Family<Labels, Counter>,
    sign_ins: Family<Labels, Counter>,
    mails: Family<Labels, Counter>,
    key_events: Family<Labels, Counter>,
    webhooks: Family<Labels, Counter>,
    responses_not_kept: Family<Labels, Counter>,
    media: Family<Labels, Counter>,
    gate: Family<Labels, Counter>,
    gate_sheds: Family<Labels, Counter>,
    gate_waits: Family<Labels, Counter>,
    gate_seats: Family<Labels, Gauge>,
    breakers: Family<Labels, Gauge>,
    pub observations_lost: Counter,
    pub watched_keys: Gauge,
    pub in_flight: Gauge,
    pub connections: Gauge,
    pub connections_refused: Counter,
    pub connections_closed_for_room: Counter,
    pub heads_refused: Counter,
    pub metering_queue: Gauge,
    pub metering_lost: Counter,
    pub metering_failures: Counter,
    pub journal_bytes: Gauge,
    pub journal_lag_bytes: Gauge,
    journal_sync: Histogram,
    pub journal_failures: Counter,
    pub journal_broken: Counter,
    pub credits_lost: Counter,
    pub cached_keys: Gauge,
    pub lease_valid: Gauge,
    pub limits_shared: Gauge,
    pub catalog_failures: Counter,
    pub panics: Counter<u64, AtomicU64>,
    job_panics: Family<Labels, Counter>,
    pub vital_jobs_down: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("yunxin");
        let metrics = Self {
            requests: family(
                &mut registry,
                "requests",
                "Requests of identified callers, by endpoint, model and status",
            ),
            tokens: family(&mut registry, "tokens", "Tokens, by model and class"),
            duration: seconds(
                &mut registry,
                "request_duration_seconds",
                "Time from the head of a request to the end of its response",
            ),
            first_token: seconds(
                &mut registry,
                "time_to_first_token_seconds",
                "Time from the head of a request to the first token of a stream",
            ),
            limits_hit: family(
                &mut registry,
                "limits_hit",
                "Requests refused by a limit, by which",
            ),
            upstream_errors: family(
                &mut registry,
                "upstream_errors",
                "Failed attempts, by provider and kind",
            ),
            upstream_desyncs: family(
                &mut registry,
                "upstream_desyncs",
                "Connections to providers that brought bytes which belong to no request, by origin",
            ),
            upstream_resends: family(
                &mut registry,
                "upstream_resends",
                "Requests sent once more because an idle connection was closed meanwhile, by origin",
            ),
            authentication_failures: family(
                &mut registry,
                "authentication_failures",
                "Requests without a usable key, by code",
            ),
            sign_ins: family(
                &mut registry,
                "sign_ins",
                "Attempts to sign in to the Dashboard, by outcome",
            ),
            mails: family(&mut registry, "mails", "Mails, by outcome"),
            key_events: family(
                &mut registry,
                "key_events",
                "What was noticed about API keys, by kind and by what was done",
            ),
            webhooks: family(
                &mut registry,
                "webhook_messages",
                "Tries to deliver a message to a webhook, by outcome",
            ),
            responses_not_kept: family(
                &mut registry,
                "responses_not_kept",
                "Responses that could not be kept, by reason; their clients were told",
            ),
            media: family(
                &mut registry,
                "media",
                "Files that requests name by URL, by outcome",
            ),
            gate: family(
                &mut registry,
                "gate_requests",
                "Requests at the gate of a model, by level and what became of them: offered, admitted, borrowed, waited",
            ),
            gate_sheds: family(
                &mut registry,
                "gate_sheds",
                "Requests that got no seat, by model, level and reason",
            ),
            gate_waits: family(
                &mut registry,
                "gate_waits",
                "Requests that waited for a seat no longer than so many seconds, by model and level",
            ),
            gate_seats: single(
                &mut registry,
                "gate_seats",
                "Seats of a model, by level: running and waiting; without a level, the seats in all once they are known",
            ),
            breakers: single(
                &mut registry,
                "breaker_state",
                "Circuit breakers, by model and deployment, and by credential where there are several: 0 closed, 1 half-open, 2 open",
            ),
            observations_lost: single(
                &mut registry,
                "anomaly_lost_observations",
                "Requests that were not looked at for anomalies, because too many waited",
            ),
            watched_keys: single(
                &mut registry,
                "anomaly_keys",
                "API keys whose baselines are kept in memory",
            ),
            in_flight: single(
                &mut registry,
                "requests_in_flight",
                "Requests that were begun and not yet settled",
            ),
            connections: single(&mut registry, "connections", "Open connections"),
            connections_refused: single(
                &mut registry,
                "connections_refused",
                "Connections beyond server.connections_max or server.connections_per_address_max",
            ),
            connections_closed_for_room: single(
                &mut registry,
                "connections_closed_for_room",
                "Connections without a request that were closed, because others came and there was no place",
            ),
            heads_refused: single(
                &mut registry,
                "heads_refused",
                "Heads of requests that are no sound HTTP/1.1, or too large",
            ),
            metering_queue: single(
                &mut registry,
                "metering_queue",
                "Usage events in the journal that the database does not have yet",
            ),
            metering_lost: single(
                &mut registry,
                "metering_lost_events",
                "Usage events of refused requests that the journal did not take",
            ),
            metering_failures: single(
                &mut registry,
                "metering_write_failures",
                "Batches of usage events that could not be written and are tried again",
            ),
            journal_bytes: single(
                &mut registry,
                "journal_bytes",
                "Bytes of the journal on the disk",
            ),
            journal_lag_bytes: single(
                &mut registry,
                "journal_lag_bytes",
                "Bytes of the journal that the database does not have yet",
            ),
            journal_sync: journal_sync(&mut registry),
            journal_failures: single(
                &mut registry,
                "journal_failures",
                "Syncs of the journal that failed; their records are written again elsewhere",
            ),
            credits_lost: single(
                &mut registry,
                "credits_lost_nano_dollars",
                "Charges above what was held for them, which no account pays",
            ),
            journal_broken: single(
                &mut registry,
                "journal_broken_records",
                "Records of the journal that could not be read",
            ),
            cached_keys: single(&mut registry, "cached_keys", "API keys held in memory"),
            lease_valid: single(
                &mut registry,
                "auth_lease_valid",
                "1 while cached keys may be used",
            ),
            limits_shared: single(
                &mut registry,
                "limits_shared",
                "1 while limits are handed out as one with the other servers, or there are none; 0 while they are divided",
            ),
            catalog_failures: single(
                &mut registry,
                "catalog_reload_failures",
                "Catalogues that were refused; the last good one stays",
            ),
            panics: single(&mut registry, "panics", "Requests that ended in a panic"),
            job_panics: family(
                &mut registry,
                "job_panics",
                "Background jobs that ended in a panic and began again, by job",
            ),
            vital_jobs_down: single(
                &mut registry,
                "vital_jobs_down",
                "Jobs that requests depend on and that wait to begin again; /readyz is 503 meanwhile",
            ),
            registry: Registry::default(),
        };
        Self {
            registry,
            ..metrics
        }
    }
}

impl Metrics {
    /// The text that Prometheus reads.
    pub fn encode(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }

    pub(crate) fn observe_journal_sync(&self, time: Duration) {
        self.journal_sync.observe(time.as_secs_f64());
    }

    pub fn count_requests(&self, endpoint: &'static str, model: &str, status: u16, count: u64) {
        let labels = vec![
            ("endpoint", endpoint.to_owned()),
            ("model", model.to_owned()),
            ("status", status.to_string()),
        ];
        self.requests.get_or_create(&labels).inc_by(count);
    }

    pub fn count_tokens(&self, model: &str, class: &'static str, tokens: u64) {
        if tokens > 0 {
            self.tokens
                .get_or_create(&vec![
                    ("model", model.to_owned()),
                    ("class", class.to_owned()),
                ])
                .inc_by(tokens);
        }
    }

    pub fn observe_durations(&self, endpoint: &'static str, seconds: &[f64]) {
        observe(&self.duration, endpoint, seconds);
    }

    pub fn observe_first_tokens(&self, endpoint: &'static str, seconds: &[f64]) {
        observe(&self.first_token, endpoint, seconds);
    }

    pub fn count_response_not_kept(&self, reason: &'static str) {
        self.responses_not_kept
            .get_or_create(&vec![("reason", reason.to_owned())])
            .inc();
    }

    pub fn count_limit_hit(&self, dimension: &'static str) {
        self.limits_hit
            .get_or_create(&vec![("limit", dimension.to_owned())])
            .inc();
    }

    pub fn count_upstream_error(&self, provider: &str, kind: &'static str) {
        let labels = vec![("provider", provider.to_owned()), ("kind", kind.to_owned())];
        self.upstream_errors.get_or_create(&labels).inc();
    }

    pub fn count_upstream_desync(&self, origin: &str) {
        let labels = vec![("origin", origin.to_owned())];
        self.upstream_desyncs.get_or_create(&labels).inc();
    }

    pub fn count_upstream_resend(&self, origin: &str) {
        let labels = vec![("origin", origin.to_owned())];
        self.upstream_resends.get_or_create(&labels).inc();
    }

    /// Sets how many requests a level of a model had that ended in this way at the gate.
    pub fn set_gate(&self, model: &str, level: &'static str, event: &'static str, total: u64) {
        let labels = vec![
            ("model", model.to_owned()),
            ("level", level.to_owned()),
            ("event", event.to_owned()),
        ];
        set_total(&self.gate, &labels, total);
    }

    /// Sets how many requests of a level of a model were shed for a reason.
    pub fn set_sheds(&self, model: &str, level: &'static str, reason: &'static str, total: u64) {
        let labels = vec![
            ("model", model.to_owned()),
            ("level", level.to_owned()),
            ("reason", reason.to_owned()),
        ];
        set_total(&self.gate_sheds, &labels, total);
    }

    /// Sets how many requests of a level of a model waited no longer than `up_to` seconds.
    pub fn set_waits(&self, model: &str, level: &'static str, up_to: &str, total: u64) {
        let labels = vec![
            ("model", model.to_owned()),
            ("level", level.to_owned()),
            ("up_to", up_to.to_owned()),
        ];
        set_total(&self.gate_waits, &labels, total);
    }

    /// Sets the seats of a model, of one level and kind.
    pub fn set_seats(&self, model: &str, level: &'static str, kind: &'static str, seats: i64) {
        let labels = vec![
            ("model", model.to_owned()),
            ("level", level.to_owned()),
            ("kind", kind.to_owned()),
        ];
        self.gate_seats.get_or_create(&labels).set(seats);
    }

    /// Sets the state of a breaker, of a deployment and the label of its credential, which is empty where there is one.
    pub fn set_breaker(&self, model: &str, (deployment, credential): (&str, &str), state: i64) {
        let mut labels = vec![
            ("model", model.to_owned()),
            ("deployment", deployment.to_owned()),
        ];
        if !credential.is_empty() {
            labels.push(("credential", credential.to_owned()));
        }
        self.breakers.get_or_create(&labels).set(state);
    }

    pub fn count_sign_in(&self, outcome: &'static str) {
        self.sign_ins
            .get_or_create(&vec![("outcome", outcome.to_owned())])
            .inc();
    }

    pub fn count_mail(&self, outcome: &'static str) {
        self.mails
            .get_or_create(&vec![("outcome", outcome.to_owned())])
            .inc();
    }

    pub fn count_key_event(&self, kind: &'static str, action: &'static str) {
        let labels = vec![("kind", kind.to_owned()), ("action", action.to_owned())];
        self.key_events.get_or_create(&labels).inc();
    }

    pub fn count_media(&self, outcome: &'static str) {
        self.media
            .get_or_create(&vec![("outcome", outcome.to_owned())])
            .inc();
    }

    pub fn count_webhook(&self, outcome: &'static str) {
        self.webhooks
            .get_or_create(&vec![("outcome", outcome.to_owned())])
            .inc();
    }

    pub fn count_job_panic(&self, job: &'static str) {
        self.job_panics
            .get_or_create(&vec![("job", job.to_owned())])
            .inc();
    }

    pub fn count_authentication_failure(&self, code: &'static str) {
        self.authentication_failures
            .get_or_create(&vec![("code", code.to_owned())])
            .inc();
    }
}

/// Sets a counter that is kept elsewhere.
fn set_total(counters: &Family<Labels, Counter>, labels: &Labels, total: u64) {
    let counter = counters.get_or_create(labels);
    counter.inner().store(total, Ordering::Relaxed);
}

fn observe(histograms: &Seconds, endpoint: &'static str, seconds: &[f64]) {
    if seconds.is_empty() {
        return;
    }
    let histogram = histograms.get_or_create(&vec![("endpoint", endpoint.to_owned())]);
    for value in seconds {
        histogram.observe(*value);
    }
}

fn family(registry: &mut Registry, name: &str, help: &str) -> Family<Labels, Counter> {
    single(registry, name, help)
}

fn seconds(registry: &mut Registry, name: &str, help: &str) -> Seconds {
    let histogram = Seconds::new_with_constructor(|| Histogram::new(SECONDS));
    registry.register(name, help, histogram.clone());
    histogram
}

/// From a disk with a cache of its own to one that hangs.
const SYNC_SECONDS: [f64; 10] = [
    0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 1.0, 10.0,
];

fn journal_sync(registry: &mut Registry) -> Histogram {
    let histogram = Histogram::new(SYNC_SECONDS);
    let help = "Time of one sync of the journal, which all requests share that wait for it";
    registry.register("journal_sync_seconds", help, histogram.clone());
    histogram
}

fn single<M>(registry: &mut Registry, name: &str, help: &str) -> M
where
    M: prometheus_client::registry::Metric + Default + Clone,
{
    let metric = M::default();
    registry.register(name, help, metric.clone());
    metric
}
