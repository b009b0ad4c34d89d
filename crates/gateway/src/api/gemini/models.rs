//! The list of models as clients of Gemini's language read it: `GET /v1beta/models`.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use llm::operation::{CHAT, EMBEDDINGS};
use serde::Serialize;

use crate::api::model_rights::is_within_restrictions;
use crate::auth::ApiKeyCaller;
use crate::catalog::Model;
use crate::error::ApiError;
use crate::state::GatewayState;

/// Begin of the name of a model.
const PREFIX: &str = "models/";
/// The methods of models that converse, and of those that embed.
const CHAT_METHODS: &[&str] = &["generateContent", "streamGenerateContent", "countTokens"];
const EMBEDDING_METHODS: &[&str] = &["embedContent", "batchEmbedContents"];

/// The list. All models are on it.
#[derive(Debug, Serialize)]
pub struct GeminiModelList {
    models: Vec<GeminiModel>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GeminiModel {
    name: String,
    version: &'static str,
    display_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    input_token_limit: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_token_limit: Option<u64>,
    supported_generation_methods: &'static [&'static str],
}

fn methods(model: &Model) -> &'static [&'static str] {
    let model_type = model.spec.model_type;
    if CHAT.is_done_by(model_type) {
        CHAT_METHODS
    } else if EMBEDDINGS.is_done_by(model_type) {
        EMBEDDING_METHODS
    } else {
        &[]
    }
}

/// The id of a model without the word that the language has before it.
pub(super) fn bare(name: &str) -> &str {
    name.strip_prefix(PREFIX).unwrap_or(name)
}

pub async fn list_models(
    State(app): State<GatewayState>,
    caller: ApiKeyCaller,
) -> Json<GeminiModelList> {
    let catalog = app.catalog.load();
    let models = catalog
        .public_models()
        .filter(|model| is_within_restrictions(model, &caller, app.operations))
        .map(|model| &**model);
    Json(GeminiModelList::of(models))
}

pub async fn get_model(
    State(app): State<GatewayState>,
    _caller: ApiKeyCaller,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<GeminiModel>, ApiError> {
    // What is not UTF-8 is the id of no model.
    let Path(id) = id.map_err(|_| ApiError::model_not_found("\u{fffd}"))?;
    let id = bare(&id);
    let catalog = app.catalog.load();
    let model = catalog.model(id).filter(|model| model.spec.is_public);
    let model = model.ok_or_else(|| ApiError::model_not_found(id))?;
    Ok(Json(GeminiModel::from(&**model)))
}

impl GeminiModelList {
    /// The models that can do something in the language.
    pub fn of<'a>(models: impl Iterator<Item = &'a Model>) -> Self {
        let able = models.filter(|model| !methods(model).is_empty());
        Self {
            models: able.map(GeminiModel::from).collect(),
        }
    }
}

impl From<&Model> for GeminiModel {
    fn from(model: &Model) -> Self {
        let spec = &model.spec;
        Self {
            name: format!("{PREFIX}{}", spec.id),
            version: "001",
            display_name: spec.display_name.clone(),
            input_token_limit: spec.context_length,
            output_token_limit: spec.max_output_tokens,
            supported_generation_methods: methods(model),
        }
    }
}
