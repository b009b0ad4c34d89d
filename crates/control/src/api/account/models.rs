//! The catalogue, as an account sees it.

use axum::Json;
use axum::extract::State;
use gateway::catalog::{Model, PublicModel};
use gateway::error::ApiError;
use serde::{Deserialize, Serialize};
use store::tiers::Tier;
use utoipa::ToSchema;

use crate::api::pagination::{Page, PageQuery, PageRequest};
use crate::api::path::PathId;
use crate::api::query::QueryOf;
use crate::auth::{AccountCaller, Viewer};
use crate::state::{Control, ControlState};

/// Which models are asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListModelsQuery {
    /// A part of the id, of the name or of an alias.
    query: Option<String>,
    /// `chat`, `embedding`, …
    #[serde(rename = "type")]
    model_type: Option<String>,
    capability: Option<String>,
    provider: Option<String>,
}

/// A model, with what it costs and whether the account may use it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccountModelResponse)]
pub(crate) struct ModelResponse {
    #[serde(flatten)]
    model: PublicModel,
    input_price_nanos: u64,
    output_price_nanos: u64,
    /// The providers that serve it.
    providers: Vec<String>,
    serves_test_keys: bool,
    is_available: bool,
    /// `tier` or `no_deployment`.
    #[schema(value_type = Option<crate::api::document_words::UnavailableReason>)]
    unavailable_reason: Option<&'static str>,
    /// True if the last request to each of its deployments failed in this server.
    is_failing: bool,
}

/// The public models, by id.
#[utoipa::path(get, path = "/accounts/{account_id}/models", tag = "models", operation_id = "list_account_models",
    params(("account_id" = String, Path), PageQuery, ListModelsQuery),
    responses((status = 200, body = Page<ModelResponse>)))]
pub(crate) async fn list_models(
    State(app): State<ControlState>,
    caller: AccountCaller<Viewer>,
    page: PageRequest,
    QueryOf(query): QueryOf<ListModelsQuery>,
) -> Result<Json<Page<ModelResponse>>, ApiError> {
    let catalog = app.gateway.catalog.load();
    let tier = tier_of(&app, &caller)?;
    let after = page.after.as_deref().unwrap_or_default();
    let rows = catalog
        .public_models()
        .filter(|model| &*model.id > after && query.matches(model))
        .take(usize::try_from(page.rows()).unwrap_or(usize::MAX));
    let rows = rows.map(|model| describe(model, &tier)).collect();
    Ok(Json(Page::of(
        rows,
        &page,
        |model| model.model.id.clone(),
        |model| model,
    )))
}

/// One public model, by id or alias; ids may contain slashes.
#[utoipa::path(get, path = "/accounts/{account_id}/models/{*id}", tag = "models", operation_id = "get_account_model",
    params(("account_id" = String, Path), ("*id" = String, Path)),
    responses((status = 200, body = ModelResponse)))]
pub(crate) async fn get_model(
    State(app): State<ControlState>,
    caller: AccountCaller<Viewer>,
    PathId(id): PathId,
) -> Result<Json<ModelResponse>, ApiError> {
    let catalog = app.gateway.catalog.load();
    let model = catalog
        .model(&id)
        .filter(|model| model.spec.is_public)
        .ok_or_else(|| ApiError::not_found("model"))?;
    Ok(Json(describe(model, &*tier_of(&app, &caller)?)))
}

fn tier_of<R>(app: &Control, caller: &AccountCaller<R>) -> Result<std::sync::Arc<Tier>, ApiError> {
    let catalog = app.gateway.catalog.load();
    catalog
        .tier(&caller.account.tier_id)
        .cloned()
        .ok_or_else(|| ApiError::unavailable(anyhow::anyhow!("the account's tier is not loaded")))
}

impl ListModelsQuery {
    fn matches(&self, model: &Model) -> bool {
        let spec = &model.spec;
        let text = self.query.as_deref().unwrap_or_default().to_lowercase();
        let has_text = |name: &String| name.to_lowercase().contains(&text);
        let is = |wanted: &Option<String>, matches: &dyn Fn(&String) -> bool| match wanted {
            Some(wanted) if !wanted.is_empty() => matches(wanted),
            Some(_) | None => true,
        };
        (has_text(&spec.id) || has_text(&spec.display_name) || spec.aliases.iter().any(has_text))
            && is(&self.model_type, &|wanted| {
                spec.model_type.as_str() == *wanted
            })
            && is(&self.capability, &|wanted| {
                spec.capabilities.contains(wanted)
            })
            && is(&self.provider, &|wanted| {
                spec.owned_by == *wanted || providers(model).contains(wanted)
            })
    }
}

fn providers(model: &Model) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for deployment in model.deployments() {
        if !names.iter().any(|name| **name == *deployment.provider.name) {
            names.push(deployment.provider.name.to_string());
        }
    }
    names
}

fn is_failing(model: &Model) -> bool {
    let mut deployments = model.deployments().iter();
    !model.deployments().is_empty()
        && deployments.all(|one| one.health.state().is_failing == Some(true))
}

fn describe(model: &Model, tier: &Tier) -> ModelResponse {
    let unavailable_reason = if !model.is_reached_by(tier) {
        Some("tier")
    } else if !model.is_served() {
        Some("no_deployment")
    } else {
        None
    };
    ModelResponse {
        input_price_nanos: model.spec.input_price_shown().nanos,
        output_price_nanos: model.spec.output_price_shown().nanos,
        model: model.into(),
        providers: providers(model),
        serves_test_keys: model.serves_test_keys(),
        is_available: unavailable_reason.is_none(),
        unavailable_reason,
        is_failing: is_failing(model),
    }
}
