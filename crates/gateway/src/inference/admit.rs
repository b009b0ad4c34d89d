//! May this caller do this now: endpoint, model, tier, budgets, credits, limits, in this order. Limits come last, so that
//! a request that is refused for any other reason is not counted; one that they refuse leaves its money free.

use std::convert::Infallible;
use std::sync::Arc;

use llm::{Operation, RequestSummary};

use super::quote::{quote_of, tokens_needed};
use super::rights::check_model;
use super::settle::Settlement;
use super::virtual_model;
use super::{budget, credits};
use crate::auth::ApiKeyCaller;
use crate::catalog::Model;
use crate::client_tokens::WantedOutput;
use crate::error::ApiError;
use crate::limits::{Asked, Decision, LimitRefusal, Moment, Owner, SharedLimits, Undecided};
use crate::routing::RouteReason;
use crate::state::Gateway;

/// A request that may go on.
pub(super) struct Admission {
    pub(super) summary: RequestSummary,
    pub(super) model: Arc<Model>,
    /// The reason for which a virtual model led the request here.
    pub(super) rule: Option<RouteReason>,
}

/// Refuses what can be refused before the body is read, so that a key without rights or requests sends none. Nothing is
/// counted; [`admit`] looks at everything again.
pub(super) fn precheck(
    app: &Gateway,
    caller: &ApiKeyCaller,
    operation: &Operation,
    settlement: &mut Settlement,
) -> Result<(), ApiError> {
    check_endpoint(caller, operation)?;
    let now = app.shared.limiter.now();
    let counters = caller.key.counters();
    let Some((refusal, report)) = counters.precheck(caller.limits(), now) else {
        return Ok(());
    };
    settlement.decide_at(now.wall_ms);
    settlement.set_rate_limit_status(report, caller.priority());
    Err(refused(app, caller, &refusal))
}

pub(super) fn check_endpoint(caller: &ApiKeyCaller, operation: &Operation) -> Result<(), ApiError> {
    if caller.key.allows_endpoint(operation.name) {
        Ok(())
    } else {
        Err(ApiError::endpoint_not_allowed(operation.name))
    }
}

pub(super) async fn admit(
    app: &Gateway,
    caller: &ApiKeyCaller,
    operation: &Operation,
    (summary, session): (RequestSummary, Option<u64>),
    settlement: &mut Settlement,
) -> Result<Admission, ApiError> {
    settlement.note_request(&summary);
    check_endpoint(caller, operation)?;
    let Some(model) = app.catalog.load().model(&summary.model).cloned() else {
        settlement.note_requested_model(&summary.model);
        return Err(ApiError::model_not_found(&summary.model));
    };
    let resolved = virtual_model::resolve(&model, caller, operation, (&summary, session));
    let (model, rule) =
        resolved.inspect_err(|_| settlement.note_requested_model(&summary.model))?;
    settlement.note_model(&model);
    settlement.note_rule(rule);
    if *model.id != *summary.model {
        settlement.note_requested_model(&summary.model);
    }
    check_model(caller, operation, &model, &summary.model)?;
    check_token(caller, &model, &summary)?;
    if !caller.key.budgets(&caller.tier).is_empty() {
        let quote_nanos = quote_of(app, caller, operation, (&model, &summary));
        if quote_nanos > 0 {
            // Boxed, so that requests without budgets do not carry the wait.
            Box::pin(budget::hold(app, caller, quote_nanos, settlement)).await?;
        }
    }
    credits::hold(app, caller, operation, (&model, &summary), settlement).await?;
    check_limits(app, caller, &model, &summary, settlement).await?;
    Ok(Admission {
        summary,
        model,
        rule,
    })
}

/// Checks that a caller may use this operation and the model that the request names.
pub(super) fn check_model_of(
    app: &Gateway,
    caller: &ApiKeyCaller,
    operation: &Operation,
    asked: (&RequestSummary, Option<u64>),
) -> Result<(), ApiError> {
    check_endpoint(caller, operation)?;
    let name = &asked.0.model;
    let Some(model) = app.catalog.load().model(name).cloned() else {
        return Err(ApiError::model_not_found(name));
    };
    let (model, _) = virtual_model::resolve(&model, caller, operation, asked)?;
    check_model(caller, operation, &model, name)
}

/// A client token narrows the key further.
pub(super) fn check_token(
    caller: &ApiKeyCaller,
    model: &Model,
    summary: &RequestSummary,
) -> Result<(), ApiError> {
    let Some(token) = &caller.token else {
        return Ok(());
    };
    let output = summary.has_output.then_some(WantedOutput {
        tokens_max: summary.output_tokens_max,
        choices: summary.choices,
    });
    token.check_request(&model.id, output)
}

/// Counts the request against every limit.
async fn check_limits(
    app: &Gateway,
    caller: &ApiKeyCaller,
    model: &Model,
    summary: &RequestSummary,
    settlement: &mut Settlement,
) -> Result<(), ApiError> {
    let limits = caller.limits();
    let tokens = tokens_needed(app, model, summary);
    if let Some(limit) = limits.of_key().tokens_per_minute
        && tokens > limit
    {
        let error = ApiError::tokens_exceed_limit(tokens, limit);
        return Err(error.of_key(caller.key.is_throttled()));
    }
    let now = app.shared.limiter.now();
    settlement.decide_at(now.wall_ms);
    let (decision, report) = decide_request(app, caller, (tokens, now)).await?;
    settlement.set_rate_limit_status(report, caller.priority());
    match decision {
        Ok((grant, permit)) => {
            settlement.admitted(grant, permit);
            Ok(())
        }
        Err(refusal) => Err(refused(app, caller, &refusal)),
    }
}

/// The decision over all limits for a request that may need so many tokens.
pub(super) async fn decide_request(
    app: &Gateway,
    caller: &ApiKeyCaller,
    (tokens, now): (u64, Moment),
) -> Result<Decision, ApiError> {
    let limits = caller.limits();
    let owner = Owner {
        key: caller.key.id(),
        account: caller.key.account_id(),
    };
    let asked = Asked {
        owner,
        limits,
        tokens,
        now,
    };
    match app.shared.limiter.shared_now() {
        // Boxed, so that a server that counts alone does not carry the wait of those that do not.
        Some(shared) if limits.is_any() => Box::pin(decide(app, caller, shared, asked)).await,
        _ => decide_here(app, caller, asked),
    }
}

/// The decision of a server that counts alone.
fn decide_here(
    app: &Gateway,
    caller: &ApiKeyCaller,
    asked: Asked<'_>,
) -> Result<Decision, ApiError> {
    let Asked {
        owner,
        limits,
        tokens,
        now,
    } = asked;
    let decide = || caller.key.counters().admit(owner, limits, tokens, now);
    match &caller.token {
        Some(token) => app.shared.client_token_uses.admit(token, now, decide),
        None => Ok(decide()),
    }
}

/// The decision of all servers. A use of a client token is taken before, and given back if they refuse.
async fn decide(
    app: &Gateway,
    caller: &ApiKeyCaller,
    shared: &SharedLimits,
    asked: Asked<'_>,
) -> Result<Decision, ApiError> {
    let uses = &app.shared.client_token_uses;
    if let Some(token) = &caller.token {
        let taken = || (Ok::<_, Infallible>(()), ());
        let (Ok(()), ()) = uses.admit(token, asked.now, taken)?;
    }
    let decided = shared.admit(caller.key.counters(), asked).await;
    let is_admitted = matches!(&decided, Ok((Ok(_), _)));
    if let (false, Some(token)) = (is_admitted, &caller.token) {
        uses.give_back(token);
    }
    // Not for this key to answer for: the limit may be untouched. Why is in the log once.
    decided.map_err(|Undecided| ApiError::busy())
}

pub(super) fn refused(app: &Gateway, caller: &ApiKeyCaller, refusal: &LimitRefusal) -> ApiError {
    app.metrics.count_limit_hit(refusal.dimension);
    ApiError::rate_limited(refusal.what, refusal.limit, refusal.retry_after_seconds)
        .of_key(caller.key.is_throttled())
}
