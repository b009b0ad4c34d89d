//! A look at a request before it is sent: the model that it asks, and the most that it may cost.

use bytes::Bytes;
use store::tiers::CreditsMode;

use super::admit::check_endpoint;
use super::quote::quote_of;
use super::rights::check_model;
use super::{Surface, hints, virtual_model};
use crate::auth::ApiKeyCaller;
use crate::error::ApiError;
use crate::state::Gateway;

/// The facts of a request that was not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookAhead {
    /// The name that it asks for.
    pub model: String,
    pub is_streamed: bool,
    /// The most that it may cost, in nano-dollars.
    pub quote_nanos: u64,
}

/// Looks at a request: nothing is counted, held or sent.
///
/// # Errors
/// If the body is no request, or the caller may not ask this model.
pub fn look_ahead(
    app: &Gateway,
    caller: &ApiKeyCaller,
    surface: Surface,
    body: &Bytes,
) -> Result<LookAhead, ApiError> {
    let Surface {
        operation, client, ..
    } = surface;
    let asked = hints::take_ask(operation, body)?;
    let body = asked
        .as_ref()
        .and_then(|(_, rest)| rest.as_ref())
        .unwrap_or(body);
    let summary = match client.scan(operation, body) {
        Ok(summary) => summary,
        Err(error) => match client.adopt(operation, body) {
            Some(adopted) => client.scan(operation, &adopted?.body)?,
            None => return Err(error.into()),
        },
    };
    check_endpoint(caller, operation)?;
    let found = app.catalog.load().model(&summary.model).cloned();
    let model = found.ok_or_else(|| ApiError::model_not_found(&summary.model))?;
    let (model, _) = virtual_model::resolve(&model, caller, operation, (&summary, None))?;
    check_model(caller, operation, &model, &summary.model)?;
    Ok(LookAhead {
        is_streamed: summary.is_streamed,
        quote_nanos: quote_of(app, caller, operation, (&model, &summary)),
        model: summary.model,
    })
}

/// True if the account of a caller has to have the credits for what it asks.
pub fn pays_in_advance(app: &Gateway, caller: &ApiKeyCaller) -> bool {
    caller.tier.credits.unwrap_or(app.config.credits.mode) != CreditsMode::Off
}
