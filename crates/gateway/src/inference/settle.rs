//! What a request used is settled once, whatever happened: at its end, at its failure, or when the client
//! goes away and everything is dropped in the middle of a wait.

use std::sync::Arc;
use std::time::Duration;

use llm::usage::UsageEstimate;
use llm::{Meter, Operation, RequestSummary, Usage, UsageReport};
use store::usage_events::{Attempt, CountedBy, Detail, EndReason, LimitShown, UsageEvent};

use crate::auth::{ApiKeyCaller, RequestContext, Standing};
use crate::catalog::{Model, charge};
use crate::error::ApiError;
use crate::keys::{CachedKey, KeyInUse};
use crate::limits::{ConcurrencyPermit, Grant, LimitReport};
use crate::metering::Metered;
use crate::state::GatewayState;
use crate::upstream::{Deployment, Ended};

/// What others write when a client is gone before its answer; nobody reads it but operators.
const CLIENT_CLOSED_STATUS: u16 = 499;
/// Bytes of generated text per token, where the upstream did not count.
const BYTES_PER_TOKEN: u64 = 4;

/// The meaning of an end for the attempt that ran.
fn of_attempt(reason: EndReason) -> (&'static str, Ended) {
    match reason {
        EndReason::Completed => ("answered", Ended::Answered),
        EndReason::Broken => (reason.as_str(), Ended::Failed("broken")),
        // Not counted against the health of the deployment.
        EndReason::ClientClosed | EndReason::Failed | EndReason::Refused => {
            (reason.as_str(), Ended::Abandoned)
        }
    }
}

/// The open account of one request.
pub(super) struct Settlement {
    app: GatewayState,
    key: Arc<CachedKey>,
    in_use: Arc<KeyInUse>,
    context: RequestContext,
    event: Option<UsageEvent>,
    metered: Option<(std::net::IpAddr, Option<http::HeaderValue>)>,
    is_by_person: bool,
    permit: Option<ConcurrencyPermit>,
    grant: Option<Grant>,
    /// The deployment that is called.
    running: Option<Arc<Deployment>>,
    model: Option<Arc<Model>>,
    price_factor_percent: u64,
    began_at: Duration,
    input_tokens_estimate: u64,
    has_output: bool,
    has_answer: bool,
    usage: Option<UsageReport>,
    text_bytes: u64,
}

impl Settlement {
    pub(super) fn begin(app: &GatewayState, caller: &ApiKeyCaller, operation: &Operation) -> Self {
        app.metrics.in_flight.inc();
        let event = UsageEvent {
            request_id: caller.context.request_id().clone(),
            at_ms: app.clock.now_ms(),
            account_id: caller.key.account_id().clone(),
            api_key_id: caller.key.id().clone(),
            environment: caller.key.record().environment.as_str(),
            endpoint: operation.name,
            model_id: Arc::default(),
            provider_name: Arc::default(),
            usage: Usage::default(),
            charge_nanos: 0,
            counted_by: CountedBy::None,
            status: CLIENT_CLOSED_STATUS,
            error_code: "",
            end_reason: EndReason::ClientClosed,
            is_admitted: false,
            is_streamed: false,
            duration_us: 0,
            first_token_us: None,
            detail: Detail::default(),
        };
        Self {
            key: Arc::clone(&caller.key),
            in_use: app.keys.in_use.register(&caller.key),
            context: caller.context.clone(),
            event: Some(event),
            metered: Some((caller.address, caller.agent.clone())),
            // Pages with a client token are opened wherever people are.
            is_by_person: caller.is_person || caller.token.is_some(),
            permit: None,
            grant: None,
            running: None,
            model: None,
            price_factor_percent: caller.tier.price_factor_percent,
            began_at: app.clock.uptime(),
            input_tokens_estimate: 0,
            has_output: true,
            has_answer: false,
            usage: None,
            text_bytes: 0,
            app: app.clone(),
        }
    }

    /// Says when the request has to end before its time.
    pub(super) fn key_in_use(&self) -> &Arc<KeyInUse> {
        &self.in_use
    }

    pub(super) fn request_id(&self) -> &str {
        self.context.request_id().as_str()
    }

    /// The request counts in the windows of this moment: that of the decision, not that of its first byte.
    pub(super) fn decide_at(&mut self, now_ms: i64) {
        self.change(|event| event.at_ms = now_ms);
    }

    pub(super) fn note_request(&mut self, summary: &RequestSummary) {
        self.input_tokens_estimate = summary.input_tokens_estimate;
        // The text of an answer without output is the prompt's own, sent back.
        self.has_output = summary.has_output && summary.output_tokens_max != Some(0);
        self.change(|event| event.is_streamed = summary.is_streamed);
    }

    pub(super) fn note_model(&mut self, model: &Arc<Model>) {
        let id = Arc::clone(&model.id);
        self.model = Some(Arc::clone(model));
        self.change(|event| event.model_id = id);
    }

    pub(super) fn set_standing(&mut self, report: LimitReport, priority: u8) {
        self.context.set_standing(Standing { report, priority });
        let shown = LimitShown {
            limit: report.requests.limit,
            used: report.requests.used,
            resets_at_s: report.requests.resets_at_s,
        };
        self.change(|event| {
            event.detail.limit = Some(shown);
            event.detail.priority = priority;
        });
    }

    pub(super) fn admitted(&mut self, grant: Grant, permit: ConcurrencyPermit) {
        (self.grant, self.permit) = (Some(grant), Some(permit));
        self.change(|event| event.is_admitted = true);
    }

    pub(super) fn begin_attempt(&mut self, deployment: &Arc<Deployment>) {
        self.has_answer = false;
        deployment.health().begin();
        self.running = Some(Arc::clone(deployment));
        let attempt = Attempt {
            provider: Arc::clone(&deployment.provider.name),
            upstream_model: Arc::clone(&deployment.upstream_model),
            began_us: self.elapsed_us(),
            ..Attempt::default()
        };
        self.change(|event| {
            event.provider_name = Arc::clone(&attempt.provider);
            event.detail.attempts.push(attempt);
        });
    }

    /// The attempt that runs is over, in a word.
    pub(super) fn end_attempt(&mut self, outcome: &'static str, ended: Ended) {
        let Some(deployment) = self.running.take() else {
            return;
        };
        let elapsed_us = self.elapsed_us();
        let mut duration_us = 0;
        self.change(|event| {
            if let Some(attempt) = event.detail.attempts.last_mut() {
                duration_us = elapsed_us.saturating_sub(attempt.began_us);
                attempt.duration_us = duration_us;
                attempt.outcome = outcome.into();
            }
        });
        let now_ms = self.app.clock.now_ms();
        deployment.health().end(ended, duration_us, now_ms);
    }

    /// The upstream has begun to answer: from here on there is something to pay for.
    pub(super) fn answer_began(&mut self) {
        self.has_answer = true;
    }

    pub(super) fn note_first_token(&mut self) {
        let elapsed_us = self.elapsed_us();
        self.change(|event| {
            event.first_token_us.get_or_insert(elapsed_us);
        });
    }

    pub(super) fn add_text(&mut self, bytes: u64) {
        self.text_bytes += bytes;
    }

    pub(super) fn set_usage(&mut self, usage: Option<UsageReport>) {
        if let Some(later) = usage {
            self.usage.get_or_insert_default().update(later);
        }
    }

    /// The answer was passed on whole.
    pub(super) fn complete(&mut self) {
        self.settle(http::StatusCode::OK.as_u16(), "", EndReason::Completed);
    }

    /// The answer ended early, after its head was sent.
    pub(super) fn break_off(&mut self, error: &ApiError) {
        self.settle(
            http::StatusCode::OK.as_u16(),
            error.code(),
            EndReason::Broken,
        );
    }

    /// The same for an answer that we had to end: nothing of it was the deployment's fault.
    pub(super) fn cut(&mut self, error: &ApiError) {
        self.end_attempt(EndReason::Broken.as_str(), Ended::Abandoned);
        self.break_off(error);
    }

    /// The client gets `error` as an event, behind a head and comments, and nothing of an answer.
    pub(super) fn fail_late(&mut self, error: &ApiError) {
        self.forget_answer();
        self.settle(
            http::StatusCode::OK.as_u16(),
            error.code(),
            EndReason::Broken,
        );
    }

    /// An answer that could not be used is not the client's to pay.
    fn forget_answer(&mut self) {
        self.has_answer = false;
        self.usage = None;
    }

    /// The client gets `error` instead of an answer.
    pub(super) fn fail(&mut self, error: &ApiError) {
        self.forget_answer();
        let is_admitted = self.event.as_ref().is_some_and(|event| event.is_admitted);
        let reason = if is_admitted {
            EndReason::Failed
        } else {
            EndReason::Refused
        };
        self.settle(error.status().as_u16(), error.code(), reason);
    }

    fn settle(&mut self, status: u16, error_code: &'static str, reason: EndReason) {
        let (outcome, ended) = of_attempt(reason);
        self.end_attempt(outcome, ended);
        let (Some(mut event), Some((address, agent))) = (self.event.take(), self.metered.take())
        else {
            return;
        };
        let price_nanos = self.count(&mut event);
        event.status = status;
        event.error_code = error_code;
        event.end_reason = reason;
        event.duration_us = self.elapsed_us();
        if let Some(grant) = self.grant.take() {
            self.key.counters().settle(
                grant,
                event
                    .usage
                    .input_tokens()
                    .saturating_add(event.usage.output_tokens()),
            );
        }
        self.permit = None;
        self.app.metrics.in_flight.dec();
        self.app.metering.push(Metered {
            event,
            secret: self.key.digest(),
            address,
            agent,
            is_by_person: self.is_by_person,
            price_nanos,
        });
    }

    /// The upstream's own count where it gave one; an estimate of what it left out. Returns the price of a million tokens
    /// in and a million out.
    fn count(&self, event: &mut UsageEvent) -> Option<u64> {
        if self.has_answer || self.usage.is_some() {
            let estimate = UsageEstimate {
                input_tokens: self.input_tokens_estimate,
                output_tokens: if self.has_output {
                    self.text_bytes.div_ceil(BYTES_PER_TOKEN)
                } else {
                    0
                },
                has_output: self.has_output,
            };
            let report = self.usage.unwrap_or_default();
            let (usage, is_exact) = report.resolve(&estimate);
            event.usage = usage;
            event.usage[Meter::Requests] = 1;
            event.counted_by = if is_exact {
                CountedBy::Upstream
            } else {
                CountedBy::Estimate
            };
        }
        // Test keys cost nothing.
        let model = self.model.as_deref().filter(|_| !self.key.is_test());
        let list = model.and_then(Model::prices)?;
        event.detail.prices = Some(list.shown());
        event.charge_nanos = charge(&event.usage, list, self.price_factor_percent);
        Some(list.in_and_out_nanos())
    }

    fn elapsed_us(&self) -> u64 {
        let elapsed = self.app.clock.uptime().saturating_sub(self.began_at);
        u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX)
    }

    fn change(&mut self, change: impl FnOnce(&mut UsageEvent)) {
        if let Some(event) = &mut self.event {
            change(event);
        }
    }
}

impl Drop for Settlement {
    fn drop(&mut self) {
        self.settle(CLIENT_CLOSED_STATUS, "", EndReason::ClientClosed);
    }
}
