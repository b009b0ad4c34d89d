//! Editing providers, models and deployments. What comes from a file or is built in is not edited here.

use gateway::catalog::{
    CatalogError, Defined, Definitions, DeploymentSpec, ModelSpec, Origin, ProviderSpec, Spec,
    SpecError, find, to_rows,
};
use serde_json::Value;
use store::audit_log::Subject;
use store::{StoreError, catalog};

use super::{CommandError, Commands, Edit, Note};

/// A noun's names in the audit log and in refusals.
struct Noun {
    name: &'static str,
    created: &'static str,
    changed: &'static str,
    deleted: &'static str,
    /// The member that a refusal names which concerns the spec as a whole.
    field: &'static str,
}

const PROVIDER: Noun = Noun {
    name: "provider",
    created: "provider.created",
    changed: "provider.changed",
    deleted: "provider.deleted",
    field: "base_url",
};
const MODEL: Noun = Noun {
    name: "model",
    created: "model.created",
    changed: "model.changed",
    deleted: "model.deleted",
    field: "id",
};
const DEPLOYMENT: Noun = Noun {
    name: "deployment",
    created: "deployment.created",
    changed: "deployment.changed",
    deleted: "deployment.deleted",
    field: "model",
};

impl Commands<'_> {
    /// Adds a provider, or replaces the one of that name.
    ///
    /// # Errors
    /// If it could not be used, or is not the database's.
    pub(crate) async fn put_provider(
        &self,
        edit: Edit,
        provider: Defined<ProviderSpec>,
        is_new: bool,
    ) -> Result<(), CommandError> {
        provider.spec.validate()?;
        let known = self.definitions().await?;
        let before = find(&known.providers, &provider.id);
        check_owner(before, is_new, &PROVIDER)?;
        let note = PROVIDER.put(&provider.id, before, &provider.spec)?;
        let over = Definitions {
            providers: vec![provider],
            ..Definitions::default()
        };
        self.check(PROVIDER.field, &over).await?;
        self.write(edit, &over, [note]).await
    }

    /// Removes a provider that serves no model.
    ///
    /// # Errors
    /// If there is no such provider, it is not the database's, or it is in use.
    pub(crate) async fn delete_provider(&self, name: &str) -> Result<(), CommandError> {
        let mut edit = self.begin_edit().await?;
        let known = self.definitions().await?;
        let before = find(&known.providers, name);
        check_owner(before, false, &PROVIDER)?;
        if known
            .deployments
            .iter()
            .any(|one| one.spec.provider == name)
        {
            let message = "The provider serves models. Remove its deployments first.";
            return Err(CommandError::conflict("provider_in_use", message));
        }
        let note = PROVIDER.delete(name, before)?;
        catalog::delete_provider(&mut edit, name).await?;
        self.finish(edit, [note]).await
    }

    /// Adds a model, or replaces the one of that id; its deployments stay.
    ///
    /// # Errors
    /// If it could not be used, or is not the database's.
    pub(crate) async fn put_model(
        &self,
        edit: Edit,
        model: Defined<ModelSpec>,
        is_new: bool,
    ) -> Result<(), CommandError> {
        model.spec.validate()?;
        let known = self.definitions().await?;
        let before = find(&known.models, &model.id);
        check_owner(before, is_new, &MODEL)?;
        let note = MODEL.put(&model.id, before, &model.spec)?;
        let deployments = known.deployments.iter();
        let served_by = deployments.filter(|one| one.spec.model == model.id);
        let mut over = Definitions {
            deployments: served_by.cloned().collect(),
            models: vec![model],
            ..Definitions::default()
        };
        self.check(MODEL.field, &over).await?;
        over.deployments.clear();
        self.write(edit, &over, [note]).await
    }

    /// Removes a model with its deployments.
    ///
    /// # Errors
    /// If there is no such model, it is not the database's, or a virtual model leads to it.
    pub(crate) async fn delete_model(&self, id: &str) -> Result<(), CommandError> {
        let mut edit = self.begin_edit().await?;
        let known = self.definitions().await?;
        let before = find(&known.models, id);
        check_owner(before, false, &MODEL)?;
        let leads_here =
            |one: &&Defined<ModelSpec>| one.spec.routes.iter().any(|rule| rule.model == id);
        if let Some(one) = known.models.iter().find(leads_here) {
            let name = &one.id;
            let message =
                format!("The virtual model {name:?} leads to it. Change its routes first.");
            return Err(CommandError::conflict("model_in_use", message));
        }
        let note = MODEL.delete(id, before)?;
        catalog::delete_model(&mut edit, id).await?;
        self.finish(edit, [note]).await
    }

    /// Lets a provider serve a model, or changes how.
    ///
    /// # Errors
    /// If one of them does not exist, the provider serves the model so already, or the deployment is not the database's.
    pub(crate) async fn put_deployment(
        &self,
        edit: Edit,
        deployment: Defined<DeploymentSpec>,
        is_new: bool,
    ) -> Result<(), CommandError> {
        deployment.spec.validate()?;
        let known = self.definitions().await?;
        let before = find(&known.deployments, &deployment.id);
        check_owner(before, is_new, &DEPLOYMENT)?;
        check_owner(twin(&deployment, &known.deployments), true, &DEPLOYMENT)?;
        let note = DEPLOYMENT.put(&deployment.id, before, &deployment.spec)?;
        let note = labelled(note, &deployment.spec);
        let over = Definitions {
            deployments: vec![deployment],
            ..Definitions::default()
        };
        self.check(DEPLOYMENT.field, &over).await?;
        self.write(edit, &over, [note]).await
    }

    /// Lets a provider serve a model no longer.
    ///
    /// # Errors
    /// If there is no such deployment, or it is not the database's.
    pub(crate) async fn delete_deployment(&self, id: &str) -> Result<(), CommandError> {
        let mut edit = self.begin_edit().await?;
        let known = self.definitions().await?;
        let before = find(&known.deployments, id);
        check_owner(before, false, &DEPLOYMENT)?;
        let mut note = DEPLOYMENT.delete(id, before)?;
        if let Some(before) = before {
            note = labelled(note, &before.spec);
        }
        catalog::delete_deployment(&mut edit, id).await?;
        self.finish(edit, [note]).await
    }

    /// Adds providers, models and deployments in one transaction: all of them or none.
    ///
    /// # Errors
    /// If one of them could not be used, or is there already.
    pub(crate) async fn add_to_catalog(&self, added: Definitions) -> Result<(), CommandError> {
        let edit = self.begin_edit().await?;
        let known = self.definitions().await?;
        let mut notes = Vec::new();
        for Defined { id, spec, .. } in &added.providers {
            spec.validate()?;
            check_owner(find(&known.providers, id), true, &PROVIDER)?;
            notes.push(PROVIDER.put(id, None, spec)?);
        }
        for Defined { id, spec, .. } in &added.models {
            spec.validate()?;
            check_owner(find(&known.models, id), true, &MODEL)?;
            notes.push(MODEL.put(id, None, spec)?);
        }
        for deployment in &added.deployments {
            let Defined { id, spec, .. } = deployment;
            spec.validate()?;
            for others in [&known.deployments, &added.deployments] {
                check_owner(twin(deployment, others), true, &DEPLOYMENT)?;
            }
            notes.push(labelled(DEPLOYMENT.put(id, None, spec)?, spec));
        }
        self.check("models", &added).await?;
        self.write(edit, &added, notes).await
    }

    async fn definitions(&self) -> Result<Definitions, CommandError> {
        let definitions = self.sources.definitions(self.db, self.master).await;
        definitions.map_err(refused)
    }

    /// Validates the catalogue with `over` laid over it.
    async fn check(&self, field: &'static str, over: &Definitions) -> Result<(), CommandError> {
        let problems = self.sources.check(self.db, self.master, over).await;
        let problems = problems.map_err(refused)?;
        if problems.is_empty() {
            return Ok(());
        }
        Err(CommandError::invalid(field, problems.join("; ")))
    }

    async fn write(
        &self,
        mut edit: Edit,
        over: &Definitions,
        notes: impl IntoIterator<Item = Note<'_>>,
    ) -> Result<(), CommandError> {
        let rows = to_rows(over, self.master)?;
        catalog::upsert_rows(&mut edit, &rows).await?;
        self.finish(edit, notes).await
    }

    async fn finish(
        &self,
        mut edit: Edit,
        notes: impl IntoIterator<Item = Note<'_>>,
    ) -> Result<(), CommandError> {
        let seq = catalog::changed(&mut edit, self.clock.now_ms()).await?;
        for note in notes {
            self.note(&mut edit, note).await?;
        }
        self.commit_and_propagate(edit, seq).await
    }
}

impl Noun {
    fn put<S: Spec>(
        &self,
        id: &str,
        before: Option<&Defined<S>>,
        after: &S,
    ) -> Result<Note<'static>, CommandError> {
        let action = match before {
            None => self.created,
            Some(_) => self.changed,
        };
        Ok(Note {
            before: before.map(|before| shown(&before.spec)).transpose()?,
            after: Some(shown(after)?),
            ..self.note(action, id)
        })
    }

    fn delete<S: Spec>(
        &self,
        id: &str,
        before: Option<&Defined<S>>,
    ) -> Result<Note<'static>, CommandError> {
        Ok(Note {
            before: before.map(|before| shown(&before.spec)).transpose()?,
            ..self.note(self.deleted, id)
        })
    }

    fn note(&self, action: &'static str, id: &str) -> Note<'static> {
        Note {
            account_id: None,
            action,
            subject: Subject {
                kind: self.name,
                id: id.to_owned(),
                label: id.to_owned(),
            },
            before: None,
            after: None,
        }
    }
}

/// The spec as the audit log shows it; specs serialize without their secrets.
fn shown<S: Spec>(spec: &S) -> Result<Value, CommandError> {
    serde_json::to_value(spec).map_err(|error| {
        let detail = error.to_string();
        let table = "audit_log";
        StoreError::Corrupt { table, detail }.into()
    })
}

/// Another deployment that joins the same.
fn twin<'a>(
    deployment: &Defined<DeploymentSpec>,
    others: &'a [Defined<DeploymentSpec>],
) -> Option<&'a Defined<DeploymentSpec>> {
    let identity = deployment.spec.identity();
    let mut others = others.iter();
    others.find(|one| one.id != deployment.id && one.spec.identity() == identity)
}

/// Deployments are called by what they join: their ids say nothing to people.
fn labelled<'a>(mut note: Note<'a>, spec: &DeploymentSpec) -> Note<'a> {
    note.subject.label = format!("{} at {}", spec.model, spec.provider);
    if let Some(name) = &spec.name {
        note.subject.label.push_str(&format!(" ({name})"));
    }
    note
}

impl From<SpecError> for CommandError {
    fn from(error: SpecError) -> Self {
        Self::invalid(error.field, error.message)
    }
}

fn refused(error: CatalogError) -> CommandError {
    match error {
        CatalogError::Store(error) => CommandError::Store(error),
        CatalogError::File { .. } | CatalogError::Builtin(_) => {
            CommandError::conflict("catalogue_broken", error.to_string())
        }
    }
}

/// Checks that a row to be changed is the database's, and that a new one does not exist yet.
fn check_owner<S>(
    found: Option<&Defined<S>>,
    is_new: bool,
    noun: &Noun,
) -> Result<(), CommandError> {
    let name = noun.name;
    match found.map(|one| one.origin) {
        None if is_new => Ok(()),
        None => Err(StoreError::NotFound { what: name }.into()),
        Some(Origin::Database) if is_new => {
            let message =
                format!("There is such a {name} already. Edit it, or choose another name.");
            Err(CommandError::conflict("exists", message))
        }
        Some(Origin::Database) => Ok(()),
        Some(Origin::Builtin | Origin::File) => {
            let message = format!(
                "This {name} is built in or comes from the catalogue file; change it there."
            );
            Err(CommandError::conflict("read_only", message))
        }
    }
}
