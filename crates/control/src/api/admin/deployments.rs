//! Deployments, for operators: which provider serves which model, and how it goes.

use axum::Json;
use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gateway::api::json_body::JsonBody;
use gateway::catalog::{Definitions, DeploymentDefinition, Origin};
use gateway::error::ApiError;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::pagination::Page;
use crate::api::path::PathId;
use crate::api::time::Time;
use crate::auth::Operator;
use crate::standing::DeploymentState;
use crate::state::{Control, ControlState};

/// A deployment to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateDeploymentRequest {
    /// The id of a model.
    #[schema(max_length = 200)]
    model: String,
    /// The name of a provider.
    #[schema(max_length = 60)]
    provider: String,
    /// What the provider calls the model.
    #[schema(max_length = 200)]
    upstream_model: String,
    /// Its share of the requests; 0 is used when all others failed.
    weight: u64,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditDeploymentRequest {
    weight: u64,
}

/// A deployment.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeploymentResponse {
    id: String,
    model: String,
    provider: String,
    upstream_model: String,
    weight: u64,
    /// `file`, `database` or `sandbox`; only those of the database can be edited here.
    #[schema(value_type = crate::api::document_words::Origin)]
    origin: &'static str,
    health: HealthResponse,
}

/// How attempts went since this server started.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthResponse {
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
    last_success_at: Option<Time>,
}

impl HealthResponse {
    fn of(health: &DeploymentState) -> Self {
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
            last_success_at: health.last_success_at_ms.map(Time),
        }
    }
}

/// The deployments, by model.
#[utoipa::path(get, path = "/admin/deployments", tag = "admin", operation_id = "list_deployments",
    responses((status = 200, body = Page<DeploymentResponse>)))]
pub async fn list_deployments(
    State(app): State<ControlState>,
    _: Operator,
) -> Result<Json<Page<DeploymentResponse>>, ApiError> {
    let mut deployments = definitions(&app).await?.deployments;
    deployments.sort_by(|left, right| key_of(left).cmp(&key_of(right)));
    let described = deployments.iter().map(|one| describe(&app, one));
    Ok(Json(Page::whole(described.collect())))
}

/// Lets a provider serve a model.
#[utoipa::path(post, path = "/admin/deployments", tag = "admin", operation_id = "create_deployment",
    request_body = CreateDeploymentRequest, responses((status = 201, body = DeploymentResponse)))]
pub async fn create_deployment(
    State(app): State<ControlState>,
    operator: Operator,
    JsonBody(body): JsonBody<CreateDeploymentRequest>,
) -> Result<(StatusCode, Json<DeploymentResponse>), ApiError> {
    if body.upstream_model.is_empty() || body.upstream_model.len() > UPSTREAM_MODEL_BYTES_MAX {
        let message = "The provider's name of the model has 1 to 200 bytes.";
        return Err(ApiError::invalid_field("upstream_model", message));
    }
    let deployment = DeploymentDefinition {
        origin: Origin::Database,
        model: body.model,
        provider: body.provider,
        upstream_model: body.upstream_model,
        weight: body.weight,
    };
    let described = describe(&app, &deployment);
    let changes = app.changes(operator.actor());
    changes.put_deployment(deployment, true).await?;
    Ok((StatusCode::CREATED, Json(described)))
}

/// Gives a deployment another weight.
#[utoipa::path(patch, path = "/admin/deployments/{id}", tag = "admin", operation_id = "edit_deployment",
    params(("id" = String, Path)), request_body = EditDeploymentRequest,
    responses((status = 200, body = DeploymentResponse)))]
pub async fn edit_deployment(
    State(app): State<ControlState>,
    operator: Operator,
    PathId(id): PathId,
    JsonBody(body): JsonBody<EditDeploymentRequest>,
) -> Result<Json<DeploymentResponse>, ApiError> {
    let mut deployment = named(&id)?;
    deployment.weight = body.weight;
    let described = describe(&app, &deployment);
    let changes = app.changes(operator.actor());
    changes.put_deployment(deployment, false).await?;
    Ok(Json(described))
}

/// Removes a deployment.
#[utoipa::path(delete, path = "/admin/deployments/{id}", tag = "admin", operation_id = "delete_deployment",
    params(("id" = String, Path)), responses((status = 204)))]
pub async fn delete_deployment(
    State(app): State<ControlState>,
    operator: Operator,
    PathId(id): PathId,
) -> Result<StatusCode, ApiError> {
    let changes = app.changes(operator.actor());
    changes.delete_deployment(&named(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

const UPSTREAM_MODEL_BYTES_MAX: usize = 200;

type Key<'a> = (&'a str, &'a str, &'a str);

fn key_of(deployment: &DeploymentDefinition) -> Key<'_> {
    (
        &deployment.model,
        &deployment.provider,
        &deployment.upstream_model,
    )
}

/// A deployment is named by what it joins.
fn id_of(key: Key<'_>) -> String {
    URL_SAFE_NO_PAD.encode([key.0, key.1, key.2].join("\n"))
}

fn named(id: &str) -> Result<DeploymentDefinition, ApiError> {
    let nothing = || ApiError::not_found("deployment");
    let bytes = URL_SAFE_NO_PAD.decode(id).map_err(|_| nothing())?;
    let text = String::from_utf8(bytes).map_err(|_| nothing())?;
    let mut parts = text.split('\n').map(str::to_owned);
    let mut part = || parts.next().ok_or_else(nothing);
    Ok(DeploymentDefinition {
        origin: Origin::Database,
        model: part()?,
        provider: part()?,
        upstream_model: part()?,
        weight: 0,
    })
}

async fn definitions(app: &Control) -> Result<Definitions, ApiError> {
    let definitions = app
        .gateway
        .sources
        .definitions(&app.db, &app.gateway.master)
        .await;
    definitions.map_err(ApiError::unavailable)
}

fn describe(app: &Control, deployment: &DeploymentDefinition) -> DeploymentResponse {
    let (model, provider, upstream_model) = key_of(deployment);
    let key = (
        model.to_owned(),
        provider.to_owned(),
        upstream_model.to_owned(),
    );
    let health = HealthResponse::of(&app.gateway.health.state(&key));
    DeploymentResponse {
        id: id_of(key_of(deployment)),
        model: deployment.model.clone(),
        provider: deployment.provider.clone(),
        upstream_model: deployment.upstream_model.clone(),
        weight: deployment.weight,
        origin: deployment.origin.as_str(),
        health,
    }
}
