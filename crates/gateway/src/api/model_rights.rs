//! The models that a key may see.

use llm::Operations;

use crate::auth::ApiKeyCaller;
use crate::catalog::Model;

/// Matches the model against the restrictions of the key: one of its names, and an operation that it can do, must be
/// allowed.
pub(super) fn is_within_restrictions(
    model: &Model,
    caller: &ApiKeyCaller,
    operations: Operations,
) -> bool {
    let mut names = model.spec.aliases.iter();
    let is_named = caller.key.allows_model(&model.id, &model.id)
        || names.any(|alias| caller.key.allows_model(&model.id, alias));
    let model_type = model.spec.model_type;
    let mut served = operations
        .iter()
        .filter(|operation| operation.is_done_by(model_type))
        .peekable();
    let is_served = served.peek().is_none()
        || served.any(|operation| caller.key.allows_endpoint(operation.name));
    is_named && is_served
}
