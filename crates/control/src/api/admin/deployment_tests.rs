//! Sending a test request by a deployment, for operators.

use axum::Json;
use axum::extract::State;
use gateway::catalog::DeploymentLookup;
use gateway::error::ApiError;
use gateway::inference::{TrialError, TrialResponse, try_each};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::path::PathId;
use crate::auth::Operator;
use crate::state::ControlState;

/// A deployment's response to a test request.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeploymentTestResponse {
    /// True if the model responded.
    ok: bool,
    duration_ms: u64,
    /// The reason why it did not, in the provider's words where it has some; `null` if it did.
    message: Option<String>,
    /// The begin of what the model said; `null` where that is no text.
    reply: Option<String>,
    input_tokens: Option<u64>,
    output_tokens: Option<u64>,
}

/// Sends a small request by a deployment, paused or not; of several credentials by each. The provider charges for it; no customer is charged.
#[utoipa::path(post, path = "/admin/deployments/{id}/test", tag = "admin", operation_id = "test_deployment",
    params(("id" = String, Path)), responses((status = 200, body = DeploymentTestResponse)))]
pub(crate) async fn test_deployment(
    State(app): State<ControlState>,
    _: Operator,
    PathId(id): PathId,
) -> Result<Json<DeploymentTestResponse>, ApiError> {
    let began_at = app.clock.uptime();
    let gateway = &app.gateway;
    let health = &gateway.shared.health;
    let found = gateway
        .catalog
        .sources
        .deployment(&app.db, &gateway.master, health, &id);
    let outcome = match found.await.map_err(ApiError::unavailable)? {
        DeploymentLookup::Unknown => return Err(ApiError::not_found("deployment")),
        DeploymentLookup::Misconfigured(mistake) => Err(mistake),
        DeploymentLookup::Usable(deployments) => {
            let tried = try_each(&gateway.upstream, &deployments).await;
            tried.map_err(|(label, error)| match label {
                Some(label) => format!("The credential {label:?}: {}", in_words(&error)),
                None => in_words(&error),
            })
        }
    };
    let duration = app.clock.uptime().saturating_sub(began_at);
    let (response, message) = match outcome {
        Ok(response) => (Some(response), None),
        Err(message) => (None, Some(message)),
    };
    let ok = response.is_some();
    let TrialResponse {
        reply,
        input_tokens,
        output_tokens,
    } = response.unwrap_or_default();
    Ok(Json(DeploymentTestResponse {
        ok,
        duration_ms: u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
        message,
        reply: Some(reply).filter(|reply| !reply.is_empty()),
        input_tokens,
        output_tokens,
    }))
}

fn in_words(error: &TrialError) -> String {
    match error {
        TrialError::Untestable => {
            "There is no test request for models of this type yet; call it with a client."
                .to_owned()
        }
        TrialError::Upstream(_) | TrialError::Missing(_) => error.to_string(),
    }
}
