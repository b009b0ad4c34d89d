//! The catalogue: an immutable snapshot of tiers, providers, models and deployments.
//!
//! It is read from the embedded sandbox, a TOML file and the database, each laid over the one before,
//! and swapped as a whole. A file with a mistake is refused and the last good snapshot stays; a row of
//! the database with a mistake is left out and named in the log.

mod build;
mod definitions;
mod file;
mod in_force;
mod price;
mod price_list;
mod problem;
mod public_model;
mod quote;
mod rows;
mod sources;
mod spec;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use store::key_limits::KeyLimits;
use store::tiers::Tier;

use crate::limits::Limits;
use crate::routing::{Candidate, Pool, RoundRobin, RouteReason, RouteRule, RuleFacts};
use crate::upstream::Deployment;

pub use definitions::{Defined, Definitions, Origin, find};
pub use file::parse_file;
pub use in_force::CatalogInForce;
pub(crate) use in_force::Reload;
pub use price::{Price, PricingUnit};
pub use price_list::{PriceList, Prices, charge, charge_of};
pub use public_model::PublicModel;
pub(crate) use quote::{UsageMax, quote};
pub use rows::to_rows;
pub use sources::{CatalogError, DeploymentLookup, ProviderLookup, Sources};
pub use spec::{
    CredentialSpec, DeploymentSpec, ModelSpec, ProviderSpec, Spec, SpecError, WEIGHT_MAX,
};

/// One state of the catalogue.
#[derive(Debug, Default)]
pub struct Catalog {
    tiers: HashMap<String, Arc<Tier>>,
    /// By id and by alias.
    models: HashMap<String, Arc<Model>>,
    /// In the order in which they are listed.
    listed: Vec<Arc<Model>>,
    /// Warnings: definitions that had to be left out, and why.
    warnings: Vec<String>,
    /// True if there are keys whose secrets another program made.
    takes_imported_secrets: bool,
}

/// A public name that clients ask for, and who serves it.
#[derive(Debug)]
pub struct Model {
    pub spec: ModelSpec,
    pub id: Arc<str>,
    prices: Option<PriceList>,
    min_rank: i64,
    deployments: Vec<Arc<Deployment>>,
    paused: Vec<Arc<Deployment>>,
    /// The rules of a virtual model, each with the model that it names.
    routes: Vec<(RouteRule, Arc<Model>)>,
    pub round_robin: RoundRobin,
    /// The gate in front of the deployments, and what is known of each.
    pub pool: Arc<Pool>,
    /// The slots of the deployments in the pool.
    slots: Vec<usize>,
}

impl Catalog {
    /// The model of that id or alias.
    pub fn model(&self, name: &str) -> Option<&Arc<Model>> {
        self.models.get(name)
    }

    /// The tier of that id.
    pub fn tier(&self, id: &str) -> Option<&Arc<Tier>> {
        self.tiers.get(id)
    }

    /// The tiers, lowest rank first.
    pub fn tiers(&self) -> impl Iterator<Item = &Arc<Tier>> {
        let mut tiers: Vec<_> = self.tiers.values().collect();
        tiers.sort_by(|one, other| (one.rank, &one.id).cmp(&(other.rank, &other.id)));
        tiers.into_iter()
    }

    /// The public models, in a stable order.
    pub fn public_models(&self) -> impl Iterator<Item = &Arc<Model>> {
        self.listed.iter().filter(|model| model.spec.is_public)
    }

    /// True if there are keys whose secrets another program made: a text that is no secret of ours may be one then.
    pub fn takes_imported_secrets(&self) -> bool {
        self.takes_imported_secrets
    }

    /// Warnings: definitions that had to be left out, and why.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The ids of every deployment, paused ones too.
    pub(crate) fn deployment_ids(&self) -> impl Iterator<Item = &str> {
        let models = self.listed.iter();
        let all = models.flat_map(|model| model.deployments().iter().chain(model.paused()));
        all.map(|deployment| &*deployment.id)
    }

    /// Every model, in a stable order.
    pub fn all_models(&self) -> &[Arc<Model>] {
        &self.listed
    }
}

impl Model {
    /// Returns whether a tier reaches this model.
    pub fn is_reached_by(&self, tier: &Tier) -> bool {
        tier.rank >= self.min_rank
    }

    /// Returns whether a test key reaches it.
    pub fn serves_test_keys(&self) -> bool {
        let mut deployments = self.deployments.iter();
        deployments.any(|deployment| deployment.provider.serves_test_keys)
            || self
                .routes
                .iter()
                .any(|(_, model)| model.serves_test_keys())
    }

    /// True if a deployment takes its requests: its own, or of a virtual model one of the models that it leads to.
    pub fn is_served(&self) -> bool {
        !self.deployments.is_empty() || self.routes.iter().any(|(_, model)| model.is_served())
    }

    /// True for a virtual model, which only leads to others.
    pub fn is_virtual(&self) -> bool {
        !self.routes.is_empty()
    }

    /// The models that a virtual model leads to, in the order of its rules.
    pub fn routes(&self) -> impl Iterator<Item = &Arc<Model>> {
        self.routes.iter().map(|(_, model)| model)
    }

    /// The model to which a virtual model leads a request: that of the first rule that takes the request and whose model
    /// `may_use` lets it use.
    pub fn route(
        &self,
        facts: &RuleFacts<'_>,
        may_use: impl Fn(&Model) -> bool,
    ) -> Option<(&Arc<Model>, RouteReason)> {
        let mut routes = self.routes.iter().enumerate();
        routes.find_map(|(place, (rule, model))| {
            let reason = rule.takes(facts, place)?;
            may_use(model).then_some((model, reason))
        })
    }

    /// The deployments that take requests, each once for every credential that it is called with.
    pub fn deployments(&self) -> &[Arc<Deployment>] {
        &self.deployments
    }

    /// The deployments that take requests, each once.
    pub fn distinct_deployments(&self) -> impl Iterator<Item = &Arc<Deployment>> {
        // The credentials of a deployment stand in a row.
        let rows = self.deployments.chunk_by(|one, next| one.id == next.id);
        rows.filter_map(<[_]>::first)
    }

    /// The deployments that take none until they are resumed; requests that began before may still run.
    pub fn paused(&self) -> &[Arc<Deployment>] {
        &self.paused
    }

    /// The deployments that `can_serve`, with how each stands for a prompt of so many tokens.
    pub fn candidates(
        &self,
        input_tokens: u64,
        can_serve: impl Fn(&Deployment) -> bool,
    ) -> Vec<Candidate> {
        let all = self.deployments.iter().zip(self.slots.iter().copied());
        let able = all.filter(|(deployment, _)| can_serve(deployment));
        self.pool.candidates(able, input_tokens)
    }

    /// The first provider that serves it; its owner while none does.
    pub fn first_provider(&self) -> &str {
        let first = self.deployments.first();
        first.map_or(&self.spec.owned_by, |deployment| &deployment.provider.name)
    }

    /// The prices that requests are charged by; `None` when nothing is charged.
    pub fn prices(&self) -> Option<&PriceList> {
        self.prices.as_ref()
    }

    /// The longest silence of its streams, if that differs from the settings.
    pub fn stream_timeout(&self) -> Option<Duration> {
        let seconds = self.spec.stream_timeout_seconds;
        seconds.map(Duration::from_secs)
    }
}

/// The limits of a key whose account has this tier.
pub fn limits_of(tier: &Tier) -> Limits {
    Limits {
        requests_per_minute: tier.requests_per_minute,
        tokens_per_minute: tier.tokens_per_minute,
        requests_per_day: tier.requests_per_day,
        concurrent_requests: tier.concurrent_requests,
        account_multiplier: tier.account_multiplier,
        own: KeyLimits::default(),
        is_throttled: false,
    }
}

#[cfg(test)]
impl Catalog {
    /// The catalogue of a file that has no mistake.
    pub(crate) fn of_file(text: &str) -> Self {
        let (catalog, problems) = tests::of(text);
        assert_eq!(problems, Vec::<String>::new());
        catalog
    }
}

#[cfg(test)]
mod tests;
