//! A model as customers see it.

use llm::ModelType;
use serde::Serialize;

use super::price_list::Prices;
use super::{Model, Price};

/// The part of a model's spec that customers see, in `/v1/models` and in the Dashboard.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PublicModel {
    pub id: String,
    /// Always `model`.
    object: &'static str,
    /// Seconds since 1970.
    created: u64,
    owned_by: String,
    /// The first provider that serves it; its owner while none does.
    provider: String,
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    model_type: ModelType,
    display_name: String,
    context_length: Option<u64>,
    max_output_tokens: Option<u64>,
    capabilities: Vec<String>,
    /// In dollars; of a model that is priced by another unit than tokens, the price of one.
    #[cfg_attr(feature = "schema", schema(value_type = f64))]
    input_price: Price,
    #[cfg_attr(feature = "schema", schema(value_type = f64))]
    output_price: Price,
    /// `per_million_tokens`, …: what the prices are for.
    pricing_unit: &'static str,
    /// Dollars by meter, as decimal numbers: all that is charged.
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::BTreeMap<String, String>))]
    prices: Prices,
    min_tier: String,
    aliases: Vec<String>,
    /// Of a virtual model: ids of the models that serve its requests, and whose prices are charged.
    routes_to: Vec<String>,
}

impl From<&Model> for PublicModel {
    fn from(model: &Model) -> Self {
        let spec = &model.spec;
        Self {
            id: spec.id.clone(),
            object: "model",
            created: spec.created.unwrap_or_default(),
            owned_by: spec.owned_by.clone(),
            provider: model.first_provider().to_owned(),
            model_type: spec.model_type,
            display_name: spec.display_name.clone(),
            context_length: spec.context_length,
            max_output_tokens: spec.max_output_tokens,
            capabilities: spec.capabilities.clone(),
            input_price: spec.input_price_shown(),
            output_price: spec.output_price_shown(),
            pricing_unit: spec.pricing_unit.as_str(),
            prices: spec.prices.charged(spec.pricing_unit),
            min_tier: spec.min_tier.clone(),
            aliases: spec.aliases.clone(),
            routes_to: routes_to(model),
        }
    }
}

/// Each model that rules lead to, once.
fn routes_to(model: &Model) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for model in model.routes() {
        if !ids.iter().any(|id| **id == *model.id) {
            ids.push(model.id.to_string());
        }
    }
    ids
}
