//! `GET /v1/models` and `GET /v1/models/{id}`.

use axum::Json;
use axum::extract::{Path, Query, State};
use llm::Operations;
use serde::{Deserialize, Serialize};

use crate::auth::ApiKeyCaller;
use crate::catalog::{Model, Price};
use crate::error::ApiError;
use crate::state::GatewayState;

/// The filters of the list.
#[derive(Debug, Deserialize)]
pub struct ListModelsQuery {
    provider: Option<String>,
    #[serde(rename = "type")]
    model_type: Option<String>,
    capability: Option<String>,
    /// Includes models outside the restrictions of the key.
    all: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct ModelListResponse {
    object: &'static str,
    data: Vec<ModelResponse>,
}

#[derive(Debug, Serialize)]
pub struct ModelResponse {
    id: String,
    object: &'static str,
    created: i64,
    owned_by: String,
    provider: String,
    model_type: String,
    display_name: String,
    context_length: Option<u64>,
    max_output_tokens: Option<u64>,
    capabilities: Vec<String>,
    input_price: Price,
    output_price: Price,
    pricing_unit: &'static str,
    min_tier: String,
    aliases: Vec<String>,
    /// Whether the calling key may use it now.
    available: bool,
}

pub async fn list_models(
    State(app): State<GatewayState>,
    caller: ApiKeyCaller,
    query: Result<Query<ListModelsQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<ModelListResponse>, ApiError> {
    let expected = "a query of provider, type, capability and all";
    let Query(query) = query.map_err(|_| ApiError::invalid_query("query", expected))?;
    let shows_all = query.shows_all()?;
    let catalog = app.catalog.load();
    let data = catalog
        .public_models()
        .filter(|model| shows_all || is_within_restrictions(model, &caller, app.operations))
        .filter(|model| query.matches(model))
        .map(|model| describe(model, &caller, app.operations));
    Ok(Json(ModelListResponse {
        object: "list",
        data: data.collect(),
    }))
}

pub async fn get_model(
    State(app): State<GatewayState>,
    caller: ApiKeyCaller,
    id: Result<Path<String>, axum::extract::rejection::PathRejection>,
) -> Result<Json<ModelResponse>, ApiError> {
    // What is not UTF-8 is the id of no model.
    let Path(id) = id.map_err(|_| ApiError::model_not_found("\u{fffd}"))?;
    let catalog = app.catalog.load();
    let model = catalog
        .model(&id)
        .filter(|model| model.definition.is_public);
    model
        .map(|model| Json(describe(model, &caller, app.operations)))
        .ok_or_else(|| ApiError::model_not_found(&id))
}

impl ListModelsQuery {
    fn shows_all(&self) -> Result<bool, ApiError> {
        match self.all.as_deref() {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1" | "") => Ok(true),
            Some(_) => Err(ApiError::invalid_query("all", "true or false")),
        }
    }

    fn matches(&self, model: &Model) -> bool {
        let definition = &model.definition;
        self.provider
            .as_ref()
            .is_none_or(|name| provider_of(model) == name || definition.owned_by == *name)
            && self
                .model_type
                .as_ref()
                .is_none_or(|model_type| definition.model_type == *model_type)
            && self
                .capability
                .as_ref()
                .is_none_or(|capability| definition.capabilities.contains(capability))
    }
}

fn describe(model: &Model, caller: &ApiKeyCaller, operations: Operations) -> ModelResponse {
    let definition = &model.definition;
    ModelResponse {
        id: definition.id.clone(),
        object: "model",
        created: definition.created_at_ms / 1_000,
        owned_by: definition.owned_by.clone(),
        provider: provider_of(model).to_owned(),
        model_type: definition.model_type.clone(),
        display_name: definition.display_name.clone(),
        context_length: definition.context_length,
        max_output_tokens: definition.max_output_tokens,
        capabilities: definition.capabilities.clone(),
        input_price: definition.input_price,
        output_price: definition.output_price,
        pricing_unit: definition.pricing_unit.as_str(),
        min_tier: definition.min_tier.clone(),
        aliases: definition.aliases.clone(),
        available: is_available(model, caller, operations),
    }
}

/// Who serves the model first; its owner while nobody does.
fn provider_of(model: &Model) -> &str {
    model
        .deployments()
        .first()
        .map_or(&model.definition.owned_by, |deployment| {
            &deployment.provider.name
        })
}

fn is_available(model: &Model, caller: &ApiKeyCaller, operations: Operations) -> bool {
    let has_deployment = if caller.key.is_test() {
        model.serves_test_keys()
    } else {
        !model.deployments().is_empty()
    };
    has_deployment
        && model.is_reached_by(&caller.tier)
        && is_within_restrictions(model, caller, operations)
}

/// Matches the model against the restrictions of the key: one of its names, and an operation that it can do, must be
/// allowed.
fn is_within_restrictions(model: &Model, caller: &ApiKeyCaller, operations: Operations) -> bool {
    let mut names = model.definition.aliases.iter();
    let is_named = caller.key.allows_model(&model.id, &model.id)
        || names.any(|alias| caller.key.allows_model(&model.id, alias));
    let model_type = &model.definition.model_type;
    let mut served = operations
        .iter()
        .filter(|operation| operation.is_done_by(model_type))
        .peekable();
    let is_served = served.peek().is_none()
        || served.any(|operation| caller.key.allows_endpoint(operation.name));
    is_named && is_served
}
