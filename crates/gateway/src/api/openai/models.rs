//! `GET /v1/models` and `GET /v1/models/{id}`.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use llm::Operations;
use llm::operation::CHAT;
use serde::{Deserialize, Serialize};

use crate::api::anthropic::models::{AnthropicModel, AnthropicModelList};
use crate::api::gemini::models::{GeminiModel, GeminiModelList};
use crate::api::model_rights::is_within_restrictions;
use crate::auth::ApiKeyCaller;
use crate::catalog::{Model, PublicModel};
use crate::error::ApiError;
use crate::state::GatewayState;

/// Says that the client speaks Anthropic's language.
const ANTHROPIC_VERSION: &str = "anthropic-version";
/// Says that the client is one of Google's.
const GOOGLE_CLIENT: &str = "x-goog-api-client";

/// The filters of the list.
#[derive(Debug, Deserialize)]
pub struct ListPublicModelsQuery {
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
    data: Vec<PublicModelResponse>,
}

#[derive(Debug, Serialize)]
pub struct PublicModelResponse {
    #[serde(flatten)]
    model: PublicModel,
    /// True if the calling key may use it now.
    available: bool,
}

pub async fn list_models(
    State(app): State<GatewayState>,
    caller: ApiKeyCaller,
    headers: HeaderMap,
    query: Result<Query<ListPublicModelsQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, ApiError> {
    let expected = "a query of provider, type, capability and all";
    let Query(query) = query.map_err(|_| ApiError::invalid_query("query", expected))?;
    let shows_all = query.shows_all()?;
    let catalog = app.catalog.load();
    let models = catalog
        .public_models()
        .filter(|model| shows_all || is_within_restrictions(model, &caller, app.operations))
        .filter(|model| query.matches(model));
    if headers.contains_key(ANTHROPIC_VERSION) {
        let chats = models.filter(|model| CHAT.is_done_by(model.spec.model_type));
        return Ok(Json(AnthropicModelList::of(chats.map(|model| &**model))).into_response());
    }
    if headers.contains_key(GOOGLE_CLIENT) {
        return Ok(Json(GeminiModelList::of(models.map(|model| &**model))).into_response());
    }
    let data = models.map(|model| describe(model, &caller, app.operations));
    let list = ModelListResponse {
        object: "list",
        data: data.collect(),
    };
    Ok(Json(list).into_response())
}

pub async fn get_model(
    State(app): State<GatewayState>,
    caller: ApiKeyCaller,
    headers: HeaderMap,
    id: Result<Path<String>, axum::extract::rejection::PathRejection>,
) -> Result<Response, ApiError> {
    // What is not UTF-8 is the id of no model.
    let Path(id) = id.map_err(|_| ApiError::model_not_found("\u{fffd}"))?;
    let catalog = app.catalog.load();
    let model = catalog.model(&id).filter(|model| model.spec.is_public);
    let model = model.ok_or_else(|| ApiError::model_not_found(&id))?;
    if headers.contains_key(ANTHROPIC_VERSION) {
        return Ok(Json(AnthropicModel::from(&**model)).into_response());
    }
    if headers.contains_key(GOOGLE_CLIENT) {
        return Ok(Json(GeminiModel::from(&**model)).into_response());
    }
    Ok(Json(describe(model, &caller, app.operations)).into_response())
}

impl ListPublicModelsQuery {
    fn shows_all(&self) -> Result<bool, ApiError> {
        match self.all.as_deref() {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1" | "") => Ok(true),
            Some(_) => Err(ApiError::invalid_query("all", "true or false")),
        }
    }

    fn matches(&self, model: &Model) -> bool {
        let spec = &model.spec;
        self.provider
            .as_ref()
            .is_none_or(|name| model.first_provider() == name || spec.owned_by == *name)
            && self
                .model_type
                .as_ref()
                .is_none_or(|model_type| spec.model_type.as_str() == *model_type)
            && self
                .capability
                .as_ref()
                .is_none_or(|capability| spec.capabilities.contains(capability))
    }
}

fn describe(model: &Model, caller: &ApiKeyCaller, operations: Operations) -> PublicModelResponse {
    PublicModelResponse {
        model: model.into(),
        available: is_available(model, caller, operations),
    }
}

fn is_available(model: &Model, caller: &ApiKeyCaller, operations: Operations) -> bool {
    let has_deployment = if caller.key.is_test() {
        model.serves_test_keys()
    } else {
        model.is_served()
    };
    has_deployment
        && model.is_reached_by(&caller.tier)
        && is_within_restrictions(model, caller, operations)
}
