//! Rights of a caller to a model, at every endpoint.

use llm::Operation;

use crate::auth::ApiKeyCaller;
use crate::catalog::Model;
use crate::error::ApiError;

/// Checks that a caller may use this operation of the model, under the name by which it was asked for.
pub(super) fn check_model(
    caller: &ApiKeyCaller,
    operation: &Operation,
    model: &Model,
    name: &str,
) -> Result<(), ApiError> {
    let model_type = model.spec.model_type;
    if !operation.is_done_by(model_type) {
        return Err(ApiError::model_of_another_type(name, model_type));
    }
    check_rights(caller, model, name)
}

/// Checks that a caller may use this model, at every endpoint.
///
/// # Errors
/// If the key is restricted, is for tests, or its tier is too low.
pub fn check_rights(caller: &ApiKeyCaller, model: &Model, name: &str) -> Result<(), ApiError> {
    if !caller.key.allows_model(&model.id, name) {
        return Err(ApiError::model_not_allowed(name));
    }
    if caller.key.is_test() && !model.serves_test_keys() {
        return Err(ApiError::model_not_for_test_keys(name));
    }
    if !model.is_reached_by(&caller.tier) {
        return Err(ApiError::model_tier_restricted(
            name,
            &model.spec.min_tier,
            &caller.tier.id,
        ));
    }
    Ok(())
}
