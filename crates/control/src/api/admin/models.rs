//! Models, for operators.

use axum::Json;
use axum::extract::State;
use gateway::api::json_body::JsonBody;
use gateway::catalog::{Defined, Definitions, ModelSpec, Origin, find};
use gateway::error::ApiError;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::change::Change;
use crate::api::pagination::{Page, PageQuery, PageRequest};
use crate::api::path::PathId;
use crate::api::time::Time;
use crate::auth::Operator;
use crate::state::{Control, ControlState};

/// A model, as operators see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OperatorModelResponse {
    #[serde(flatten)]
    spec: ModelSpec,
    created_at: Time,
    /// `file`, `database` or `sandbox`; only those of the database can be edited here.
    #[schema(value_type = crate::api::document_words::Origin)]
    origin: &'static str,
    /// The number of its deployments.
    deployments: usize,
    /// The number of those that are paused.
    deployments_paused: usize,
}

/// The models, by id.
#[utoipa::path(get, path = "/admin/models", tag = "admin", operation_id = "list_operator_models",
    params(PageQuery), responses((status = 200, body = Page<OperatorModelResponse>)))]
pub(crate) async fn list_models(
    State(app): State<ControlState>,
    _: Operator,
    page: PageRequest,
) -> Result<Json<Page<OperatorModelResponse>>, ApiError> {
    let mut definitions = definitions(&app).await?;
    definitions
        .models
        .sort_by(|left, right| left.id.cmp(&right.id));
    let after = page.after.as_deref().unwrap_or_default();
    let rows = definitions
        .models
        .iter()
        .filter(|model| model.id.as_str() > after)
        .take(usize::try_from(page.rows()).unwrap_or(usize::MAX))
        .map(|model| describe(model, &definitions));
    Ok(Json(Page::of(
        rows.collect(),
        &page,
        |model: &OperatorModelResponse| model.spec.id.clone(),
        |model| model,
    )))
}

/// Adds a model.
#[utoipa::path(post, path = "/admin/models", tag = "admin", operation_id = "create_model",
    request_body = ModelSpec, responses((status = 201, body = OperatorModelResponse)))]
pub(crate) async fn create_model(
    State(app): State<ControlState>,
    operator: Operator,
    JsonBody(spec): JsonBody<ModelSpec>,
) -> Result<(StatusCode, Json<OperatorModelResponse>), ApiError> {
    let id = spec.id.clone();
    let commands = app.commands(operator.actor());
    let edit = commands.begin_edit().await?;
    let model = defined(&app, spec);
    commands.put_model(edit, model, true).await?;
    Ok((StatusCode::CREATED, Json(read(&app, &id).await?)))
}

/// Changes a model; its deployments stay.
#[utoipa::path(patch, path = "/admin/models/{*id}", tag = "admin", operation_id = "edit_model",
    params(("*id" = String, Path)), request_body = Change<ModelSpec>,
    responses((status = 200, body = OperatorModelResponse)))]
pub(crate) async fn edit_model(
    State(app): State<ControlState>,
    operator: Operator,
    PathId(id): PathId,
    JsonBody(change): JsonBody<Change<ModelSpec>>,
) -> Result<Json<OperatorModelResponse>, ApiError> {
    let commands = app.commands(operator.actor());
    let edit = commands.begin_edit().await?;
    let definitions = definitions(&app).await?;
    let known = find(&definitions.models, &id).ok_or_else(|| ApiError::not_found("model"))?;
    let spec = change.apply_to(&known.spec)?;
    if spec.id != id {
        let message = "The id of a model cannot be changed; give it an alias.";
        return Err(ApiError::invalid_field("id", message));
    }
    let model = defined(&app, spec);
    commands.put_model(edit, model, false).await?;
    Ok(Json(read(&app, &id).await?))
}

fn defined(app: &Control, mut spec: ModelSpec) -> Defined<ModelSpec> {
    spec.normalize(app.clock.now_ms().max(0).unsigned_abs() / 1_000);
    Defined::model(Origin::Database, spec)
}

/// Removes a model with its deployments.
#[utoipa::path(delete, path = "/admin/models/{*id}", tag = "admin", operation_id = "delete_model",
    params(("*id" = String, Path)), responses((status = 204)))]
pub(crate) async fn delete_model(
    State(app): State<ControlState>,
    operator: Operator,
    PathId(id): PathId,
) -> Result<StatusCode, ApiError> {
    app.commands(operator.actor()).delete_model(&id).await?;
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

async fn read(app: &Control, id: &str) -> Result<OperatorModelResponse, ApiError> {
    let definitions = definitions(app).await?;
    find(&definitions.models, id)
        .map(|model| describe(model, &definitions))
        .ok_or_else(|| ApiError::not_found("model"))
}

pub(super) fn describe(
    model: &Defined<ModelSpec>,
    definitions: &Definitions,
) -> OperatorModelResponse {
    let deployments = definitions.deployments.iter();
    let deployments: Vec<_> = deployments
        .filter(|one| one.spec.model == model.id)
        .collect();
    OperatorModelResponse {
        spec: model.spec.clone(),
        created_at: Time(model.spec.created_at_ms()),
        origin: model.origin.as_str(),
        deployments: deployments.len(),
        deployments_paused: deployments.iter().filter(|one| one.spec.paused).count(),
    }
}
