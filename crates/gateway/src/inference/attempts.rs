//! The attempts of a request: plan, take a seat, call, and go on where another deployment, or another model, may do
//! better.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use llm::UpstreamError;
use llm::route_ask::RouteAsk;
use tokio::time::{Instant, sleep};

use super::attempt::{Attempt, ClientRequest};
use super::cost::RequestCharges;
use super::credits;
use super::learned::outcome_of;
use super::other_model;
use super::planned::{self, Asked, NoPlan};
use super::settle::Settlement;
use super::shed;
use super::{Admitted, BegunResponse};
use crate::error::ApiError;
use crate::routing::{self, Choice, Outcome, Plan, Seat, Ticket};
use crate::state::GatewayState;
use crate::upstream::CallOutcome;

/// The longest wait before the first retry, doubled by each further one; the wait is a random part of it.
const BACKOFF: Duration = Duration::from_millis(20);
const BACKOFF_DOUBLINGS_MAX: u32 = 5;
/// The number of times that a request goes back into the queue because a deployment had too many at the same time.
const RETURNS_MAX: u32 = 5;

/// The attempts so far, at the deployments of one model.
struct Attempts<'a> {
    app: &'a GatewayState,
    admitted: &'a mut Admitted,
    plan: Plan,
    /// Other models may stand in.
    has_others: bool,
    /// Attempts that were no mere returns into the queue.
    tried: usize,
    returns: u32,
    is_returning: bool,
}

/// The result of one attempt.
enum Tried {
    Responded(BegunResponse),
    /// A failure that another deployment may not have.
    Failed(ApiError),
    /// A failure that is the response.
    Final(ApiError),
}

/// The end without a response.
struct Unserved {
    error: ApiError,
    /// Nothing was sent: there was no seat, or no deployment that the request leaves in.
    is_unsent: bool,
    /// The request left out every deployment.
    is_unmet: bool,
    /// Another model may do better.
    may_go_on: bool,
}

/// Runs the attempts until one responds: at the deployments of the model, and then at those of the models that may stand
/// in for it.
///
/// # Errors
/// If none does: the failure of the last one, or the reason why there was no seat.
pub(super) async fn run(
    app: &GatewayState,
    mut admitted: Admitted,
    settlement: &mut Settlement,
) -> Result<BegunResponse, ApiError> {
    let mut others: VecDeque<String> = other_model::names(&admitted);
    let mut before: Option<Unserved> = None;
    loop {
        let served = run_model(app, &mut admitted, settlement, !others.is_empty()).await;
        let unserved = match served {
            Ok(response) => return Ok(response),
            Err(unserved) => unserved,
        };
        let next = if unserved.may_go_on {
            other_model::take(app, &mut others, &admitted)
        } else {
            None
        };
        // What the request left out says less than what failed.
        let unserved = match before {
            Some(before) if unserved.is_unmet => before,
            _ => unserved,
        };
        let Some(next) = next else {
            if unserved.is_unsent && settlement.attempts.is_empty() {
                settlement.give_back(&admitted.caller);
            }
            return Err(unserved.error);
        };
        let asked = (&*next.admission.model, &next.admission.summary);
        let operation = admitted.surface.operation;
        // One that may cost more than the account has does not stand in.
        if credits::hold(app, &admitted.caller, operation, asked, settlement)
            .await
            .is_err()
        {
            before = Some(unserved);
            continue;
        }
        before = Some(unserved);
        settlement.note_model(&next.admission.model);
        settlement.note_rule(next.admission.rule);
        (admitted.admission, admitted.body) = (next.admission, admitted.body.replaced(next.body));
    }
}

async fn run_model(
    app: &GatewayState,
    admitted: &mut Admitted,
    settlement: &mut Settlement,
    has_others: bool,
) -> Result<BegunResponse, Unserved> {
    let seed = admitted.admission.model.round_robin.next_round();
    let plan = planned::plan(app, admitted, seed, has_others);
    let plan = plan.map_err(|none| Unserved::unplanned(*none))?;
    let mut attempts = Attempts {
        app,
        admitted,
        plan,
        has_others,
        tried: 0,
        returns: 0,
        is_returning: false,
    };
    let mut failure = None;
    while attempts.may_go_on() {
        if failure.is_some() && !attempts.may_retry(seed).await {
            break;
        }
        let seat = match attempts.take_seat().await {
            Ok(seat) => seat,
            Err(shed) => return Err(failure.map_or(shed, Unserved::failed)),
        };
        let tried = attempts.try_one(seat, settlement).await;
        match tried.map_err(Unserved::last)? {
            Tried::Responded(response) => return Ok(response),
            Tried::Final(error) => return Err(Unserved::last(error)),
            Tried::Failed(error) if attempts.is_returning => drop(error),
            Tried::Failed(error) => failure = Some(error),
        }
    }
    let model = &attempts.admitted.admission.summary.model;
    let error = failure.unwrap_or_else(|| ApiError::no_deployment(model));
    Err(Unserved::failed(error))
}

impl Unserved {
    fn failed(error: ApiError) -> Self {
        Self {
            error,
            is_unsent: false,
            is_unmet: false,
            may_go_on: true,
        }
    }

    fn unplanned(none: NoPlan) -> Self {
        Self {
            is_unsent: none.is_unmet,
            is_unmet: none.is_unmet,
            ..Self::failed(none.error)
        }
    }

    fn last(error: ApiError) -> Self {
        Self {
            may_go_on: false,
            ..Self::failed(error)
        }
    }
}

impl Attempts<'_> {
    fn may_go_on(&self) -> bool {
        let attempts_max = self.app.config.upstream.attempts_max();
        !self.plan.is_empty() && self.tried < attempts_max
    }

    /// Waits a random while before a retry. Returns whether it may be made: the pool has a budget for retries, and the
    /// request a deadline.
    async fn may_retry(&self, seed: u64) -> bool {
        if self.is_returning {
            return true;
        }
        let doublings = u32::try_from(self.tried).unwrap_or(u32::MAX);
        let longest = BACKOFF * 2_u32.pow(doublings.min(BACKOFF_DOUBLINGS_MAX)) / 2;
        let micros = u64::try_from(longest.as_micros())
            .unwrap_or(u64::MAX)
            .max(1);
        let wait = Duration::from_micros(routing::mix(seed ^ u64::from(doublings)) % micros);
        let Admitted {
            admission,
            deadline,
            hints,
            ..
        } = &*self.admitted;
        let until = hints.until.map_or(*deadline, |until| until.min(*deadline));
        if Instant::now() + wait >= until || !admission.model.pool.spend_retry() {
            return false;
        }
        sleep(wait).await;
        true
    }

    /// Takes a seat at one of the deployments that are next, and looks again at the key where that took time.
    async fn take_seat(&mut self) -> Result<Seat, Unserved> {
        let ticket = Ticket {
            is_retry: self.tried > 0,
            is_returning: self.is_returning,
            ..planned::ticket(self.admitted)
        };
        let pool = &self.admitted.admission.model.pool;
        let seat = pool.enter(&ticket, self.plan.next()).await;
        let seat = seat.map_err(|refused| Unserved {
            error: shed::error_of(&self.admitted.admission.summary.model, refused),
            is_unsent: self.tried == 0,
            is_unmet: false,
            may_go_on: true,
        })?;
        if self.tried > 0 || self.returns > 0 || seat.waited().is_some() {
            let checked = self.admitted.caller.recheck(self.app).await;
            checked.map_err(Unserved::last)?;
        }
        Ok(seat)
    }

    async fn try_one(
        &mut self,
        seat: Seat,
        settlement: &mut Settlement,
    ) -> Result<Tried, ApiError> {
        let is_shared = seat.is_shared();
        let taken = self.plan.take(seat.slot(), self.tried == 0);
        let Some((choice, reason)) = taken else {
            return Err(ApiError::unavailable(anyhow::anyhow!(
                "a seat at a deployment that was not planned"
            )));
        };
        let attempt = self.attempt_at(&choice);
        let asked = match self.asked(&attempt, settlement).await? {
            Ok(asked) => asked,
            Err(error) => return Ok(self.passed_over(error)),
        };
        let Admitted {
            admission,
            forwarded,
            body,
            ask,
            caller,
            ..
        } = &*self.admitted;
        let flow = planned::with_flow(self.admitted, &attempt.deployment);
        let charges = RequestCharges::of(
            caller,
            &admission.model,
            &admission.summary,
            settlement.credits_held(),
        );
        let (body, admission) = match &asked.sent {
            Some((body, admission)) => (body, admission),
            None => (&**body, admission),
        };
        let request = ClientRequest {
            admission,
            forwarded: flow.as_ref().unwrap_or(forwarded),
            body,
            conversation: asked.conversation.as_ref(),
            made: &asked.made,
            provider_object: provider_object(ask.as_deref(), &attempt),
            charges: charges.as_ref(),
        };
        // What one language cannot say another may.
        let encoded = match attempt.encode(self.app, request) {
            Ok(encoded) => encoded,
            Err(error) => return Ok(self.passed_over(error.into())),
        };
        let attempts_max = self.app.config.upstream.attempts_max();
        let is_last = self.plan.is_empty() || self.tried + 1 >= attempts_max;
        settlement.note_last_chance(is_last && !self.has_others);
        settlement.begin_attempt(&attempt.deployment, reason, seat);
        settlement.note_dropped(&encoded.dropped);
        if let Err(error) = settlement.journal_attempt() {
            settlement.end_attempt("not_sent", CallOutcome::Abandoned);
            settlement.attempts.pop();
            settlement.give_back(caller);
            return Err(error);
        }
        let error = match attempt.run(self.app, request, encoded, settlement).await {
            Ok(body) => return Ok(Tried::Responded(BegunResponse { attempt, body })),
            Err(error) => error,
        };
        let learned = outcome_of(&error);
        // What the client has to mend is a response, and in what the client gets.
        let ended = if error.is_response() {
            CallOutcome::Responded
        } else {
            CallOutcome::Failed(error.kind())
        };
        settlement.note_failure(&error);
        settlement.end_attempt_as(error.kind(), ended, learned);
        if !error.is_response() {
            attempt.report(self.app, settlement, &error);
        }
        Ok(self.judge(
            choice,
            error,
            is_shared && matches!(learned, Outcome::Refused { .. }),
        ))
    }

    fn attempt_at(&self, choice: &Choice) -> Attempt {
        let surface = self.admitted.surface;
        let deployment = choice.deployment.clone();
        let language = deployment.language_for(surface.operation, surface.language);
        Attempt {
            surface,
            language: language.expect("a candidate can do the operation"),
            deployment,
            deadline: self.admitted.deadline,
        }
    }

    /// The request as the deployment is asked. The inner result says what another deployment may not mind.
    async fn asked(
        &mut self,
        attempt: &Attempt,
        settlement: &Settlement,
    ) -> Result<Result<Asked, ApiError>, ApiError> {
        // Taken out for the while: what it fetches is for the whole request.
        let mut media = std::mem::take(&mut self.admitted.media);
        let asked = planned::asked(self.app, self.admitted, attempt, settlement);
        let mut asked = asked?;
        let around = (&*self.admitted, attempt);
        let brought = asked.bring_media(self.app, around, &mut media).await;
        self.admitted.media = media;
        asked.set_breakpoints((&*self.admitted, attempt));
        Ok(brought.map(|()| asked))
    }

    /// Goes on without an attempt.
    fn passed_over(&mut self, error: ApiError) -> Tried {
        self.tried += 1;
        self.is_returning = false;
        Tried::Failed(error)
    }

    /// Decides what follows from a failure. A deployment that was asked too much at the same time is asked again, when
    /// it has a seat free.
    fn judge(&mut self, choice: Choice, error: UpstreamError, was_crowded: bool) -> Tried {
        self.is_returning = was_crowded && self.returns < RETURNS_MAX;
        if self.is_returning {
            self.returns += 1;
            self.plan.put_back(choice);
        } else {
            self.tried += 1;
            if !is_of_credential(&error) {
                self.plan.put_behind(&choice.deployment.id);
            }
        }
        let may_begin_twice = self.admitted.admission.model.spec.retry_after_timeout
            && matches!(error, UpstreamError::Timeout { .. });
        if error.is_retryable() || may_begin_twice {
            Tried::Failed(error.into())
        } else {
            Tried::Final(error.into())
        }
    }
}

/// True for a failure that another credential of the same deployment may not have.
fn is_of_credential(error: &UpstreamError) -> bool {
    matches!(
        error,
        UpstreamError::RateLimited { .. }
            | UpstreamError::Unauthorized { .. }
            | UpstreamError::QuotaExhausted { .. }
    )
}

/// The `provider` object for a deployment that routes by it and speaks another language than the client.
fn provider_object<'a>(ask: Option<&'a RouteAsk>, attempt: &Attempt) -> Option<&'a Bytes> {
    let routes = attempt.deployment.provider.takes_provider_object;
    ask?.provider
        .as_ref()
        .filter(|_| routes && attempt.is_translated())
}
