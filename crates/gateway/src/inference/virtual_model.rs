//! Virtual models: a request for one is a request for the model that its rules name.

use std::sync::Arc;

use llm::{Operation, RequestSummary};

use super::rights::check_model;
use crate::auth::ApiKeyCaller;
use crate::catalog::Model;
use crate::error::ApiError;
use crate::routing::{RouteReason, RuleFacts, mix};

/// The model that serves a request, and the reason if a rule named it.
pub(super) type Resolved = (Arc<Model>, Option<RouteReason>);

/// The model itself, or of a virtual one the model to which it leads this request.
///
/// # Errors
/// If the tier does not reach the virtual model, or no rule takes the request for a model that the caller may use.
pub(super) fn resolve(
    model: &Arc<Model>,
    caller: &ApiKeyCaller,
    operation: &Operation,
    (summary, session): (&RequestSummary, Option<u64>),
) -> Result<Resolved, ApiError> {
    if !model.is_virtual() {
        return Ok((Arc::clone(model), None));
    }
    let name = &*summary.model;
    check_model(caller, operation, model, name)?;
    let facts = RuleFacts {
        needs: summary.needs,
        input_tokens: summary.input_tokens_estimate,
        tier: &caller.tier.id,
        spread: session.unwrap_or_else(|| mix(model.round_robin.next_round())),
    };
    let may_use = |model: &Model| check_model(caller, operation, model, name).is_ok();
    let Some((found, reason)) = model.route(&facts, may_use) else {
        let reasons = "none of its rules takes it for a model that this key may use";
        return Err(ApiError::no_matching_deployment(name, reasons));
    };
    Ok((Arc::clone(found), Some(reason)))
}
