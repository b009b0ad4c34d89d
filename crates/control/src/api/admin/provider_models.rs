//! The models of a provider, from its own list, with what is known of each: what an operator chooses from.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use bytes::Bytes;
use gateway::api::json_body::JsonBody;
use gateway::catalog::{Definitions, Prices, ProviderLookup, ProviderSpec, Spec, find};
use gateway::error::ApiError;
use serde::Serialize;
use utoipa::ToSchema;

use super::provider_test::ProviderTestResponse;
use super::providers::refused;
use crate::api::path::PathId;
use crate::auth::Operator;
use crate::limit_status::ProbeOutcome;
use crate::model_facts::{ModelFacts, models_of_list};
use crate::state::{Control, ControlState};

/// The models that a provider lists.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProviderModelsResponse {
    /// The provider's response: without one that is `ok` there are no models.
    test: ProviderTestResponse,
    data: Vec<ProviderModelResponse>,
}

/// A model that a provider lists. What neither the provider nor the shipped table says of it is `null` or empty.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProviderModelResponse {
    /// The provider's name of the model.
    id: String,
    display_name: Option<String>,
    model_type: Option<String>,
    context_length: Option<u64>,
    max_output_tokens: Option<u64>,
    capabilities: Vec<String>,
    /// Dollars that the provider takes, by meter, per million tokens; empty if they are unknown.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    cost: Prices,
    /// True if the provider takes more for long prompts than `cost` says.
    is_long_context_dearer: bool,
    /// The number of deployments of this provider that serve it already.
    deployments: usize,
}

/// Asks a provider that is not saved for its models: whether it is there, takes the credential, and what it serves.
#[utoipa::path(post, path = "/admin/provider-models", tag = "admin", operation_id = "find_provider_models",
    request_body = ProviderSpec, responses((status = 200, body = ProviderModelsResponse)))]
pub(crate) async fn find_provider_models(
    State(app): State<ControlState>,
    _: Operator,
    JsonBody(mut spec): JsonBody<ProviderSpec>,
) -> Result<Json<ProviderModelsResponse>, ApiError> {
    spec.normalize().map_err(refused)?;
    spec.validate().map_err(refused)?;
    let found = app.gateway.catalog.sources.configured(&spec);
    let definitions = Definitions::default();
    ask(&app, &spec, found, &definitions).await.map(Json)
}

/// Asks a provider for its models.
#[utoipa::path(get, path = "/admin/providers/{id}/models", tag = "admin", operation_id = "list_provider_models",
    params(("id" = String, Path)), responses((status = 200, body = ProviderModelsResponse)))]
pub(crate) async fn list_provider_models(
    State(app): State<ControlState>,
    _: Operator,
    PathId(name): PathId,
) -> Result<Json<ProviderModelsResponse>, ApiError> {
    let sources = &app.gateway.catalog.sources;
    let definitions = sources.definitions(&app.db, &app.gateway.master).await;
    let definitions = definitions.map_err(ApiError::unavailable)?;
    let known = find(&definitions.providers, &name);
    let spec = &known.ok_or_else(|| ApiError::not_found("provider"))?.spec;
    let found = sources.configured(spec);
    ask(&app, spec, found, &definitions).await.map(Json)
}

async fn ask(
    app: &Control,
    spec: &ProviderSpec,
    found: ProviderLookup,
    definitions: &Definitions,
) -> Result<ProviderModelsResponse, ApiError> {
    let began_at = app.clock.uptime();
    let asked = app.gateway.list_provider_models(found).await;
    let asked = asked.ok_or_else(|| ApiError::not_found("provider"))?;
    let (test, models) = read(app, &spec.kind, asked, began_at);
    let describe = |facts| describe(facts, spec, definitions);
    Ok(ProviderModelsResponse {
        test,
        data: models.into_iter().map(describe).collect(),
    })
}

fn read(
    app: &Control,
    kind: &str,
    (outcome, list): (ProbeOutcome, Option<Bytes>),
    began_at: Duration,
) -> (ProviderTestResponse, Vec<ModelFacts>) {
    let test = ProviderTestResponse::of(app, outcome, began_at);
    match list.and_then(|list| models_of_list(kind, &list)) {
        Some(models) => (test, models),
        None => (test.without_list(), Vec::new()),
    }
}

fn describe(
    facts: ModelFacts,
    provider: &ProviderSpec,
    definitions: &Definitions,
) -> ProviderModelResponse {
    let deployments = definitions
        .deployments
        .iter()
        .filter(|one| one.spec.provider == provider.name && one.spec.upstream_model == facts.id);
    ProviderModelResponse {
        deployments: deployments.count(),
        id: facts.id,
        display_name: facts.display_name,
        model_type: facts.model_type,
        context_length: facts.context_length,
        max_output_tokens: facts.max_output_tokens,
        capabilities: facts.capabilities,
        cost: facts.cost,
        is_long_context_dearer: facts.is_long_context_dearer,
    }
}
