//! The operators' specs of the catalogue before they are checked, each with its origin.

use super::spec::{DeploymentSpec, ModelSpec, ProviderSpec};

/// The origin of a definition, which decides what a mistake in it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Builtin,
    File,
    Database,
}

/// The item that a definition defines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    Provider(String),
    Model(String),
    Deployment { id: String, model: String },
}

/// A spec, with what names it (the name of a provider, the id of a model or deployment) and where it comes from.
#[derive(Debug, Clone)]
pub struct Defined<S> {
    pub id: String,
    pub origin: Origin,
    pub spec: S,
}

/// A set of definitions, of one origin or laid over each other.
#[derive(Debug, Clone, Default)]
pub struct Definitions {
    pub providers: Vec<Defined<ProviderSpec>>,
    pub models: Vec<Defined<ModelSpec>>,
    pub deployments: Vec<Defined<DeploymentSpec>>,
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

impl Defined<ProviderSpec> {
    pub fn provider(origin: Origin, spec: ProviderSpec) -> Self {
        Self {
            id: spec.name.clone(),
            origin,
            spec,
        }
    }
}

impl Defined<ModelSpec> {
    pub fn model(origin: Origin, spec: ModelSpec) -> Self {
        Self {
            id: spec.id.clone(),
            origin,
            spec,
        }
    }
}

/// The definition of that id.
pub fn find<'a, S>(defined: &'a [Defined<S>], id: &str) -> Option<&'a Defined<S>> {
    defined.iter().find(|one| one.id == id)
}

impl Definitions {
    /// Lays `over` over these: it replaces what it names, and with a model all deployments of the model.
    pub fn lay_over(&mut self, over: Self) {
        self.deployments
            .retain(|deployment| find(&over.models, &deployment.spec.model).is_none());
        lay(&mut self.providers, over.providers);
        lay(&mut self.models, over.models);
        lay(&mut self.deployments, over.deployments);
    }

    /// Gives deployments the ids under which `known` has them.
    pub fn adopt_ids(&mut self, known: &Self) {
        for deployment in &mut self.deployments {
            let is_same = |one: &&Defined<DeploymentSpec>| {
                one.origin == deployment.origin && one.spec.identity() == deployment.spec.identity()
            };
            if let Some(same) = known.deployments.iter().find(is_same) {
                deployment.id.clone_from(&same.id);
            }
        }
    }

    /// Takes out what turned out to be unsound.
    pub(super) fn remove(&mut self, item: &Item) {
        match item {
            Item::Provider(name) => self.providers.retain(|one| one.id != *name),
            Item::Model(id) => {
                self.models.retain(|one| one.id != *id);
                self.deployments.retain(|one| one.spec.model != *id);
            }
            Item::Deployment { id, .. } => self.deployments.retain(|one| one.id != *id),
        }
    }
}

fn lay<S>(under: &mut Vec<Defined<S>>, over: Vec<Defined<S>>) {
    under.retain(|one| find(&over, &one.id).is_none());
    under.extend(over);
}
