//! What an operator says of the catalogue, before it is checked.

use llm::Meter;
use secrecy::SecretString;

use super::price::{Price, PricingUnit};
use super::price_list::Prices;

/// Where a definition comes from, which decides what a mistake in it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Builtin,
    File,
    Database,
}

/// What a definition defines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    Provider(String),
    Model(String),
    /// A deployment of the model, by the provider.
    Deployment(String, String),
}

/// A set of definitions, of one origin or laid over each other.
#[derive(Debug, Clone, Default)]
pub struct Definitions {
    pub providers: Vec<ProviderDefinition>,
    pub models: Vec<ModelDefinition>,
    pub deployments: Vec<DeploymentDefinition>,
}

/// A provider that an operator configured.
#[derive(Debug, Clone)]
pub struct ProviderDefinition {
    pub origin: Origin,
    pub name: String,
    pub kind: String,
    pub base_url: Option<String>,
    /// The environment variable that holds the credential.
    pub credential_env: Option<String>,
    /// The credential itself, read from a file or unsealed.
    pub credential: Option<SecretString>,
    pub serves_test_keys: bool,
    /// `ask`, `learn` or `never`; `None`: as the kind has it.
    pub stream_usage: Option<String>,
}

/// A model that an operator configured.
#[derive(Debug, Clone)]
pub struct ModelDefinition {
    pub origin: Origin,
    pub id: String,
    pub display_name: String,
    pub owned_by: String,
    pub model_type: String,
    pub min_tier: String,
    pub context_length: Option<u64>,
    pub max_output_tokens: Option<u64>,
    pub capabilities: Vec<String>,
    pub aliases: Vec<String>,
    pub pricing_unit: PricingUnit,
    pub input_price: Price,
    pub output_price: Price,
    /// Of the other meters.
    pub prices: Prices,
    pub is_public: bool,
    /// How long a stream may be silent before its first event and within; `None`: as the settings say.
    pub stream_timeout_seconds: Option<u64>,
    pub created_at_ms: i64,
}

/// Who serves a model.
#[derive(Debug, Clone)]
pub struct DeploymentDefinition {
    pub origin: Origin,
    pub model: String,
    pub provider: String,
    pub upstream_model: String,
    pub weight: u64,
}

impl ModelDefinition {
    /// The prices of all meters.
    pub fn all_prices(&self) -> Prices {
        let mut prices = self.prices.clone();
        prices.set(Meter::UncachedInput, self.input_price);
        prices.set(Meter::Output, self.output_price);
        prices
    }
}

impl Origin {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Builtin => "sandbox",
            Self::File => "file",
            Self::Database => "database",
        }
    }
}

impl Definitions {
    /// Lays `over` over these: it replaces what it names, and with a model all deployments of the model.
    pub fn lay_over(&mut self, over: Self) {
        let names: Vec<&str> = over
            .providers
            .iter()
            .map(|provider| provider.name.as_str())
            .collect();
        self.providers
            .retain(|provider| !names.contains(&provider.name.as_str()));
        let ids: Vec<&str> = over.models.iter().map(|model| model.id.as_str()).collect();
        self.models
            .retain(|model| !ids.contains(&model.id.as_str()));
        self.deployments
            .retain(|deployment| !ids.contains(&deployment.model.as_str()));
        self.providers.extend(over.providers);
        self.models.extend(over.models);
        self.deployments.extend(over.deployments);
    }

    /// Takes out what turned out to be unsound.
    pub(super) fn remove(&mut self, item: &Item) {
        match item {
            Item::Provider(name) => self.providers.retain(|provider| provider.name != *name),
            Item::Model(id) => {
                self.models.retain(|model| model.id != *id);
                self.deployments
                    .retain(|deployment| deployment.model != *id);
            }
            Item::Deployment(model, provider) => self.deployments.retain(|deployment| {
                deployment.model != *model || deployment.provider != *provider
            }),
        }
    }
}
