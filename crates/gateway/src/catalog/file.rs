//! The catalogue as a TOML file.

use std::path::PathBuf;

use anyhow::anyhow;
use serde::Deserialize;

use super::definitions::{
    Definitions, DeploymentDefinition, ModelDefinition, Origin, ProviderDefinition,
};
use super::price::{Price, PricingUnit};
use super::price_list::Prices;
use crate::config::read_secret;

/// When a model was added, for files that do not say: the beginning of 2026.
const CREATED_AT_S: i64 = 1_767_225_600;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    providers: Vec<ProviderEntry>,
    #[serde(default)]
    models: Vec<ModelEntry>,
    #[serde(default)]
    deployments: Vec<DeploymentEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProviderEntry {
    name: String,
    kind: String,
    base_url: Option<String>,
    credential_env: Option<String>,
    credential_file: Option<PathBuf>,
    #[serde(default)]
    serves_test_keys: bool,
    stream_usage: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelEntry {
    id: String,
    display_name: Option<String>,
    owned_by: Option<String>,
    #[serde(default = "chat")]
    model_type: String,
    #[serde(default = "basic")]
    min_tier: String,
    context_length: Option<u64>,
    max_output_tokens: Option<u64>,
    #[serde(default)]
    capabilities: Vec<String>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    pricing_unit: PricingUnit,
    #[serde(default)]
    input_price: Price,
    #[serde(default)]
    output_price: Price,
    /// Of the other meters.
    #[serde(default)]
    prices: Prices,
    #[serde(default = "yes")]
    is_public: bool,
    stream_timeout_seconds: Option<u64>,
    #[serde(default = "created")]
    created: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeploymentEntry {
    model: String,
    provider: String,
    upstream_model: Option<String>,
    #[serde(default = "one")]
    weight: u64,
}

/// Reads a catalogue file. What it says is checked later, together with what it is laid over.
///
/// # Errors
/// When it is not TOML, has unknown names, or refers to a credential file that cannot be read.
pub fn parse_file(text: &str, origin: Origin) -> anyhow::Result<Definitions> {
    let file: File =
        toml::from_str(text).map_err(|error| anyhow!("{}", error.to_string().trim_end()))?;
    let mut definitions = Definitions::default();
    for entry in file.providers {
        definitions.providers.push(entry.define(origin)?);
    }
    definitions.models = file
        .models
        .into_iter()
        .map(|entry| entry.define(origin))
        .collect();
    definitions.deployments = file
        .deployments
        .into_iter()
        .map(|entry| entry.define(origin))
        .collect();
    Ok(definitions)
}

impl ProviderEntry {
    fn define(self, origin: Origin) -> anyhow::Result<ProviderDefinition> {
        let setting = format!("credential_file of the provider {}", self.name);
        let file = self.credential_file.as_deref();
        let credential = file.map(|path| read_secret(&setting, path)).transpose()?;
        Ok(ProviderDefinition {
            origin,
            name: self.name,
            kind: self.kind,
            base_url: self.base_url,
            credential_env: self.credential_env,
            credential,
            serves_test_keys: self.serves_test_keys,
            stream_usage: self.stream_usage,
        })
    }
}

impl ModelEntry {
    fn define(self, origin: Origin) -> ModelDefinition {
        ModelDefinition {
            origin,
            display_name: self.display_name.unwrap_or_else(|| self.id.clone()),
            owned_by: self.owned_by.unwrap_or_else(|| "operator".to_owned()),
            id: self.id,
            model_type: self.model_type,
            min_tier: self.min_tier,
            context_length: self.context_length,
            max_output_tokens: self.max_output_tokens,
            capabilities: self.capabilities,
            aliases: self.aliases,
            pricing_unit: self.pricing_unit,
            input_price: self.input_price,
            output_price: self.output_price,
            prices: self.prices,
            is_public: self.is_public,
            stream_timeout_seconds: self.stream_timeout_seconds,
            created_at_ms: self.created.saturating_mul(1_000),
        }
    }
}

impl DeploymentEntry {
    fn define(self, origin: Origin) -> DeploymentDefinition {
        DeploymentDefinition {
            origin,
            upstream_model: self.upstream_model.unwrap_or_else(|| self.model.clone()),
            model: self.model,
            provider: self.provider,
            weight: self.weight,
        }
    }
}

fn chat() -> String {
    "chat".to_owned()
}

fn basic() -> String {
    "basic".to_owned()
}

fn yes() -> bool {
    true
}

fn created() -> i64 {
    CREATED_AT_S
}

fn one() -> u64 {
    1
}
