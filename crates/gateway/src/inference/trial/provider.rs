//! Trials of one provider: its list of models, and a call for each capability that one of its models has.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::{Trial, try_out};
use crate::catalog::{Catalog, Model};
use crate::upstream::{ConfiguredProvider, Deployment, ProbeOutcome, Upstream};

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderCheck {
    /// `models`, or the word of a [`Trial`].
    pub capability: &'static str,
    /// The label of the credential, where the provider has several.
    pub credential: Option<String>,
    /// The model that was asked, with the id of its deployment.
    pub asked: Option<(Arc<str>, Arc<str>)>,
    pub duration: Duration,
    pub outcome: CheckOutcome,
}

/// The outcome of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckOutcome {
    /// The capability works; the begin of what was said.
    Passed(String),
    /// The capability fails, for this reason.
    Failed(String),
    /// There is nothing to ask, for this reason.
    Skipped(&'static str),
}

impl CheckOutcome {
    /// The word in reports.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Passed(_) => "passed",
            Self::Failed(_) => "failed",
            Self::Skipped(_) => "skipped",
        }
    }

    /// The begin of what was said, or the reason.
    pub fn words(&self) -> &str {
        match self {
            Self::Passed(words) | Self::Failed(words) => words,
            Self::Skipped(reason) => reason,
        }
    }
}

/// Asks the provider for its models, and one of its deployments, paused or not, for each capability: of several
/// credentials the first for all of them, and each other one for a chat or an embedding. The provider charges for it; no
/// customer is charged.
pub async fn check_provider(
    upstream: &Upstream,
    provider: &[Arc<ConfiguredProvider>],
    catalog: &Catalog,
) -> Vec<ProviderCheck> {
    let mut checks = Vec::new();
    for (index, one) in provider.iter().enumerate() {
        checks.push(list_of_models(upstream, one).await);
        for trial in Trial::ALL {
            let found = find(one, catalog, trial);
            let is_simple = matches!(trial, Trial::Chat | Trial::Embedding);
            if index == 0 || (is_simple && found.is_some()) {
                checks.push(check(upstream, one, found, trial).await);
            }
        }
    }
    checks
}

async fn list_of_models(upstream: &Upstream, provider: &ConfiguredProvider) -> ProviderCheck {
    let began_at = Instant::now();
    let outcome = match upstream.probe(provider).await {
        ProbeOutcome::Responded(200..300) => CheckOutcome::Passed(String::new()),
        ProbeOutcome::Responded(404 | 405) => {
            CheckOutcome::Skipped("there is no list of models at this address")
        }
        ProbeOutcome::Responded(status @ (401 | 403)) => {
            CheckOutcome::Failed(format!("the credential is refused with status {status}"))
        }
        ProbeOutcome::Responded(status) => {
            CheckOutcome::Failed(format!("the provider responds with status {status}"))
        }
        ProbeOutcome::Unreachable(detail) | ProbeOutcome::Misconfigured(detail) => {
            CheckOutcome::Failed(detail)
        }
    };
    ProviderCheck {
        capability: "models",
        credential: provider.credential_label().map(str::to_owned),
        asked: None,
        duration: began_at.elapsed(),
        outcome,
    }
}

/// A model with its deployment.
type Found<'a> = (&'a Arc<Model>, &'a Arc<Deployment>);

/// A deployment that may do it, by this credential of the provider.
fn find<'a>(
    provider: &'a ConfiguredProvider,
    catalog: &'a Catalog,
    trial: Trial,
) -> Option<Found<'a>> {
    catalog.all_models().iter().find_map(|model| {
        let mut deployments = deployments(model, provider);
        let able = deployments.find(|deployment| may_try(deployment, trial))?;
        Some((model, able))
    })
}

async fn check(
    upstream: &Upstream,
    provider: &ConfiguredProvider,
    found: Option<Found<'_>>,
    trial: Trial,
) -> ProviderCheck {
    let began_at = Instant::now();
    let outcome = match found {
        None => CheckOutcome::Skipped("no deployment of the provider is listed as able to do it"),
        Some((_, deployment)) => match try_out(upstream, deployment, trial).await {
            Ok(response) => CheckOutcome::Passed(response.reply),
            Err(error) => CheckOutcome::Failed(error.to_string()),
        },
    };
    ProviderCheck {
        capability: trial.as_str(),
        credential: provider.credential_label().map(str::to_owned),
        asked: found.map(|(model, one)| (Arc::clone(&model.id), Arc::clone(&one.id))),
        duration: began_at.elapsed(),
        outcome,
    }
}

fn deployments<'a>(
    model: &'a Model,
    provider: &'a ConfiguredProvider,
) -> impl Iterator<Item = &'a Arc<Deployment>> {
    let all = model.deployments().iter().chain(model.paused());
    all.filter(move |deployment| {
        let of = &deployment.provider;
        (&of.name, &of.credential) == (&provider.name, &provider.credential)
    })
}

/// True for a deployment that can do it as far as the catalogue tells: pictures only where they are listed.
fn may_try(deployment: &Deployment, trial: Trial) -> bool {
    let listed = deployment.abilities.listed();
    let of_chat = Trial::of(deployment) == Some(Trial::Chat);
    match trial {
        Trial::Chat | Trial::Stream => of_chat,
        Trial::Tools => of_chat && listed.is_none_or(|can| can.tools),
        Trial::Vision => of_chat && listed.is_some_and(|can| can.vision),
        Trial::Embedding => Trial::of(deployment) == Some(Trial::Embedding),
    }
}
