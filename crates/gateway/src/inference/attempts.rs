//! The attempts of a request: plan, take a seat, call, and go on where another deployment may do better.

use std::time::Duration;

use llm::UpstreamError;
use tokio::time::{Instant, sleep};

use super::admit::Admission;
use super::attempt::{Attempt, ClientRequest};
use super::learned::outcome_of;
use super::settle::Settlement;
use super::{Admitted, BegunResponse, Surface};
use crate::auth::ApiKeyCaller;
use crate::error::ApiError;
use crate::routing::{self, Choice, Level, Outcome, Plan, Seat, Ticket};
use crate::state::GatewayState;
use crate::upstream::{CallOutcome, Deployment};

/// The longest wait before the first retry, doubled by each further one; the wait is a random part of it.
const BACKOFF: Duration = Duration::from_millis(20);
const BACKOFF_DOUBLINGS_MAX: u32 = 5;
/// The number of times that a request goes back into the queue because a deployment had too many at the same time.
const RETURNS_MAX: u32 = 5;

/// The attempts so far.
struct Attempts<'a> {
    app: &'a GatewayState,
    admitted: Admitted,
    plan: Plan,
    /// Attempts that were no mere returns into the queue.
    tried: usize,
    returns: u32,
    is_returning: bool,
}

/// The result of one attempt.
enum Tried {
    Responded(BegunResponse),
    /// It failed; another deployment may do better.
    Failed(ApiError),
    /// It failed, and that is the response.
    Final(ApiError),
}

/// Runs the attempts until one responds.
///
/// # Errors
/// If none does: the failure of the last one, or the reason why there was no seat.
pub(super) async fn run(
    app: &GatewayState,
    admitted: Admitted,
    settlement: &mut Settlement,
) -> Result<BegunResponse, ApiError> {
    let seed = admitted.admission.model.round_robin.next_round();
    let plan = plan(app, &admitted, seed);
    let mut attempts = Attempts {
        app,
        admitted,
        plan,
        tried: 0,
        returns: 0,
        is_returning: false,
    };
    let mut failure = None;
    while attempts.may_go_on() {
        if failure.is_some() && !attempts.may_retry(seed).await {
            break;
        }
        let seat = match attempts.take_seat(settlement).await {
            Ok(seat) => seat,
            Err(error) => return Err(failure.unwrap_or(error)),
        };
        match attempts.try_one(seat, settlement).await? {
            Tried::Responded(response) => return Ok(response),
            Tried::Final(error) => return Err(error),
            Tried::Failed(error) if attempts.is_returning => drop(error),
            Tried::Failed(error) => failure = Some(error),
        }
    }
    let model = &attempts.admitted.admission.summary.model;
    Err(failure.unwrap_or_else(|| ApiError::no_deployment(model)))
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
        } = &self.admitted;
        let until = hints.until.map_or(*deadline, |until| until.min(*deadline));
        if Instant::now() + wait >= until || !admission.model.pool.spend_retry() {
            return false;
        }
        sleep(wait).await;
        true
    }

    /// Takes a seat at one of the deployments that are next, and looks again at the key where that took time.
    async fn take_seat(&mut self, settlement: &mut Settlement) -> Result<Seat, ApiError> {
        let Admitted {
            admission,
            caller,
            hints,
            ..
        } = &mut self.admitted;
        let ticket = Ticket {
            is_retry: self.tried > 0,
            is_returning: self.is_returning,
            ..ticket(admission, caller, hints.until)
        };
        let seat = admission.model.pool.enter(&ticket, self.plan.next()).await;
        let seat = match seat {
            Ok(seat) => seat,
            Err(shed) => {
                if self.tried == 0 {
                    settlement.give_back(caller);
                }
                return Err(ApiError::overloaded(&admission.summary.model, shed));
            }
        };
        if self.tried > 0 || self.returns > 0 || seat.waited().is_some() {
            caller.recheck(self.app).await?;
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
        settlement.begin_attempt(&choice.deployment, reason, seat);
        let Admitted {
            surface,
            admission,
            forwarded,
            body,
            deadline,
            ..
        } = &self.admitted;
        let attempt = Attempt {
            surface: *surface,
            deployment: choice.deployment.clone(),
            deadline: *deadline,
        };
        let request = ClientRequest {
            admission,
            forwarded,
            body,
        };
        let error = match attempt.run(self.app, request, settlement).await {
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

    /// Decides what follows from a failure. A deployment that was asked too much at the same time is asked again, when
    /// it has a seat free.
    fn judge(&mut self, choice: Choice, error: UpstreamError, was_crowded: bool) -> Tried {
        self.is_returning = was_crowded && self.returns < RETURNS_MAX;
        if self.is_returning {
            self.returns += 1;
            self.plan.put_back(choice);
        } else {
            self.tried += 1;
        }
        if error.is_retryable() {
            Tried::Failed(error.into())
        } else {
            Tried::Final(error.into())
        }
    }
}

fn ticket<'a>(
    admission: &Admission,
    caller: &'a ApiKeyCaller,
    until: Option<Instant>,
) -> Ticket<'a> {
    Ticket {
        level: Level::of_priority(caller.tier.priority),
        account: caller.key.account_id(),
        input_tokens: admission.summary.input_tokens_estimate,
        output_tokens_max: admission.summary.output_tokens_max,
        until,
        is_idle_only: false,
        is_retry: false,
        is_returning: false,
    }
}

/// The deployments that are attempted, in their order.
fn plan(app: &GatewayState, admitted: &Admitted, seed: u64) -> Plan {
    let Admitted {
        admission,
        surface,
        caller,
        hints,
        ..
    } = admitted;
    let Surface {
        operation,
        language,
        ..
    } = *surface;
    let is_streamed = admission.summary.is_streamed;
    let can_serve = |deployment: &Deployment| {
        // Bytes pass where both sides speak one language.
        std::ptr::eq(deployment.provider.language, language)
            && deployment.request(operation, is_streamed).is_some()
    };
    let model = &admission.model;
    let candidates = model.candidates(admission.summary.input_tokens_estimate, can_serve);
    let traits = routing::Traits {
        is_test: caller.key.is_test(),
        session: hints.session,
    };
    let policy = routing::Policy {
        attempts_max: app.config.upstream.attempts_max(),
    };
    routing::plan(&candidates, traits, policy, seed)
}
