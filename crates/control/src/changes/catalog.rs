//! Editing providers, models and deployments. What comes from a file or is built in is not edited here.

use gateway::catalog::{
    CatalogError, Definitions, DeploymentDefinition, ModelDefinition, Origin, ProviderDefinition,
    to_rows,
};
use secrecy::SecretString;
use serde_json::{Value, json};
use store::audit_log::Subject;
use store::{Tx, catalog};

use super::{ChangeError, Changes, Note};

const NAME_CHARS_MAX: usize = 60;
const WEIGHT_MAX: u64 = 1_000_000;

impl Changes<'_> {
    /// Adds a provider, or replaces the one of that name.
    ///
    /// # Errors
    /// When it could not be used, or is not the database's.
    pub async fn put_provider(
        &self,
        provider: ProviderDefinition,
        is_new: bool,
    ) -> Result<(), ChangeError> {
        check_provider_name(&provider.name)?;
        let known = self.definitions().await?;
        let before = known.providers.iter().find(|one| one.name == provider.name);
        check_owner(before.map(|one| one.origin), is_new, "provider")?;
        let over = Definitions {
            providers: vec![provider.clone()],
            ..Definitions::default()
        };
        self.check("base_url", &over).await?;
        let rows = to_rows(&over, self.master)?;
        let mut tx = self.db.begin().await?;
        for row in &rows.providers {
            catalog::upsert_provider(&mut tx, row).await?;
        }
        let note = Note {
            before: before.map(of_provider),
            after: Some(of_provider(&provider)),
            ..note("provider", is_new, &provider.name)
        };
        self.finish(tx, note).await
    }

    /// Removes a provider that serves no model.
    ///
    /// # Errors
    /// When there is no such provider, it is not the database's, or it is in use.
    pub async fn delete_provider(&self, name: &str) -> Result<(), ChangeError> {
        let known = self.definitions().await?;
        let before = known.providers.iter().find(|one| one.name == name);
        check_owner(before.map(|one| one.origin), false, "provider")?;
        if known.deployments.iter().any(|one| one.provider == name) {
            let message = "The provider serves models. Remove its deployments first.";
            return Err(ChangeError::conflict("provider_in_use", message));
        }
        let mut tx = self.db.begin().await?;
        catalog::delete_provider(&mut tx, name).await?;
        let note = deleted("provider", name, before.map(of_provider));
        self.finish(tx, note).await
    }

    /// Adds a model, or replaces the one of that id; its deployments stay.
    ///
    /// # Errors
    /// When it could not be used, or is not the database's.
    pub async fn put_model(&self, model: ModelDefinition, is_new: bool) -> Result<(), ChangeError> {
        let known = self.definitions().await?;
        let before = known.models.iter().find(|one| one.id == model.id);
        check_owner(before.map(|one| one.origin), is_new, "model")?;
        let served_by = known
            .deployments
            .iter()
            .filter(|one| one.model == model.id)
            .cloned();
        let over = Definitions {
            models: vec![model.clone()],
            deployments: served_by.collect(),
            ..Definitions::default()
        };
        self.check("id", &over).await?;
        let rows = to_rows(&over, self.master)?;
        let mut tx = self.db.begin().await?;
        for row in &rows.models {
            catalog::upsert_model(&mut tx, row).await?;
        }
        let note = Note {
            before: before.map(of_model),
            after: Some(of_model(&model)),
            ..note("model", is_new, &model.id)
        };
        self.finish(tx, note).await
    }

    /// Removes a model with its deployments.
    ///
    /// # Errors
    /// When there is no such model, or it is not the database's.
    pub async fn delete_model(&self, id: &str) -> Result<(), ChangeError> {
        let known = self.definitions().await?;
        let before = known.models.iter().find(|one| one.id == id);
        check_owner(before.map(|one| one.origin), false, "model")?;
        let mut tx = self.db.begin().await?;
        catalog::delete_model(&mut tx, id).await?;
        let note = deleted("model", id, before.map(of_model));
        self.finish(tx, note).await
    }

    /// Lets a provider serve a model, or gives the deployment another weight.
    ///
    /// # Errors
    /// When one of them does not exist, or the deployment is not the database's.
    pub async fn put_deployment(
        &self,
        deployment: DeploymentDefinition,
        is_new: bool,
    ) -> Result<(), ChangeError> {
        if deployment.weight > WEIGHT_MAX {
            let message = format!("The weight is 0 to {WEIGHT_MAX}.");
            return Err(ChangeError::invalid("weight", message));
        }
        let known = self.definitions().await?;
        let before = known
            .deployments
            .iter()
            .find(|one| is_same(one, &deployment));
        check_owner(before.map(|one| one.origin), is_new, "deployment")?;
        let over = Definitions {
            deployments: vec![deployment.clone()],
            ..Definitions::default()
        };
        self.check("model", &over).await?;
        let rows = to_rows(&over, self.master)?;
        let mut tx = self.db.begin().await?;
        for row in &rows.deployments {
            catalog::upsert_deployment(&mut tx, row).await?;
        }
        let note = Note {
            before: before.map(of_deployment),
            after: Some(of_deployment(&deployment)),
            ..note("deployment", is_new, &name_of(&deployment))
        };
        self.finish(tx, note).await
    }

    /// Lets a provider serve a model no longer.
    ///
    /// # Errors
    /// When there is no such deployment, or it is not the database's.
    pub async fn delete_deployment(
        &self,
        deployment: &DeploymentDefinition,
    ) -> Result<(), ChangeError> {
        let known = self.definitions().await?;
        let before = known
            .deployments
            .iter()
            .find(|one| is_same(one, deployment));
        check_owner(before.map(|one| one.origin), false, "deployment")?;
        let mut tx = self.db.begin().await?;
        let DeploymentDefinition {
            model,
            provider,
            upstream_model,
            ..
        } = deployment;
        catalog::delete_deployment(&mut tx, model, provider, upstream_model).await?;
        let note = deleted(
            "deployment",
            &name_of(deployment),
            before.map(of_deployment),
        );
        self.finish(tx, note).await
    }

    async fn definitions(&self) -> Result<Definitions, ChangeError> {
        let definitions = self.sources.definitions(self.db, self.master).await;
        definitions.map_err(refused)
    }

    /// Holds that nothing becomes unsound by `over`.
    async fn check(&self, field: &'static str, over: &Definitions) -> Result<(), ChangeError> {
        let problems = self.sources.check(self.db, self.master, over).await;
        let problems = problems.map_err(refused)?;
        if problems.is_empty() {
            return Ok(());
        }
        Err(ChangeError::invalid(field, problems.join("; ")))
    }

    async fn finish(&self, mut tx: Tx, note: Note<'_>) -> Result<(), ChangeError> {
        let seq = catalog::changed(&mut tx, self.clock.now_ms()).await?;
        self.note(&mut tx, note).await?;
        self.commit_and_spread(tx, seq).await
    }
}

fn refused(error: CatalogError) -> ChangeError {
    match error {
        CatalogError::Store(error) => ChangeError::Store(error),
        CatalogError::File { .. } | CatalogError::Builtin(_) => {
            ChangeError::conflict("catalogue_broken", error.to_string())
        }
    }
}

/// What is there must be ours to change; what is new must not be there.
fn check_owner(
    origin: Option<Origin>,
    is_new: bool,
    what: &'static str,
) -> Result<(), ChangeError> {
    match origin {
        None if is_new => Ok(()),
        None => Err(store::StoreError::NotFound { what }.into()),
        Some(Origin::Database) if is_new => {
            let message =
                format!("There is such a {what} already. Edit it, or choose another name.");
            Err(ChangeError::conflict("exists", message))
        }
        Some(Origin::Database) => Ok(()),
        Some(Origin::Builtin | Origin::File) => {
            let message = format!(
                "This {what} is built in or comes from the catalogue file; change it there."
            );
            Err(ChangeError::conflict("read_only", message))
        }
    }
}

fn check_provider_name(name: &str) -> Result<(), ChangeError> {
    let is_sound = !matches!(name, "" | "." | "..")
        && name.len() <= NAME_CHARS_MAX
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    if is_sound {
        return Ok(());
    }
    let message =
        format!("A name has 1 to {NAME_CHARS_MAX} letters, digits, dots, hyphens and underscores.");
    Err(ChangeError::invalid("name", message))
}

fn is_same(one: &DeploymentDefinition, other: &DeploymentDefinition) -> bool {
    one.model == other.model
        && one.provider == other.provider
        && one.upstream_model == other.upstream_model
}

fn name_of(deployment: &DeploymentDefinition) -> String {
    format!("{} at {}", deployment.model, deployment.provider)
}

fn note(kind: &'static str, is_new: bool, name: &str) -> Note<'static> {
    let action = match (kind, is_new) {
        ("provider", true) => "provider.created",
        ("provider", false) => "provider.changed",
        ("model", true) => "model.created",
        ("model", false) => "model.changed",
        (_, true) => "deployment.created",
        (_, false) => "deployment.changed",
    };
    Note {
        account_id: None,
        action,
        subject: Subject {
            kind,
            id: name.to_owned(),
            label: name.to_owned(),
        },
        before: None,
        after: None,
    }
}

fn deleted(kind: &'static str, name: &str, before: Option<Value>) -> Note<'static> {
    let action = match kind {
        "provider" => "provider.deleted",
        "model" => "model.deleted",
        _ => "deployment.deleted",
    };
    Note {
        action,
        before,
        ..note(kind, false, name)
    }
}

/// Never the credential itself, only whether there is one.
fn of_provider(provider: &ProviderDefinition) -> Value {
    json!({
        "kind": provider.kind,
        "base_url": provider.base_url,
        "credential_env": provider.credential_env,
        "has_credential": provider.credential.as_ref().is_some_and(|_: &SecretString| true),
        "serves_test_keys": provider.serves_test_keys,
        "stream_usage": provider.stream_usage,
    })
}

fn of_model(model: &ModelDefinition) -> Value {
    json!({
        "display_name": model.display_name,
        "owned_by": model.owned_by,
        "model_type": model.model_type,
        "min_tier": model.min_tier,
        "context_length": model.context_length,
        "max_output_tokens": model.max_output_tokens,
        "capabilities": model.capabilities,
        "aliases": model.aliases,
        "pricing_unit": model.pricing_unit,
        "input_price_nanos": model.input_price.nanos,
        "output_price_nanos": model.output_price.nanos,
        "is_public": model.is_public,
        "stream_timeout_seconds": model.stream_timeout_seconds,
    })
}

fn of_deployment(deployment: &DeploymentDefinition) -> Value {
    json!({ "upstream_model": deployment.upstream_model, "weight": deployment.weight })
}
