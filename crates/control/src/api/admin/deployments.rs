//! Deployments, for operators: which provider serves which model, and how it goes.

use axum::Json;
use axum::extract::State;
use gateway::api::json_body::JsonBody;
use gateway::catalog::{Defined, Definitions, DeploymentSpec, Origin, find};
use gateway::error::ApiError;
use gateway::routing::{Candidate, Ejection};
use http::StatusCode;
use serde::Serialize;
use store::DeploymentId;
use store::sealed::MasterKey;
use utoipa::ToSchema;

use crate::api::change::Change;
use crate::api::pagination::Page;
use crate::api::path::PathId;
use crate::api::request_shapes::{AttemptCauseResponse, Opener};
use crate::api::time::Time;
use crate::auth::Operator;
use crate::limit_status::DeploymentState;
use crate::state::{Control, ControlState};

/// A deployment.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeploymentResponse {
    id: String,
    #[serde(flatten)]
    spec: DeploymentSpec,
    /// `file`, `database` or `sandbox`; only those of the database can be edited here.
    #[schema(value_type = crate::api::document_words::Origin)]
    origin: &'static str,
    health: HealthResponse,
    /// The state of each credential, where the provider has several; else empty. Also empty for a deployment that is
    /// paused.
    credential_states: Vec<CredentialStateResponse>,
}

/// The state of one of several credentials at a deployment, as this server stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CredentialStateResponse {
    label: String,
    /// `closed`, `half_open` or `open`.
    breaker: &'static str,
    /// The reason why the breaker is not closed: `failing`, `credential_refused`, `quota_exhausted` or `model_unknown`.
    reason: Option<&'static str>,
    /// Until a probe is let through.
    open_for_ms: i64,
    /// Until the time that the provider asked to be left alone is over.
    cooling_for_ms: i64,
    running: u32,
    /// The learned limit on requests at the same time; `null` while none was refused.
    limit: Option<u32>,
}

impl CredentialStateResponse {
    /// The states of the credentials of a deployment.
    fn all_of(app: &Control, deployment: &Defined<DeploymentSpec>) -> Vec<Self> {
        let catalog = app.gateway.catalog.load();
        let Some(model) = catalog.model(&deployment.spec.model) else {
            return Vec::new();
        };
        let candidates = model.candidates(0, |one| *one.id == *deployment.id);
        candidates.iter().filter_map(Self::of).collect()
    }

    fn of(candidate: &Candidate) -> Option<Self> {
        let status = &candidate.status;
        Some(Self {
            label: candidate.deployment.provider.credential_label()?.to_owned(),
            breaker: status.breaker.as_str(),
            reason: status.why.map(Ejection::as_str),
            open_for_ms: status.open_for_ms,
            cooling_for_ms: status.cooling_for_ms,
            running: status.running,
            limit: status.limit,
        })
    }
}

/// The health of a deployment: attempts since this server started.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HealthResponse {
    /// `idle` (nothing was tried), `healthy` or `failing` (the last attempt failed).
    #[schema(value_type = crate::api::document_words::HealthState)]
    state: &'static str,
    requests: u64,
    errors: u64,
    in_flight: u64,
    duration_ms_avg: Option<u64>,
    /// `timeout`, `overloaded`, `unauthorized`, …
    last_error: Option<&'static str>,
    last_error_at: Option<Time>,
    /// The cause of the last failure.
    last_error_cause: Option<AttemptCauseResponse>,
    /// The request that met it, by which its receipt is found.
    last_error_request_id: Option<String>,
    last_success_at: Option<Time>,
}

impl HealthResponse {
    fn of(health: &DeploymentState, master: &MasterKey) -> Self {
        let last = health.last_failure.as_deref();
        Self {
            state: match health.is_failing {
                None => "idle",
                Some(false) => "healthy",
                Some(true) => "failing",
            },
            requests: health.calls,
            errors: health.failed,
            in_flight: health.in_flight,
            duration_ms_avg: health
                .duration_average
                .map(|average| u64::try_from(average.as_millis()).unwrap_or(u64::MAX)),
            last_error: health.last_error.map(|(_, how)| how),
            last_error_at: health.last_error.map(|(at_ms, _)| Time(at_ms)),
            last_error_cause: last.and_then(|last| {
                let request = &last.request_id;
                AttemptCauseResponse::of(&last.attempt, Opener { master, request })
            }),
            last_error_request_id: last.map(|last| last.request_id.to_string()),
            last_success_at: health.last_success_at_ms.map(Time),
        }
    }
}

/// The deployments, by model.
#[utoipa::path(get, path = "/admin/deployments", tag = "admin", operation_id = "list_deployments",
    responses((status = 200, body = Page<DeploymentResponse>)))]
pub(crate) async fn list_deployments(
    State(app): State<ControlState>,
    _: Operator,
) -> Result<Json<Page<DeploymentResponse>>, ApiError> {
    let mut deployments = definitions(&app).await?.deployments;
    deployments.sort_by(|left, right| left.spec.identity().cmp(&right.spec.identity()));
    let described = deployments.iter().map(|one| describe(&app, one));
    Ok(Json(Page::whole(described.collect())))
}

/// Lets a provider serve a model.
#[utoipa::path(post, path = "/admin/deployments", tag = "admin", operation_id = "create_deployment",
    request_body = DeploymentSpec, responses((status = 201, body = DeploymentResponse)))]
pub(crate) async fn create_deployment(
    State(app): State<ControlState>,
    operator: Operator,
    JsonBody(mut spec): JsonBody<DeploymentSpec>,
) -> Result<(StatusCode, Json<DeploymentResponse>), ApiError> {
    spec.normalize();
    let deployment = Defined {
        id: DeploymentId::generate().to_string(),
        origin: Origin::Database,
        spec,
    };
    let described = describe(&app, &deployment);
    let commands = app.commands(operator.actor());
    let edit = commands.begin_edit().await?;
    commands.put_deployment(edit, deployment, true).await?;
    Ok((StatusCode::CREATED, Json(described)))
}

/// Changes a deployment. It serves the model that it serves, by the provider that it has.
#[utoipa::path(patch, path = "/admin/deployments/{id}", tag = "admin", operation_id = "edit_deployment",
    params(("id" = String, Path)), request_body = Change<DeploymentSpec>,
    responses((status = 200, body = DeploymentResponse)))]
pub(crate) async fn edit_deployment(
    State(app): State<ControlState>,
    operator: Operator,
    PathId(id): PathId,
    JsonBody(change): JsonBody<Change<DeploymentSpec>>,
) -> Result<Json<DeploymentResponse>, ApiError> {
    let commands = app.commands(operator.actor());
    let edit = commands.begin_edit().await?;
    let definitions = definitions(&app).await?;
    let known = find(&definitions.deployments, &id);
    let known = known.ok_or_else(|| ApiError::not_found("deployment"))?;
    let mut spec = change.apply_to(&known.spec)?;
    spec.normalize();
    for (field, is_moved) in [
        ("model", spec.model != known.spec.model),
        ("provider", spec.provider != known.spec.provider),
    ] {
        if is_moved {
            let message = "A deployment keeps its model and provider; add another one.";
            return Err(ApiError::invalid_field(field, message));
        }
    }
    let deployment = Defined {
        spec,
        ..known.clone()
    };
    let described = describe(&app, &deployment);
    commands.put_deployment(edit, deployment, false).await?;
    Ok(Json(described))
}

/// Removes a deployment.
#[utoipa::path(delete, path = "/admin/deployments/{id}", tag = "admin", operation_id = "delete_deployment",
    params(("id" = String, Path)), responses((status = 204)))]
pub(crate) async fn delete_deployment(
    State(app): State<ControlState>,
    operator: Operator,
    PathId(id): PathId,
) -> Result<StatusCode, ApiError> {
    let commands = app.commands(operator.actor());
    commands.delete_deployment(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn definitions(app: &Control) -> Result<Definitions, ApiError> {
    let definitions = app
        .gateway
        .catalog
        .sources
        .definitions(&app.db, &app.gateway.master)
        .await;
    definitions.map_err(ApiError::unavailable)
}

pub(super) fn describe(app: &Control, deployment: &Defined<DeploymentSpec>) -> DeploymentResponse {
    DeploymentResponse {
        id: deployment.id.clone(),
        spec: deployment.spec.clone(),
        origin: deployment.origin.as_str(),
        health: HealthResponse::of(
            &app.gateway.shared.health.state(&deployment.id),
            &app.gateway.master,
        ),
        credential_states: CredentialStateResponse::all_of(app, deployment),
    }
}
