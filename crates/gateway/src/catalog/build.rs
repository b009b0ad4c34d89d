//! From what operators say to what requests use: every name resolved, every address parsed.

mod provider;

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use llm::Operations;
use secrecy::SecretString;
use store::tiers::Tier;

use super::definitions::{Defined, Definitions, Item, find};
use super::problem::Problem;
use super::spec::{DeploymentSpec, ModelSpec, Spec};
use super::{Catalog, Model};
use crate::routing::{Pools, RoundRobin, RouteRule};
use crate::upstream::{
    Abilities, AddressPolicy, ConfiguredProvider, CredentialSources, Deployment, DeploymentParts,
    HealthRegistry, Hours, Reservation,
};

pub(super) use provider::provider;

/// The lookup of credentials that environment variables name.
pub(super) type Credentials<'a> = &'a dyn Fn(&str) -> Option<SecretString>;

/// The credentials, providers and limits that definitions are resolved with.
#[derive(Clone, Copy)]
pub(super) struct Surroundings<'a> {
    /// `None`: variables belong to another environment and are not looked up.
    pub(super) credentials: Option<Credentials<'a>>,
    pub(super) addresses: AddressPolicy,
    /// The operations of deployments.
    pub(super) operations: Operations,
    /// The counts of deployments, which outlive snapshots.
    pub(super) health: &'a HealthRegistry,
    /// The gates of models, which outlive snapshots too.
    pub(super) pools: &'a Pools,
    /// The sources of credentials, which outlive snapshots too.
    pub(super) sources: &'a CredentialSources,
}

/// Builds a snapshot of everything that is sound, and says what is not.
pub(super) fn build(
    tiers: &[Tier],
    definitions: Definitions,
    surroundings: Surroundings<'_>,
) -> (Catalog, Vec<Problem>) {
    let mut problems = Vec::new();
    let providers = providers(&definitions, surroundings, &mut problems);
    let mut deployments = deployments(&definitions, &providers, surroundings, &mut problems);
    let tiers: HashMap<String, Arc<Tier>> = tiers
        .iter()
        .map(|tier| (tier.id.clone(), Arc::new(tier.clone())))
        .collect();
    let mut catalog = Catalog {
        tiers,
        ..Catalog::default()
    };
    // A virtual model comes behind those that it leads to.
    let mut models = definitions.models;
    models.sort_by_key(|model| !model.spec.routes.is_empty());
    for Defined { id, origin, spec } in models {
        let served_by = deployments.remove(&id).unwrap_or_default();
        if let Err(text) = add_model(&mut catalog, spec, served_by, surroundings.pools) {
            problems.push(Problem::new(origin, Item::Model(id), &text));
        }
    }
    catalog.listed.sort_by(|left, right| left.id.cmp(&right.id));
    (catalog, problems)
}

/// Each provider, once for each of its credentials.
type Providers = HashMap<String, Vec<Arc<ConfiguredProvider>>>;

fn providers(
    definitions: &Definitions,
    surroundings: Surroundings<'_>,
    problems: &mut Vec<Problem>,
) -> Providers {
    let mut providers = HashMap::new();
    for Defined { id, origin, spec } in &definitions.providers {
        match provider(spec, surroundings) {
            Ok(provider) => {
                providers.insert(id.clone(), provider);
            }
            Err(text) => {
                problems.push(Problem::new(*origin, Item::Provider(id.clone()), &text));
            }
        }
    }
    providers
}

type Deployments = HashMap<String, OfModel>;

/// The deployments of one model.
#[derive(Default)]
struct OfModel {
    /// Those that take requests.
    serving: Vec<Arc<Deployment>>,
    paused: Vec<Arc<Deployment>>,
}

fn deployments(
    definitions: &Definitions,
    providers: &Providers,
    surroundings: Surroundings<'_>,
    problems: &mut Vec<Problem>,
) -> Deployments {
    let mut by_model = Deployments::new();
    let mut ids = HashSet::new();
    for defined in &definitions.deployments {
        let spec = &defined.spec;
        let resolved = if ids.insert(&defined.id) {
            deployment(defined, definitions, providers, surroundings)
        } else {
            Err(format!(
                "{:?} of provider {:?} is there twice; give one of the two a name",
                spec.upstream_model, spec.provider
            ))
        };
        match resolved {
            Ok(deployments) => {
                let of_model = by_model.entry(spec.model.clone()).or_default();
                let list = if spec.paused {
                    &mut of_model.paused
                } else {
                    &mut of_model.serving
                };
                list.extend(deployments.into_iter().map(Arc::new));
            }
            Err(text) => {
                let (id, model) = (defined.id.clone(), spec.model.clone());
                let item = Item::Deployment { id, model };
                problems.push(Problem::new(defined.origin, item, &text));
            }
        }
    }
    by_model
}

/// The deployment with its provider, once for each credential that it is called with, and a prepared request for each operation that models of its type can do.
fn deployment(
    defined: &Defined<DeploymentSpec>,
    definitions: &Definitions,
    providers: &Providers,
    surroundings: Surroundings<'_>,
) -> Result<Vec<Deployment>, String> {
    let spec = &defined.spec;
    spec.validate().map_err(|error| error.message)?;
    let model = find(&definitions.models, &spec.model).ok_or("there is no such model")?;
    let Some(provider) = providers.get(&spec.provider) else {
        return Err(format!("there is no usable provider {:?}", spec.provider));
    };
    resolved(defined, &model.spec, provider, surroundings)
}

/// The deployment of a model at a provider, once for each credential that it is called with.
pub(super) fn resolved(
    defined: &Defined<DeploymentSpec>,
    model: &ModelSpec,
    provider: &[Arc<ConfiguredProvider>],
    surroundings: Surroundings<'_>,
) -> Result<Vec<Deployment>, String> {
    let labels = &defined.spec.credentials;
    let label_of = |one: &ConfiguredProvider| one.credential_label().map(str::to_owned);
    let is_known = |label: &&String| {
        provider
            .iter()
            .any(|one| label_of(one).as_ref() == Some(*label))
    };
    if let Some(unknown) = labels.iter().find(|label| !is_known(label)) {
        return Err(format!(
            "the provider {:?} has no credential with the label {unknown:?} among several",
            defined.spec.provider
        ));
    }
    let is_meant = |one: &&Arc<ConfiguredProvider>| {
        labels.is_empty() || label_of(one).is_some_and(|label| labels.contains(&label))
    };
    let meant = provider.iter().filter(is_meant);
    meant
        .map(|one| by_credential(defined, model, Arc::clone(one), surroundings))
        .collect()
}

fn by_credential(
    Defined { id, spec, .. }: &Defined<DeploymentSpec>,
    model: &ModelSpec,
    provider: Arc<ConfiguredProvider>,
    surroundings: Surroundings<'_>,
) -> Result<Deployment, String> {
    let parts = DeploymentParts {
        id: id.as_str().into(),
        mark: mark_of(&(provider.mark, written(spec)?)),
        provider,
        upstream_model: spec.upstream_model.as_str().into(),
        weight: spec.weight,
        group: spec.group,
        costs: spec.costs(),
        abilities: abilities(spec, model),
        caches_prompts: spec.caches_prompts,
        reservation: Reservation {
            tiers: spec.reserved_for.clone().into(),
            hours: spec.reserved_hours.as_deref().and_then(Hours::parse),
        },
        health: surroundings.health.of(id),
    };
    let rows = surroundings.operations.iter().copied();
    let rows = rows.filter(|operation| operation.is_done_by(model.model_type));
    Deployment::new(parts, rows)
}

/// The abilities that the deployment has of its own, else those of its model.
fn abilities(spec: &DeploymentSpec, model: &ModelSpec) -> Abilities {
    let listed = if spec.capabilities.is_empty() {
        &model.capabilities
    } else {
        &spec.capabilities
    };
    Abilities::of(listed, spec.context_length.or(model.context_length))
}

fn add_model(
    catalog: &mut Catalog,
    spec: ModelSpec,
    deployments: OfModel,
    pools: &Pools,
) -> Result<(), String> {
    spec.validate().map_err(|error| error.message)?;
    let Some(tier) = catalog.tiers.get(&spec.min_tier) else {
        return Err(format!("min_tier {:?} is not a tier", spec.min_tier));
    };
    let min_rank = tier.rank;
    let names: Vec<String> = [&spec.id]
        .into_iter()
        .chain(&spec.aliases)
        .cloned()
        .collect();
    if let Some(taken) = names.iter().find(|name| catalog.models.contains_key(*name)) {
        return Err(format!("{taken:?} is the id or an alias of another model"));
    }
    let routes = routes(catalog, &spec, &deployments)?;
    let prices = spec.price_list().map_err(|error| error.message)?;
    let id: Arc<str> = spec.id.as_str().into();
    let pool = pools.of(&id);
    let model = Arc::new(Model {
        id,
        slots: pool.slots(&deployments.serving),
        pool,
        spec,
        prices,
        min_rank,
        deployments: deployments.serving,
        paused: deployments.paused,
        routes,
        round_robin: RoundRobin::default(),
    });
    for name in names {
        catalog.models.insert(name, Arc::clone(&model));
    }
    catalog.listed.push(model);
    Ok(())
}

/// The rules of a virtual model with their models, which are real ones.
fn routes(
    catalog: &Catalog,
    spec: &ModelSpec,
    deployments: &OfModel,
) -> Result<Vec<(RouteRule, Arc<Model>)>, String> {
    let has_deployments = !deployments.serving.is_empty() || !deployments.paused.is_empty();
    if has_deployments && !spec.routes.is_empty() {
        return Err("a model with routes is virtual and has no deployments".to_owned());
    }
    let found = |rule: &RouteRule| match catalog.models.get(&rule.model) {
        Some(model) if !model.is_virtual() => Ok((rule.clone(), Arc::clone(model))),
        Some(_) => Err(format!(
            "its rule leads to {:?}, which is virtual or is the model itself",
            rule.model
        )),
        None => Err(format!(
            "its rule leads to {:?}, which is no model",
            rule.model
        )),
    };
    spec.routes.iter().map(found).collect()
}

/// A number by which two specs are told apart. It stays in this process.
fn mark_of(parts: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    // 0 stands for no deployment.
    hasher.finish().max(1)
}

fn written(spec: &impl Spec) -> Result<String, String> {
    serde_json::to_string(spec).map_err(|error| error.to_string())
}
