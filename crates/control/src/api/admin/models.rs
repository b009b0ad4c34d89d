//! Models, for operators.

use axum::Json;
use axum::extract::State;
use gateway::api::json_body::JsonBody;
use gateway::catalog::{
    Definitions, ModelDefinition, Origin, Price, Prices, PricingUnit, STREAM_TIMEOUT_SECONDS,
};
use gateway::error::ApiError;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::pagination::{Page, PageQuery, PageRequest};
use crate::api::path::PathId;
use crate::api::time::Time;
use crate::auth::Operator;
use crate::invisible::first_invisible;
use crate::state::{Control, ControlState};

/// A model, all of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelRequest {
    #[schema(min_length = 1, max_length = 200)]
    id: String,
    #[schema(max_length = 200)]
    display_name: String,
    #[schema(max_length = 100)]
    owned_by: String,
    /// `chat`, `embedding`, …
    #[schema(max_length = 40)]
    model_type: String,
    /// The id of a tier.
    min_tier: String,
    context_length: Option<u64>,
    max_output_tokens: Option<u64>,
    #[schema(max_items = 40)]
    capabilities: Vec<String>,
    #[schema(max_items = 40)]
    aliases: Vec<String>,
    /// `per_million_tokens`, …
    #[schema(max_length = 40)]
    pricing_unit: String,
    input_price_nanos: u64,
    output_price_nanos: u64,
    is_public: bool,
    /// How long a stream may be silent before its first event and within it; `null`: as the server is set.
    #[schema(minimum = 1, maximum = 86_400)]
    stream_timeout_seconds: Option<u64>,
}

/// A model, as operators see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OperatorModelResponse {
    id: String,
    display_name: String,
    owned_by: String,
    model_type: String,
    min_tier: String,
    context_length: Option<u64>,
    max_output_tokens: Option<u64>,
    capabilities: Vec<String>,
    aliases: Vec<String>,
    pricing_unit: &'static str,
    input_price_nanos: u64,
    output_price_nanos: u64,
    is_public: bool,
    stream_timeout_seconds: Option<u64>,
    created_at: Time,
    /// `file`, `database` or `sandbox`; only those of the database can be edited here.
    #[schema(value_type = crate::api::document_words::Origin)]
    origin: &'static str,
    /// How many it has.
    deployments: usize,
}

/// The models, by id.
#[utoipa::path(get, path = "/admin/models", tag = "admin", operation_id = "list_operator_models",
    params(PageQuery), responses((status = 200, body = Page<OperatorModelResponse>)))]
pub async fn list_models(
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
        |model: &OperatorModelResponse| model.id.clone(),
        |model| model,
    )))
}

/// Adds a model.
#[utoipa::path(post, path = "/admin/models", tag = "admin", operation_id = "create_model",
    request_body = ModelRequest, responses((status = 201, body = OperatorModelResponse)))]
pub async fn create_model(
    State(app): State<ControlState>,
    operator: Operator,
    JsonBody(body): JsonBody<ModelRequest>,
) -> Result<(StatusCode, Json<OperatorModelResponse>), ApiError> {
    let id = body.id.clone();
    let model = body.checked(app.clock.now_ms())?;
    app.changes(operator.actor()).put_model(model, true).await?;
    Ok((StatusCode::CREATED, Json(find(&app, &id).await?)))
}

/// Replaces a model; its deployments stay.
#[utoipa::path(patch, path = "/admin/models/{*id}", tag = "admin", operation_id = "edit_model",
    params(("*id" = String, Path)), request_body = ModelRequest,
    responses((status = 200, body = OperatorModelResponse)))]
pub async fn edit_model(
    State(app): State<ControlState>,
    operator: Operator,
    PathId(id): PathId,
    JsonBody(body): JsonBody<ModelRequest>,
) -> Result<Json<OperatorModelResponse>, ApiError> {
    if body.id != id {
        let message = "The id of a model cannot be changed; give it an alias.";
        return Err(ApiError::invalid_field("id", message));
    }
    let model = body.checked(app.clock.now_ms())?;
    app.changes(operator.actor())
        .put_model(model, false)
        .await?;
    Ok(Json(find(&app, &id).await?))
}

/// Removes a model with its deployments.
#[utoipa::path(delete, path = "/admin/models/{*id}", tag = "admin", operation_id = "delete_model",
    params(("*id" = String, Path)), responses((status = 204)))]
pub async fn delete_model(
    State(app): State<ControlState>,
    operator: Operator,
    PathId(id): PathId,
) -> Result<StatusCode, ApiError> {
    app.changes(operator.actor()).delete_model(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Characters of a word that describes a model, and words of a list.
const WORD_CHARS_MAX: usize = 200;
const WORDS_MAX: usize = 40;

impl ModelRequest {
    fn checked(self, now_ms: i64) -> Result<ModelDefinition, ApiError> {
        let texts = [
            ("id", &self.id),
            ("display_name", &self.display_name),
            ("owned_by", &self.owned_by),
            ("model_type", &self.model_type),
            ("pricing_unit", &self.pricing_unit),
        ];
        for (field, text) in texts {
            if text.is_empty() || !is_word(text) {
                let message = format!("{field} has 1 to {WORD_CHARS_MAX} printable characters.");
                return Err(ApiError::invalid_field(field, message));
            }
            check_visible(field, text)?;
        }
        let Some(pricing_unit) = PricingUnit::parse(&self.pricing_unit) else {
            let message = format!("pricing_unit is one of {}.", PricingUnit::words());
            return Err(ApiError::invalid_field("pricing_unit", message));
        };
        for (field, list) in [
            ("capabilities", &self.capabilities),
            ("aliases", &self.aliases),
        ] {
            if list.len() > WORDS_MAX || list.iter().any(|word| word.is_empty() || !is_word(word)) {
                let message = format!(
                    "{field} has at most {WORDS_MAX} entries of 1 to {WORD_CHARS_MAX} printable characters."
                );
                return Err(ApiError::invalid_field(field, message));
            }
            for word in list {
                check_visible(field, word)?;
            }
        }
        if let Some(seconds) = self.stream_timeout_seconds
            && !STREAM_TIMEOUT_SECONDS.contains(&seconds)
        {
            let (least, most) = (STREAM_TIMEOUT_SECONDS.start(), STREAM_TIMEOUT_SECONDS.end());
            let message = format!("stream_timeout_seconds is {least} to {most}.");
            return Err(ApiError::invalid_field("stream_timeout_seconds", message));
        }
        let price = |field: &'static str, nanos: u64| match i64::try_from(nanos) {
            Ok(_) => Ok(Price { nanos }),
            Err(_) => Err(ApiError::invalid_field(field, "The price is too large.")),
        };
        Ok(ModelDefinition {
            origin: Origin::Database,
            input_price: price("input_price_nanos", self.input_price_nanos)?,
            output_price: price("output_price_nanos", self.output_price_nanos)?,
            id: self.id,
            display_name: self.display_name,
            owned_by: self.owned_by,
            model_type: self.model_type,
            min_tier: self.min_tier,
            context_length: self.context_length,
            max_output_tokens: self.max_output_tokens,
            capabilities: self.capabilities,
            aliases: self.aliases,
            pricing_unit,
            prices: Prices::default(),
            is_public: self.is_public,
            stream_timeout_seconds: self.stream_timeout_seconds,
            created_at_ms: now_ms,
        })
    }
}

fn check_visible(field: &'static str, text: &str) -> Result<(), ApiError> {
    match first_invisible(text) {
        None => Ok(()),
        Some(found) => {
            let message = format!("{field} has a character that nobody sees: {found}.");
            Err(ApiError::invalid_field(field, message))
        }
    }
}

fn is_word(text: &str) -> bool {
    text.chars().count() <= WORD_CHARS_MAX && !text.chars().any(char::is_control)
}

async fn definitions(app: &Control) -> Result<Definitions, ApiError> {
    let definitions = app
        .gateway
        .sources
        .definitions(&app.db, &app.gateway.master)
        .await;
    definitions.map_err(ApiError::unavailable)
}

async fn find(app: &Control, id: &str) -> Result<OperatorModelResponse, ApiError> {
    let definitions = definitions(app).await?;
    let found = definitions.models.iter().find(|one| one.id == id);
    found
        .map(|model| describe(model, &definitions))
        .ok_or_else(|| ApiError::not_found("model"))
}

fn describe(model: &ModelDefinition, definitions: &Definitions) -> OperatorModelResponse {
    let served = definitions
        .deployments
        .iter()
        .filter(|one| one.model == model.id);
    OperatorModelResponse {
        id: model.id.clone(),
        display_name: model.display_name.clone(),
        owned_by: model.owned_by.clone(),
        model_type: model.model_type.clone(),
        min_tier: model.min_tier.clone(),
        context_length: model.context_length,
        max_output_tokens: model.max_output_tokens,
        capabilities: model.capabilities.clone(),
        aliases: model.aliases.clone(),
        pricing_unit: model.pricing_unit.as_str(),
        input_price_nanos: model.input_price.nanos,
        output_price_nanos: model.output_price.nanos,
        is_public: model.is_public,
        stream_timeout_seconds: model.stream_timeout_seconds,
        created_at: Time(model.created_at_ms),
        origin: model.origin.as_str(),
        deployments: served.count(),
    }
}
