//! Reading the catalogue from where it is kept.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use llm::Operations;
use store::sealed::MasterKey;
use store::tiers::Tier;
use store::{Db, StoreError, catalog, imports, tiers};

use super::Catalog;
use super::build::{self, Credentials, Surroundings, build};
use super::definitions::{Definitions, Item, Origin, find};
use super::file::parse_file;
use super::problem::Problem;
use super::rows::from_rows;
use super::spec::ProviderSpec;
use crate::clock::Clock;
use crate::config::credential_from_environment;
use crate::routing::Pools;
use crate::upstream::{
    AddressPolicy, ConfiguredProvider, CredentialSources, Deployment, HealthRegistry,
};

/// The port of a service that responds with nothing (RFC 863).
const DISCARD_PORT: u16 = 9;
/// The built-in provider and its models.
const SANDBOX_TOML: &str = include_str!("../../catalog.sandbox.toml");

/// The sources of the catalogue.
#[derive(Debug, Clone)]
pub struct Sources {
    /// The address of the built-in provider, if it runs.
    pub sandbox: Option<SocketAddr>,
    pub file: Option<PathBuf>,
    /// Which addresses providers may have.
    pub addresses: AddressPolicy,
    /// The operations of deployments.
    pub operations: Operations,
    /// The sources of credentials that are renewed, beyond one snapshot.
    pub credentials: CredentialSources,
}

/// The reason why there is no new snapshot.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    #[error("the catalogue file {path}: {problem}")]
    File { path: String, problem: String },
    #[error("the built-in catalogue: {0}")]
    Builtin(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A provider that is looked up to be called.
#[derive(Debug)]
pub enum ProviderLookup {
    Unknown,
    /// The provider cannot be called, for this reason.
    Misconfigured(String),
    /// The provider, once for each of its credentials.
    Usable(Vec<Arc<ConfiguredProvider>>),
}

/// A deployment that is looked up to be called, paused or not.
#[derive(Debug)]
pub enum DeploymentLookup {
    Unknown,
    /// The deployment cannot be called, for this reason.
    Misconfigured(String),
    /// The deployment, once for each credential that it is called with.
    Usable(Vec<Deployment>),
}

impl Sources {
    /// Builds a snapshot from what is there now, whose deployments count in `health`. What had to be left out is
    /// logged. Returns the text of the file beside it, by which a later change is told.
    ///
    /// # Errors
    /// If the file has any mistake, or the database cannot be read.
    pub async fn load(
        &self,
        db: &Db,
        master: &MasterKey,
        health: &HealthRegistry,
        pools: &Pools,
    ) -> Result<(Catalog, Option<String>), CatalogError> {
        let mut base = self.builtin()?;
        let text = self.read_file().await?;
        if let Some(text) = &text {
            base.lay_over(self.parse_file(text)?);
        }
        let takes_imported_secrets = imports::has_keys(db).await?;
        let tiers = tiers::list_tiers(db).await?;
        let (rows, mut unreadable) = catalog::load(db).await?;
        let has_lost_tiers = !tiers.unreadable.is_empty();
        unreadable.extend(tiers.unreadable);
        let (mut over, unopened) = from_rows(rows, master);
        let mut warnings = Vec::new();
        for problem in unopened
            .into_iter()
            .chain(unreadable.iter().map(ToString::to_string))
        {
            tracing::warn!(problem, "left out of the catalogue");
            warnings.push(problem);
        }
        // A row that is unsound must not hide the sound model of the file: it is taken out, and all is
        // built again. Each turn takes out at least one.
        loop {
            let mut definitions = base.clone();
            definitions.lay_over(over.clone());
            let (mut snapshot, mut problems) = self.build(
                &tiers.rows,
                definitions,
                Some(&credential_from_environment),
                (health, pools),
            );
            if has_lost_tiers {
                // The models of a tier that cannot be read are not the file's mistake.
                problems.retain(|problem| {
                    problem.origin == Origin::Database || !matches!(problem.item, Item::Model(_))
                });
            }
            let of_database = problems
                .iter()
                .filter(|problem| problem.origin == Origin::Database);
            let texts: Vec<String> = of_database.map(|problem| problem.text.clone()).collect();
            if !self.take_out(problems, &mut over)? {
                snapshot.warnings = warnings;
                snapshot.takes_imported_secrets = takes_imported_secrets;
                health.retain(snapshot.deployment_ids());
                pools.retain(snapshot.listed.iter().map(|model| &*model.id));
                return Ok((snapshot, text));
            }
            warnings.extend(texts);
        }
    }

    /// The faults that `over` would bring if it were laid over what is there now.
    ///
    /// # Errors
    /// If the catalogue of now cannot be read.
    pub async fn check(
        &self,
        db: &Db,
        master: &MasterKey,
        over: &Definitions,
    ) -> Result<Vec<String>, CatalogError> {
        let mut base = self.definitions(db, master).await?;
        let tiers = tiers::list_tiers(db).await?.rows;
        // The variables of credentials belong to the server's environment, not to the operator's.
        let unused = (&HealthRegistry::default(), &Pools::new(Clock::System));
        let (_, known) = self.build(&tiers, base.clone(), None, unused);
        base.lay_over(over.clone());
        let (_, problems) = self.build(&tiers, base, None, unused);
        let new = problems
            .into_iter()
            .filter(|problem| !known.contains(problem))
            .map(|problem| problem.text);
        let mut texts: Vec<String> = new.collect();
        if texts.is_empty() {
            texts = self.refused_names(over).await;
        }
        Ok(texts)
    }

    fn build(
        &self,
        tiers: &[Tier],
        definitions: Definitions,
        credentials: Option<Credentials<'_>>,
        registries: (&HealthRegistry, &Pools),
    ) -> (Catalog, Vec<Problem>) {
        build(
            tiers,
            definitions,
            self.surroundings(credentials, registries),
        )
    }

    fn surroundings<'a>(
        &'a self,
        credentials: Option<Credentials<'a>>,
        (health, pools): (&'a HealthRegistry, &'a Pools),
    ) -> Surroundings<'a> {
        Surroundings {
            credentials,
            addresses: self.addresses,
            operations: self.operations,
            health,
            pools,
            sources: &self.credentials,
        }
    }

    /// The providers whose names stand for addresses that may not be called.
    async fn refused_names(&self, definitions: &Definitions) -> Vec<String> {
        let mut refused = Vec::new();
        for defined in &definitions.providers {
            let base_url = defined.spec.base_url.as_deref();
            let Some(uri) = base_url.and_then(|url| url.parse().ok()) else {
                continue;
            };
            if let Err(error) = self.addresses.check_resolved(&uri).await {
                let name = &defined.id;
                refused.push(format!("provider {name:?}: base_url {uri}: {error}"));
            }
        }
        refused
    }

    /// The definitions of operators and of the file, laid over each other, before they are checked.
    ///
    /// # Errors
    /// If the file has a mistake, or the database cannot be read.
    pub async fn definitions(
        &self,
        db: &Db,
        master: &MasterKey,
    ) -> Result<Definitions, CatalogError> {
        let mut base = self.builtin()?;
        if let Some(text) = self.read_file().await? {
            base.lay_over(self.parse_file(&text)?);
        }
        base.lay_over(from_rows(catalog::load(db).await?.0, master).0);
        Ok(base)
    }

    /// Looks up a provider to be called.
    ///
    /// # Errors
    /// If the definitions cannot be read.
    pub async fn provider(
        &self,
        db: &Db,
        master: &MasterKey,
        name: &str,
    ) -> Result<ProviderLookup, CatalogError> {
        let definitions = self.definitions(db, master).await?;
        let Some(defined) = find(&definitions.providers, name) else {
            return Ok(ProviderLookup::Unknown);
        };
        Ok(self.configured(&defined.spec))
    }

    /// A provider to be called, of a spec that is kept nowhere yet.
    pub fn configured(&self, spec: &ProviderSpec) -> ProviderLookup {
        let unused = (&HealthRegistry::default(), &Pools::new(Clock::System));
        let surroundings = self.surroundings(Some(&credential_from_environment), unused);
        match build::provider(spec, surroundings) {
            Ok(provider) => ProviderLookup::Usable(provider),
            Err(mistake) => ProviderLookup::Misconfigured(mistake),
        }
    }

    /// Looks up a deployment to be called, which counts in `health`.
    ///
    /// # Errors
    /// If the definitions cannot be read.
    pub async fn deployment(
        &self,
        db: &Db,
        master: &MasterKey,
        health: &HealthRegistry,
        id: &str,
    ) -> Result<DeploymentLookup, CatalogError> {
        let definitions = self.definitions(db, master).await?;
        let Some(defined) = find(&definitions.deployments, id) else {
            return Ok(DeploymentLookup::Unknown);
        };
        let provider = find(&definitions.providers, &defined.spec.provider);
        let model = find(&definitions.models, &defined.spec.model);
        let (Some(provider), Some(model)) = (provider, model) else {
            let mistake = "its model or its provider does not exist".to_owned();
            return Ok(DeploymentLookup::Misconfigured(mistake));
        };
        // Its pool is not needed to call it once.
        let unused = Pools::new(Clock::System);
        let surroundings = self.surroundings(Some(&credential_from_environment), (health, &unused));
        let built = build::provider(&provider.spec, surroundings);
        let resolve = |provider: Vec<Arc<ConfiguredProvider>>| {
            build::resolved(defined, &model.spec, &provider, surroundings)
        };
        Ok(match built.and_then(resolve) {
            Ok(deployments) => DeploymentLookup::Usable(deployments),
            Err(mistake) => DeploymentLookup::Misconfigured(mistake),
        })
    }

    /// The text of the file, to tell whether it changed.
    pub async fn file_text(&self) -> Option<String> {
        tokio::fs::read_to_string(self.file.as_ref()?).await.ok()
    }

    fn builtin(&self) -> Result<Definitions, CatalogError> {
        let Some(mut address) = self.sandbox else {
            return Ok(Definitions::default());
        };
        // A command does not know which free port the server was given, and calls nobody: the port of discard.
        if address.port() == 0 {
            address.set_port(DISCARD_PORT);
        }
        let mut definitions = parse_file(SANDBOX_TOML, Origin::Builtin)
            .map_err(|error| CatalogError::Builtin(error.to_string()))?;
        for provider in &mut definitions.providers {
            provider.spec.base_url = Some(format!("http://{address}/v1"));
        }
        Ok(definitions)
    }

    async fn read_file(&self) -> Result<Option<String>, CatalogError> {
        let Some(path) = &self.file else {
            return Ok(None);
        };
        let text = tokio::fs::read_to_string(path).await;
        text.map(Some)
            .map_err(|error| self.file_problem(error.to_string()))
    }

    fn parse_file(&self, text: &str) -> Result<Definitions, CatalogError> {
        parse_file(text, Origin::File).map_err(|error| self.file_problem(format!("{error:#}")))
    }

    fn file_problem(&self, problem: String) -> CatalogError {
        let path = self
            .file
            .as_ref()
            .map(|path| path.display().to_string())
            .unwrap_or_default();
        CatalogError::File { path, problem }
    }

    /// Takes unsound rows of the database out of `over`; says whether there were any. Providers go first and
    /// alone: what else seems unsound may only have missed the provider that they hid.
    fn take_out(
        &self,
        problems: Vec<Problem>,
        over: &mut Definitions,
    ) -> Result<bool, CatalogError> {
        let of_database = |problem: &&Problem| problem.origin == Origin::Database;
        let is_provider = |problem: &&Problem| matches!(problem.item, Item::Provider(_));
        let mut unsound: Vec<&Problem> = problems
            .iter()
            .filter(of_database)
            .filter(is_provider)
            .collect();
        if unsound.is_empty() {
            unsound = problems.iter().filter(of_database).collect();
        }
        for problem in &unsound {
            tracing::warn!(problem = problem.text, "left out of the catalogue");
            over.remove(&problem.item);
        }
        if !unsound.is_empty() {
            return Ok(true);
        }
        match problems.into_iter().next() {
            None => Ok(false),
            Some(problem) if problem.origin == Origin::Builtin => {
                Err(CatalogError::Builtin(problem.text))
            }
            Some(problem) => Err(self.file_problem(problem.text)),
        }
    }
}
