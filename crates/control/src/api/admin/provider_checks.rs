//! Checks of a provider: a call for each capability that one of its models has, for operators.

use axum::Json;
use axum::extract::State;
use gateway::catalog::ProviderLookup;
use gateway::error::ApiError;
use gateway::inference::{CheckOutcome, ProviderCheck, check_provider};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::path::PathId;
use crate::auth::Operator;
use crate::state::ControlState;

/// The checks of a provider.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProviderChecksResponse {
    /// True if none failed.
    ok: bool,
    checks: Vec<ProviderCheckResponse>,
}

/// One check of a provider.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProviderCheckResponse {
    /// `models`, `chat`, `stream`, `tools`, `vision` or `embedding`.
    capability: &'static str,
    /// `passed`, `failed` or `skipped`.
    result: &'static str,
    /// The label of the credential, where the provider has several.
    credential: Option<String>,
    /// The model that was asked, and its deployment.
    model: Option<String>,
    deployment_id: Option<String>,
    duration_ms: u64,
    /// The begin of what the model said, or why the check failed or was skipped.
    message: String,
}

/// Asks a provider for its models, and one of its deployments for each capability. The provider charges for it; no
/// customer is charged.
#[utoipa::path(post, path = "/admin/providers/{id}/checks", tag = "admin", operation_id = "check_provider",
    params(("id" = String, Path)), responses((status = 200, body = ProviderChecksResponse)))]
pub(crate) async fn run_provider_checks(
    State(app): State<ControlState>,
    _: Operator,
    PathId(name): PathId,
) -> Result<Json<ProviderChecksResponse>, ApiError> {
    let gateway = &app.gateway;
    let found = gateway
        .catalog
        .sources
        .provider(&app.db, &gateway.master, &name);
    let provider = match found.await.map_err(ApiError::unavailable)? {
        ProviderLookup::Unknown => return Err(ApiError::not_found("provider")),
        ProviderLookup::Misconfigured(mistake) => return Ok(Json(misconfigured(mistake))),
        ProviderLookup::Usable(provider) => provider,
    };
    let catalog = gateway.catalog.load_full();
    let checks = check_provider(&gateway.upstream, &provider, &catalog).await;
    let is_failed = |check: &ProviderCheck| matches!(check.outcome, CheckOutcome::Failed(_));
    Ok(Json(ProviderChecksResponse {
        ok: !checks.iter().any(is_failed),
        checks: checks.iter().map(response).collect(),
    }))
}

/// The response for a provider that cannot be called as it is.
fn misconfigured(mistake: String) -> ProviderChecksResponse {
    ProviderChecksResponse {
        ok: false,
        checks: vec![ProviderCheckResponse {
            capability: "models",
            result: "failed",
            credential: None,
            model: None,
            deployment_id: None,
            duration_ms: 0,
            message: mistake,
        }],
    }
}

fn response(check: &ProviderCheck) -> ProviderCheckResponse {
    let asked = check.asked.as_ref();
    ProviderCheckResponse {
        capability: check.capability,
        result: check.outcome.as_str(),
        credential: check.credential.clone(),
        model: asked.map(|(model, _)| model.to_string()),
        deployment_id: asked.map(|(_, deployment)| deployment.to_string()),
        duration_ms: u64::try_from(check.duration.as_millis()).unwrap_or(u64::MAX),
        message: check.outcome.words().to_owned(),
    }
}
