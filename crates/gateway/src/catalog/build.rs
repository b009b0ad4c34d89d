//! From what operators say to what requests use: every name resolved, every address parsed.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use http::Uri;
use llm::Operations;
use llm::provider::{Provider, StreamUsage};
use llm::providers::{self, PROVIDERS};
use secrecy::{ExposeSecret, SecretString};
use store::tiers::Tier;

use super::definitions::{Defined, Definitions, Item, find};
use super::problem::Problem;
use super::spec::{DeploymentSpec, ModelSpec, ProviderSpec, Spec};
use super::{Catalog, Model};
use crate::config::{CredentialFault, checked_credential};
use crate::routing::{Pools, RoundRobin};
use crate::upstream::{
    Abilities, AddressPolicy, Auth, AuthParts, ConfiguredProvider, CredentialSources, Deployment,
    DeploymentParts, HealthRegistry, Hours, Reservation, UpstreamOrigin,
};

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
    for Defined { id, origin, spec } in definitions.models {
        let served_by = deployments.remove(&id).unwrap_or_default();
        if let Err(text) = add_model(&mut catalog, spec, served_by, surroundings.pools) {
            problems.push(Problem::new(origin, Item::Model(id), &text));
        }
    }
    catalog.listed.sort_by(|left, right| left.id.cmp(&right.id));
    (catalog, problems)
}

type Providers = HashMap<String, Arc<ConfiguredProvider>>;

fn providers(
    definitions: &Definitions,
    surroundings: Surroundings<'_>,
    problems: &mut Vec<Problem>,
) -> Providers {
    let mut providers = HashMap::new();
    for Defined { id, origin, spec } in &definitions.providers {
        match provider(spec, surroundings) {
            Ok(provider) => {
                providers.insert(id.clone(), Arc::new(provider));
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
            Ok(deployment) => {
                let of_model = by_model.entry(spec.model.clone()).or_default();
                let list = if spec.paused {
                    &mut of_model.paused
                } else {
                    &mut of_model.serving
                };
                list.push(Arc::new(deployment));
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

/// The deployment with its provider, and a prepared request for each operation that models of its type can do.
fn deployment(
    defined: &Defined<DeploymentSpec>,
    definitions: &Definitions,
    providers: &Providers,
    surroundings: Surroundings<'_>,
) -> Result<Deployment, String> {
    let spec = &defined.spec;
    spec.validate().map_err(|error| error.message)?;
    let model = find(&definitions.models, &spec.model).ok_or("there is no such model")?;
    let Some(provider) = providers.get(&spec.provider).cloned() else {
        return Err(format!("there is no usable provider {:?}", spec.provider));
    };
    resolved(defined, &model.spec, provider, surroundings)
}

/// The deployment of a model at a provider.
pub(super) fn resolved(
    Defined { id, spec, .. }: &Defined<DeploymentSpec>,
    model: &ModelSpec,
    provider: Arc<ConfiguredProvider>,
    surroundings: Surroundings<'_>,
) -> Result<Deployment, String> {
    let parts = DeploymentParts {
        id: id.as_str().into(),
        provider,
        upstream_model: spec.upstream_model.as_str().into(),
        weight: spec.weight,
        group: spec.group,
        costs: spec.costs(),
        abilities: abilities(spec, model),
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
        round_robin: RoundRobin::default(),
    });
    for name in names {
        catalog.models.insert(name, Arc::clone(&model));
    }
    catalog.listed.push(model);
    Ok(())
}

pub(super) fn provider(
    spec: &ProviderSpec,
    surroundings: Surroundings<'_>,
) -> Result<ConfiguredProvider, String> {
    spec.validate().map_err(|error| error.message)?;
    let Some(kind) = providers::find(&spec.kind) else {
        let known: Vec<&str> = PROVIDERS.iter().map(|provider| provider.kind).collect();
        return Err(format!(
            "kind {:?} is unknown; it is one of {}",
            spec.kind,
            known.join(", ")
        ));
    };
    let address = spec.address().map_err(|error| error.message)?;
    let base_url = kind.paths.common_base(address.trim_end_matches('/'));
    let about = |error| format!("base_url {base_url:?}: {error}");
    let origin = UpstreamOrigin::of(&checked_base_url(base_url)?)
        .ok_or_else(|| format!("base_url {base_url:?} names no host"))?;
    let checked = surroundings.addresses.check_text(origin.uri());
    checked.map_err(about)?;
    let stream_usage = spec.stream_usage.as_deref().and_then(StreamUsage::parse);
    let query = kind.paths.query(&spec.variables);
    Ok(ConfiguredProvider {
        name: spec.name.as_str().into(),
        languages: [kind.language]
            .iter()
            .chain(kind.further_languages)
            .copied()
            .collect(),
        paths: kind.paths,
        query: query.map_err(|error| error.to_string())?,
        headers: spec.header_lines().map_err(|error| error.message)?,
        kind,
        output_limit: kind.output_limit(),
        takes_provider_object: kind.takes_provider_object(),
        stream_usage: stream_usage.unwrap_or(kind.stream_usage),
        serves_test_keys: spec.serves_test_keys,
        auth: auth(
            spec,
            kind,
            origin.uri().host().unwrap_or_default(),
            surroundings,
        )?,
        origin,
        base_url: base_url.to_owned(),
    })
}

fn checked_base_url(base_url: &str) -> Result<Uri, String> {
    let uri: Uri = format!("{base_url}/")
        .parse()
        .map_err(|_| format!("base_url {base_url:?} is not a URL"))?;
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    // A query or a name before the host would send the credential somewhere else than it seems.
    if !is_web
        || authority.is_empty()
        || authority.contains('@')
        || uri.port_u16() == Some(0)
        || uri.query().is_some()
        || base_url.contains('#')
    {
        return Err(format!(
            "base_url {base_url:?} must be http(s)://HOST[:PORT][/PATH] and nothing more"
        ));
    }
    Ok(uri)
}

fn auth(
    spec: &ProviderSpec,
    kind: &'static Provider,
    host: &str,
    surroundings: Surroundings<'_>,
) -> Result<Auth, String> {
    let credential = match (&spec.credential.secret, &spec.credential.env) {
        (Some(credential), _) => Some(credential.clone()),
        (None, Some(variable)) => {
            let Some(look_up) = surroundings.credentials else {
                return Ok(Auth::None);
            };
            let found = look_up(variable);
            let missing = || format!("the environment variable {variable} is not set");
            Some(found.ok_or_else(missing)?)
        }
        (None, None) => None,
    };
    let credential = credential.as_ref().map(|secret| {
        let checked = checked_credential(secret.expose_secret());
        checked.map_err(|fault| in_words(spec, fault))
    });
    let parts = AuthParts {
        kind,
        settings: &spec.auth,
        secret: credential.transpose()?,
        region: spec.variables.get("region").map(String::as_str),
        host,
    };
    parts.auth(surroundings.sources)
}

fn in_words(spec: &ProviderSpec, fault: CredentialFault) -> String {
    let variable = spec.credential.env.as_deref();
    match variable.filter(|_| spec.credential.secret.is_none()) {
        Some(variable) => {
            format!("the credential in the environment variable {variable} {fault}")
        }
        None => format!("the credential {fault}"),
    }
}
