//! A deployment: a provider serves a model.

use llm::Meter;
use serde::{Deserialize, Serialize};
use store::DeploymentId;

use super::super::price_list::Prices;
use super::{Spec, SpecError, check_name, check_words};
use crate::upstream::Hours;

/// The greatest weight, so that sums of weights fit.
pub const WEIGHT_MAX: u64 = 1_000_000;
/// The greatest number of a group.
const GROUP_MAX: u32 = 1_000;
/// Longest name of a model at a provider.
const UPSTREAM_MODEL_BYTES_MAX: usize = 200;

/// One place that serves one model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeploymentSpec {
    /// The id of a model.
    #[cfg_attr(feature = "schema", schema(max_length = 200))]
    pub model: String,
    /// The name of a provider.
    #[cfg_attr(feature = "schema", schema(max_length = 60))]
    pub provider: String,
    /// Tells deployments apart that a provider serves a model by more than once, such as `eu`. Left out: none.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 60))]
    pub name: Option<String>,
    /// The model's name at the provider. Left out: the model's id.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(max_length = 200))]
    pub upstream_model: String,
    /// Its share of the requests; 0 is used when all others failed.
    #[serde(default = "one")]
    #[cfg_attr(feature = "schema", schema(maximum = 1_000_000))]
    pub weight: u64,
    /// True if the deployment gets no requests until it is resumed.
    #[serde(default)]
    pub paused: bool,
    /// Deployments of a lower group are tried before those of a higher one.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(maximum = 1_000))]
    pub group: u32,
    /// The operator's cost of a million tokens there, in dollars: `{"input": "2.50", "output": "10"}`. For the policy
    /// `lowest_cost`.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::BTreeMap<String, String>))]
    pub cost_prices: Prices,
    /// The abilities of the model there, where they are not those of the model elsewhere. Left out: those of the model.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(max_items = 40))]
    pub capabilities: Vec<String>,
    /// The context length there. Left out: that of the model.
    #[serde(default)]
    pub context_length: Option<u64>,
    /// Labels of those credentials of the provider that it is called with. Left out: all.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(max_items = 40))]
    pub credentials: Vec<String>,
    /// True if prompts get cache breakpoints there, where the provider caches up to them and the client set none. Writing
    /// to a cache costs more than not to, reading from it far less.
    #[serde(default)]
    pub caches_prompts: bool,
    /// Ids of the tiers whose accounts alone may use it. Left out: all.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(max_items = 40))]
    pub reserved_for: Vec<String>,
    /// The hours of the day, in UTC, in which it is reserved: `08:00-18:00`. Left out: always.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(max_length = 11))]
    pub reserved_hours: Option<String>,
}

impl DeploymentSpec {
    /// Fills in what follows from the rest.
    pub fn normalize(&mut self) {
        if self.upstream_model.is_empty() {
            self.upstream_model.clone_from(&self.model);
        }
    }

    /// The cost of a million tokens in and out, in nanos; `None` where it is not said.
    pub fn costs(&self) -> Option<[u64; 2]> {
        let nanos = |meter| self.cost_prices.get(meter).map(|price| price.nanos);
        let (input, output) = (nanos(Meter::UncachedInput), nanos(Meter::Output));
        (input.is_some() || output.is_some())
            .then(|| [input.unwrap_or_default(), output.unwrap_or_default()])
    }

    /// The names by which two deployments are told apart.
    pub fn identity(&self) -> [&str; 4] {
        let name = self.name.as_deref().unwrap_or_default();
        [&self.model, &self.provider, &self.upstream_model, name]
    }

    /// The id of a deployment that a file defines: the same as long as its identity is.
    pub fn derived_id(&self) -> DeploymentId {
        DeploymentId::of_parts(self.identity())
    }
}

impl Spec for DeploymentSpec {
    fn validate(&self) -> Result<(), SpecError> {
        if let Some(name) = &self.name {
            check_name(name)?;
        }
        if self.upstream_model.is_empty() || self.upstream_model.len() > UPSTREAM_MODEL_BYTES_MAX {
            let message = "The provider's name of the model has 1 to 200 bytes.";
            return Err(SpecError::new("upstream_model", message));
        }
        check_words("capabilities", &self.capabilities)?;
        check_words("credentials", &self.credentials)?;
        check_words("reserved_for", &self.reserved_for)?;
        let hours = self.reserved_hours.as_deref();
        if hours.is_some_and(|text| Hours::parse(text).is_none()) {
            let message = "The hours are two times of the day in UTC, such as 08:00-18:00.";
            return Err(SpecError::new("reserved_hours", message));
        }
        if self.weight > WEIGHT_MAX {
            let message = format!("The weight is 0 to {WEIGHT_MAX}.");
            return Err(SpecError::new("weight", message));
        }
        if self.group > GROUP_MAX {
            let message = format!("The group is 0 to {GROUP_MAX}.");
            return Err(SpecError::new("group", message));
        }
        Ok(())
    }
}

fn one() -> u64 {
    1
}
