//! From what operators say to what requests use: every name resolved, every address parsed.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use http::header::AUTHORIZATION;
use http::{HeaderName, Uri};
use llm::Operations;
use llm::provider::{AuthStyle, Provider, StreamUsage};
use llm::providers::{self, PROVIDERS};
use secrecy::{ExposeSecret, SecretString};
use store::tiers::Tier;

use super::definitions::{
    self, Definitions, DeploymentDefinition, Item, ModelDefinition, ProviderDefinition,
};
use super::{Catalog, Model, PriceList};
use crate::config::checked_credential;
use crate::upstream::{
    AddressPolicy, Auth, ConfiguredProvider, CredentialHeader, Deployment, Origin,
};

/// Something that was left out, and why.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) origin: definitions::Origin,
    pub(super) item: Item,
    pub(super) text: String,
}

/// Where credentials named by environment variables come from.
pub(super) type Credentials<'a> = &'a dyn Fn(&str) -> Option<SecretString>;

/// Builds a snapshot of everything that is sound, and says what is not.
pub(super) fn build(
    tiers: &[Tier],
    definitions: Definitions,
    credentials: Credentials<'_>,
    addresses: AddressPolicy,
    operations: Operations,
) -> (Catalog, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut providers = HashMap::new();
    for definition in &definitions.providers {
        match provider(definition, credentials, addresses) {
            Ok(provider) => {
                providers.insert(definition.name.clone(), Arc::new(provider));
            }
            Err(text) => problems.push(problem(
                definition.origin,
                Item::Provider(definition.name.clone()),
                &text,
            )),
        }
    }
    let mut deployments = deployments(&definitions, &providers, operations, &mut problems);
    let tiers: HashMap<String, Arc<Tier>> = tiers
        .iter()
        .map(|tier| (tier.id.clone(), Arc::new(tier.clone())))
        .collect();
    let mut catalog = Catalog {
        tiers,
        ..Catalog::default()
    };
    for definition in definitions.models {
        let (origin, id) = (definition.origin, definition.id.clone());
        let served_by = deployments.remove(&id).unwrap_or_default();
        if let Err(text) = add_model(&mut catalog, definition, served_by) {
            problems.push(problem(origin, Item::Model(id), &text));
        }
    }
    catalog.listed.sort_by(|left, right| left.id.cmp(&right.id));
    (catalog, problems)
}

fn problem(origin: definitions::Origin, item: Item, text: &str) -> Problem {
    let text = match &item {
        Item::Provider(name) => format!("provider {name:?}: {text}"),
        Item::Model(id) => format!("model {id:?}: {text}"),
        Item::Deployment(model, _) => format!("deployment of model {model:?}: {text}"),
    };
    Problem { origin, item, text }
}

type Deployments = HashMap<String, Vec<Arc<Deployment>>>;

fn deployments(
    definitions: &Definitions,
    providers: &HashMap<String, Arc<ConfiguredProvider>>,
    operations: Operations,
    problems: &mut Vec<Problem>,
) -> Deployments {
    let mut by_model = Deployments::new();
    for definition in &definitions.deployments {
        let DeploymentDefinition {
            origin,
            model,
            provider,
            upstream_model,
            weight,
        } = definition;
        let item = || Item::Deployment(model.clone(), provider.clone());
        let Some(known) = definitions.models.iter().find(|known| known.id == *model) else {
            problems.push(problem(*origin, item(), "there is no such model"));
            continue;
        };
        let Some(configured) = providers.get(provider) else {
            let text = format!("there is no usable provider {provider:?}");
            problems.push(problem(*origin, item(), &text));
            continue;
        };
        let rows = operations.iter().copied();
        let deployment = Deployment::new(
            Arc::clone(configured),
            upstream_model.as_str().into(),
            *weight,
            rows.filter(|operation| operation.is_done_by(&known.model_type)),
        );
        match deployment {
            Ok(deployment) => {
                let of_model = by_model.entry(model.clone()).or_default();
                of_model.push(Arc::new(deployment));
            }
            Err(text) => problems.push(problem(*origin, item(), &text)),
        }
    }
    by_model
}

fn add_model(
    catalog: &mut Catalog,
    definition: ModelDefinition,
    deployments: Vec<Arc<Deployment>>,
) -> Result<(), String> {
    let Some(tier) = catalog.tiers.get(&definition.min_tier) else {
        return Err(format!("min_tier {:?} is not a tier", definition.min_tier));
    };
    let min_rank = tier.rank;
    if let Some(seconds) = definition.stream_timeout_seconds
        && !STREAM_TIMEOUT_SECONDS.contains(&seconds)
    {
        let (least, most) = (STREAM_TIMEOUT_SECONDS.start(), STREAM_TIMEOUT_SECONDS.end());
        return Err(format!("stream_timeout_seconds is {least} to {most}"));
    }
    if definition.id.is_empty() || definition.id.len() > MODEL_ID_BYTES_MAX {
        return Err(format!("an id has 1 to {MODEL_ID_BYTES_MAX} bytes"));
    }
    // URLs resolve these; such a model could not be named in a path.
    if definition
        .id
        .split('/')
        .any(|part| matches!(part, "" | "." | ".."))
    {
        return Err("no part of an id between slashes is empty, '.' or '..'".to_owned());
    }
    let names: Vec<String> = [&definition.id]
        .into_iter()
        .chain(&definition.aliases)
        .cloned()
        .collect();
    if let Some(taken) = names.iter().find(|name| catalog.models.contains_key(*name)) {
        return Err(format!("{taken:?} is the id or an alias of another model"));
    }
    let prices = definition.all_prices().charged(definition.pricing_unit);
    let prices = (!prices.is_empty()).then(|| PriceList::of(&prices));
    let prices = prices.transpose()?;
    let id: Arc<str> = definition.id.as_str().into();
    let model = Arc::new(Model {
        definition,
        id,
        prices,
        min_rank,
        deployments,
        turn: AtomicU64::new(0),
    });
    for name in names {
        catalog.models.insert(name, Arc::clone(&model));
    }
    catalog.listed.push(model);
    Ok(())
}

/// How long an operator may let streams of a model be silent: at most a day.
pub const STREAM_TIMEOUT_SECONDS: RangeInclusive<u64> = 1..=86_400;

/// Longest id of a model: it becomes a label of metrics and a part of URLs.
const MODEL_ID_BYTES_MAX: usize = 200;

pub(super) fn provider(
    definition: &ProviderDefinition,
    credentials: Credentials<'_>,
    addresses: AddressPolicy,
) -> Result<ConfiguredProvider, String> {
    let Some(kind) = providers::find(&definition.kind) else {
        let known: Vec<&str> = PROVIDERS.iter().map(|provider| provider.kind).collect();
        return Err(format!(
            "kind {:?} is unknown; it is one of {}",
            definition.kind,
            known.join(", ")
        ));
    };
    let Some(base_url) = definition.base_url.as_deref().or(kind.base_url) else {
        return Err(format!("kind {:?} needs a base_url", kind.kind));
    };
    let base_url = base_url.trim_end_matches('/');
    let about = |error| format!("base_url {base_url:?}: {error}");
    let origin = Origin::of(&checked_base_url(base_url)?)
        .ok_or_else(|| format!("base_url {base_url:?} names no host"))?;
    let checked = addresses.check_text(origin.uri());
    checked.map_err(about)?;
    Ok(ConfiguredProvider {
        name: definition.name.as_str().into(),
        language: kind.language,
        stream_usage: stream_usage(definition, kind)?,
        serves_test_keys: definition.serves_test_keys,
        auth: auth(definition, kind, credentials)?,
        origin,
        base_url: base_url.to_owned(),
    })
}

fn stream_usage(definition: &ProviderDefinition, kind: &Provider) -> Result<StreamUsage, String> {
    let Some(word) = &definition.stream_usage else {
        return Ok(kind.stream_usage);
    };
    let known = StreamUsage::WORDS.join(", ");
    StreamUsage::parse(word).ok_or_else(|| format!("stream_usage {word:?} is none of {known}"))
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
    definition: &ProviderDefinition,
    kind: &Provider,
    credentials: Credentials<'_>,
) -> Result<Auth, String> {
    let credential = match (&definition.credential, &definition.credential_env) {
        (Some(credential), _) => credential.clone(),
        (None, Some(variable)) => credentials(variable)
            .ok_or_else(|| format!("the environment variable {variable} is not set"))?,
        (None, None) => return Ok(Auth::None),
    };
    let credential = checked_credential(credential.expose_secret()).map_err(|fault| {
        let variable = definition.credential_env.as_deref();
        let variable = variable.filter(|_| definition.credential.is_none());
        match variable {
            Some(variable) => {
                format!("the credential in the environment variable {variable} {fault}")
            }
            None => format!("the credential {fault}"),
        }
    })?;
    let header = match kind.auth {
        AuthStyle::Bearer => CredentialHeader::new(&AUTHORIZATION, "Bearer ", credential),
        AuthStyle::Header(name) => {
            CredentialHeader::new(&HeaderName::from_static(name), "", credential)
        }
    };
    let header = header.ok_or("the credential has characters that no header can carry")?;
    Ok(Auth::Header(header))
}
