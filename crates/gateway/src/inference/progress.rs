//! The progress of one request: attempts, the first token, the usage so far. It knows no `app`.

use std::sync::Arc;
use std::time::Duration;

use llm::usage::{Units, UsageEstimate};
use llm::{Meter, RequestSummary, Usage, UsageReport};
use store::usage_events::{AttemptCause, AttemptRecord, CountedBy, LimitShown};

use crate::auth::{RateLimitStatus, RequestContext, RouteReport};
use crate::catalog::Model;
use crate::clock::Clock;
use crate::invisible::is_invisible;
use crate::limits::LimitReport;
use crate::routing::{Ejection, Outcome, RouteReason, Seat};
use crate::upstream::{CallOutcome, Deployment, LastFailure};

/// Bytes of generated text per token, where the upstream did not count.
const BYTES_PER_TOKEN: u64 = 4;

/// Tokens of a second of generated sound, where the upstream did not count.
const TOKENS_PER_SECOND: u64 = 20;

/// Longest name of a model that is kept of a request, in characters.
const REQUESTED_MODEL_CHARS_MAX: usize = 200;

/// The attempt that runs.
struct RunningAttempt {
    deployment: Arc<Deployment>,
    seat: Seat,
}

/// Everything that a usage event says of the way of a request.
pub(super) struct Progress {
    clock: Clock,
    began_at: Duration,
    context: RequestContext,
    /// The moment of the decision, in whose windows the request counts.
    pub(super) decided_at_ms: i64,
    pub(super) model: Option<Arc<Model>>,
    /// The name that was asked for, where it is not the model's id.
    pub(super) requested_model: Arc<str>,
    pub(super) is_admitted: bool,
    pub(super) is_streamed: bool,
    pub(super) priority: u8,
    pub(super) limit: Option<LimitShown>,
    pub(super) attempts: Vec<AttemptRecord>,
    /// The deployment of the attempt that runs.
    running: Option<RunningAttempt>,
    /// The time in queues, if it waited.
    queued: Option<Duration>,
    reason: Option<RouteReason>,
    /// The reason for which a virtual model led the request to the model.
    rule: Option<RouteReason>,
    last_deployment: Option<Arc<str>>,
    pub(super) first_token_us: Option<u64>,
    input_tokens_estimate: u64,
    /// The amounts that are no tokens, as the request says them.
    units: Units,
    has_output: bool,
    /// The upstream began to respond: from here on there is something to pay for.
    has_response: bool,
    usage: Option<UsageReport>,
    text_bytes: u64,
    /// The response has something besides text: a call of a tool, sound, a reason for its early end.
    has_content: bool,
    /// The attempt that runs is the last that there can be: what comes of it is passed on, though it may be empty.
    is_last_chance: bool,
    /// The charge, where the client is told it, once the request is settled.
    pub(super) cost_nanos: Option<u64>,
    /// The names of parameters that the deployment's language could not say.
    pub(super) dropped: Vec<String>,
    /// The names of parameters that were left out before a deployment was chosen.
    pub(super) dropped_at_first: Vec<String>,
}

impl Progress {
    /// A request of which nothing is known but its context.
    pub(super) fn begin(clock: &Clock, context: RequestContext) -> Self {
        Self {
            began_at: clock.uptime(),
            decided_at_ms: clock.now_ms(),
            clock: clock.clone(),
            context,
            model: None,
            requested_model: Arc::default(),
            is_admitted: false,
            is_streamed: false,
            priority: 0,
            limit: None,
            attempts: Vec::new(),
            running: None,
            queued: None,
            reason: None,
            rule: None,
            last_deployment: None,
            first_token_us: None,
            input_tokens_estimate: 0,
            units: Units::default(),
            has_output: true,
            cost_nanos: None,
            dropped: Vec::new(),
            dropped_at_first: Vec::new(),
            has_response: false,
            usage: None,
            text_bytes: 0,
            has_content: false,
            is_last_chance: false,
        }
    }

    pub(super) fn context(&self) -> &RequestContext {
        &self.context
    }

    pub(super) fn request_id(&self) -> &str {
        self.context.request_id().as_str()
    }

    /// The request counts in the windows of this moment: that of the decision, not that of its first byte.
    pub(super) fn decide_at(&mut self, now_ms: i64) {
        self.decided_at_ms = now_ms;
    }

    pub(super) fn note_request(&mut self, summary: &RequestSummary) {
        self.input_tokens_estimate = summary.input_tokens_estimate;
        self.units = summary.units;
        // The text of a response without output is the prompt's own, sent back.
        self.has_output = summary.has_output && summary.output_tokens_max != Some(0);
        self.is_streamed = summary.is_streamed;
    }

    pub(super) fn note_model(&mut self, model: &Arc<Model>) {
        self.model = Some(Arc::clone(model));
    }

    /// Notes the reason for which a virtual model led to the model, if one did.
    pub(super) fn note_rule(&mut self, rule: Option<RouteReason>) {
        self.rule = rule;
    }

    pub(super) fn set_rate_limit_status(&mut self, report: LimitReport, priority: u8) {
        self.context
            .set_rate_limit_status(RateLimitStatus { report, priority });
        self.priority = priority;
        self.limit = Some(LimitShown {
            limit: report.requests.limit,
            used: report.requests.used,
            resets_at_s: report.requests.resets_at_s,
        });
    }

    /// Notes the name that was asked for, where it is not the id of the model.
    pub(super) fn note_requested_model(&mut self, name: &str) {
        self.requested_model = visible_name(name);
    }

    /// Notes the head of the upstream's response.
    pub(super) fn note_upstream_response(&mut self, status: u16, request_id: Option<Box<str>>) {
        if let Some(attempt) = self.attempts.last_mut() {
            attempt.status = Some(status);
            attempt.upstream_request_id = request_id.map(Arc::from);
        }
    }

    /// Notes why the attempt that runs fails.
    pub(super) fn note_cause(&mut self, cause: AttemptCause) {
        if let Some(attempt) = self.attempts.last_mut() {
            attempt.cause = Some(Arc::new(cause));
        }
    }

    /// True if the cause of the last attempt is known.
    pub(super) fn has_cause(&self) -> bool {
        self.attempts
            .last()
            .is_some_and(|last| last.cause.is_some())
    }

    /// Begins an attempt at a deployment, with its seat there, which is held to the end of the attempt.
    pub(super) fn begin_attempt(
        &mut self,
        deployment: &Arc<Deployment>,
        reason: RouteReason,
        seat: Seat,
    ) {
        self.forget_response();
        self.note_queued(seat.waited());
        self.reason = Some(reason);
        self.last_deployment = Some(Arc::clone(&deployment.id));
        deployment.health.begin();
        self.running = Some(RunningAttempt {
            deployment: Arc::clone(deployment),
            seat,
        });
        let credential = deployment.provider.credential.as_ref();
        self.attempts.push(AttemptRecord {
            provider: Arc::clone(&deployment.provider.name),
            upstream_model: Arc::clone(&deployment.upstream_model),
            credential: credential.map(|name| Arc::clone(&name.label)),
            began_us: self.elapsed_us(),
            ..AttemptRecord::default()
        });
    }

    /// Ends the attempt that runs, if one does; `outcome` is for the receipt.
    pub(super) fn end_attempt(&mut self, outcome: &'static str, ended: CallOutcome) {
        let learned = match ended {
            CallOutcome::Responded => Outcome::Responded,
            CallOutcome::Failed(_) => Outcome::Failed(Ejection::Failing),
            CallOutcome::Abandoned => Outcome::Abandoned,
        };
        self.end_attempt_as(outcome, ended, learned);
    }

    /// Ends the attempt that runs, with what routing learns from it.
    pub(super) fn end_attempt_as(
        &mut self,
        outcome: &'static str,
        ended: CallOutcome,
        learned: Outcome,
    ) {
        let Some(RunningAttempt { deployment, seat }) = self.running.take() else {
            return;
        };
        let elapsed_us = self.elapsed_us();
        let mut duration_us = 0;
        if let Some(attempt) = self.attempts.last_mut() {
            duration_us = elapsed_us.saturating_sub(attempt.began_us);
            attempt.duration_us = duration_us;
            attempt.outcome = outcome.into();
        }
        let now_ms = self.clock.now_ms();
        deployment.health.end(ended, duration_us, now_ms);
        if let (CallOutcome::Failed(_), Some(attempt)) = (ended, self.attempts.last()) {
            deployment.health.note_failure(LastFailure {
                request_id: self.context.request_id().clone(),
                attempt: attempt.clone(),
            });
        }
        let is_known = matches!(ended, CallOutcome::Responded);
        let tokens = is_known.then(|| {
            let usage = self.count().0;
            usage.input_tokens().saturating_add(usage.output_tokens())
        });
        if let Some(why) = seat.end(learned, tokens) {
            tracing::error!(
                deployment.id = &*deployment.id,
                provider.name = &*deployment.provider.name,
                provider.credential = deployment.provider.credential_label(),
                upstream.model = &*deployment.upstream_model,
                reason = why.as_str(),
                "a deployment is left out until a probe succeeds"
            );
        }
    }

    /// Ends the attempt that runs as one whose response has nothing in it.
    pub(super) fn note_empty(&mut self, kind: &'static str) {
        let learned = Outcome::Failed(Ejection::Failing);
        self.end_attempt_as(kind, CallOutcome::Failed(kind), learned);
    }

    /// The time in a queue, added to what it was before.
    fn note_queued(&mut self, waited: Option<Duration>) {
        if let Some(waited) = waited {
            self.queued = Some(self.queued.unwrap_or_default() + waited);
        }
    }

    /// Tells the response the way of its request.
    pub(super) fn report_route(&self) {
        self.context.set_route(RouteReport {
            deployment: self.last_deployment.clone(),
            attempts: self.attempts.len(),
            reason: self.reason.map(|reason| reason.by_rule(self.rule)),
            queued: self.queued,
        });
    }

    /// Notes the parameters that the attempt's language cannot say, beside those that were left out of the request
    /// when it came.
    pub(super) fn note_dropped(&mut self, dropped: &[String]) {
        self.dropped.clone_from(&self.dropped_at_first);
        for name in dropped {
            if !self.dropped.contains(name) {
                self.dropped.push(name.clone());
            }
        }
    }

    pub(super) fn response_began(&mut self) {
        self.has_response = true;
    }

    /// A response that could not be used is not the client's to pay.
    pub(super) fn forget_response(&mut self) {
        self.has_response = false;
        self.usage = None;
        self.text_bytes = 0;
        self.has_content = false;
    }

    /// Notes something of the response that is no text.
    pub(super) fn note_content(&mut self) {
        self.has_content = true;
    }

    /// Notes that there is nothing to be tried behind the next attempt, or that there is.
    pub(super) fn note_last_chance(&mut self, is_last: bool) {
        self.is_last_chance = is_last;
    }

    /// True if an empty response is refused, because another deployment may do better.
    pub(super) fn refuses_empty(&self) -> bool {
        self.has_output && !self.is_last_chance
    }

    /// True once the response has something in it.
    pub(super) fn says_something(&self) -> bool {
        self.text_bytes > 0 || self.has_content
    }

    /// The provider of the attempt that runs.
    pub(super) fn running_provider(&self) -> Option<Arc<str>> {
        let running = self.running.as_ref();
        running.map(|running| Arc::clone(&running.deployment.provider.name))
    }

    /// True for a response that has nothing in it, and for which nothing was counted either: a failure of the
    /// deployment, unless the client asked for nothing.
    pub(super) fn is_empty_response(&self) -> bool {
        let counted = self.usage.map(|usage| usage.classes().output_tokens());
        self.has_output && !self.says_something() && counted.unwrap_or_default() == 0
    }

    pub(super) fn note_first_token(&mut self) {
        if self.first_token_us.is_none() {
            let elapsed_us = self.elapsed_us();
            self.first_token_us = Some(elapsed_us);
            if let (Some(running), Some(attempt)) = (&self.running, self.attempts.last()) {
                let since_us = elapsed_us.saturating_sub(attempt.began_us);
                running.seat.note_first_token(since_us);
            }
        }
    }

    pub(super) fn text_bytes(&self) -> u64 {
        self.text_bytes
    }

    pub(super) fn add_text(&mut self, bytes: u64) {
        self.text_bytes += bytes;
    }

    /// Notes the length of a sound that was made. The provider says nothing of it, so its tokens are an estimate too.
    pub(super) fn note_sound(&mut self, seconds: u64) {
        self.units.seconds = seconds;
        let tokens = seconds.saturating_mul(TOKENS_PER_SECOND);
        self.set_usage(Some(UsageReport {
            output_tokens: Some(tokens),
            audio_output_tokens: tokens,
            ..UsageReport::default()
        }));
    }

    pub(super) fn set_usage(&mut self, usage: Option<UsageReport>) {
        if let Some(later) = usage {
            self.usage.get_or_insert_default().update(later);
        }
    }

    /// The usage by the upstream's own count where it gave one, with an estimate of what it left out.
    pub(super) fn count(&self) -> (Usage, CountedBy) {
        if !self.has_response && self.usage.is_none() {
            return (Usage::default(), CountedBy::None);
        }
        let generated = if self.has_output {
            self.text_bytes.div_ceil(BYTES_PER_TOKEN)
        } else {
            0
        };
        let estimate = UsageEstimate {
            input_tokens: self.input_tokens_estimate,
            output_tokens: generated,
            has_output: self.has_output,
            units: self.units,
        };
        let (mut usage, is_exact) = self.usage.unwrap_or_default().resolve(&estimate);
        usage[Meter::Requests] = 1;
        let counted_by = if is_exact {
            CountedBy::Upstream
        } else {
            CountedBy::Estimate
        };
        (usage, counted_by)
    }

    /// Time since the request began.
    pub(super) fn elapsed_us(&self) -> u64 {
        let elapsed = self.clock.uptime().saturating_sub(self.began_at);
        u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX)
    }
}

/// A name that a client chose, on its way into the database and before people: bounded, and without what cannot be seen.
fn visible_name(name: &str) -> Arc<str> {
    let is_shown = |letter: &char| !letter.is_control() && !is_invisible(*letter);
    let shown: String = name
        .chars()
        .filter(is_shown)
        .take(REQUESTED_MODEL_CHARS_MAX)
        .collect();
    shown.into()
}
