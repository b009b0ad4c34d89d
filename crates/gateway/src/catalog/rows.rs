//! The catalogue as rows of the database. Credentials are sealed there, each for its provider and address.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use store::StoreError;
use store::catalog::{CatalogRows, DeploymentRow, ModelRow, ProviderRow};
use store::sealed::MasterKey;

use super::definitions::{Defined, Definitions, Origin};
use super::spec::{DeploymentSpec, ModelSpec, ProviderSpec, Spec, field_names};

/// The definitions that rows make, and what is wrong with the rows that make none.
pub(super) fn from_rows(rows: CatalogRows, master: &MasterKey) -> (Definitions, Vec<String>) {
    let mut problems = Vec::new();
    let mut definitions = Definitions::default();
    for row in rows.providers {
        let name = row.name.clone();
        match provider(row, master) {
            Ok(spec) => {
                let defined = Defined::provider(Origin::Database, spec);
                definitions.providers.push(defined);
            }
            Err(error) => problems.push(format!("provider {name}: {error}")),
        }
    }
    for row in rows.models {
        match model(&row) {
            Ok(spec) => definitions
                .models
                .push(Defined::model(Origin::Database, spec)),
            Err(error) => problems.push(format!("model {}: {error}", row.id)),
        }
    }
    for row in rows.deployments {
        match read::<DeploymentSpec>("deployments", &row.spec) {
            Ok(spec) => definitions.deployments.push(Defined {
                id: row.id,
                origin: Origin::Database,
                spec,
            }),
            Err(error) => problems.push(format!("deployment {}: {error}", row.id)),
        }
    }
    // The order in which deployments are tried is what they join, not when they were made.
    definitions
        .deployments
        .sort_by(|one, other| one.spec.identity().cmp(&other.spec.identity()));
    (definitions, problems)
}

/// The rows that definitions make.
///
/// # Errors
/// If a credential cannot be sealed.
pub fn to_rows(definitions: &Definitions, master: &MasterKey) -> Result<CatalogRows, StoreError> {
    let mut rows = CatalogRows::default();
    for Defined { spec, .. } in &definitions.providers {
        let place = place(spec);
        let secret = spec.credential.secret.as_ref();
        let sealed = secret.map(|secret| master.seal(&place, secret.expose_secret()));
        rows.providers.push(ProviderRow {
            name: spec.name.clone(),
            spec: written("providers", spec)?,
            credential: sealed.transpose()?,
            credentials: sealed_further(spec, master)?,
        });
    }
    for Defined { spec, .. } in &definitions.models {
        rows.models.push(ModelRow {
            id: spec.id.clone(),
            min_tier: spec.min_tier.clone(),
            spec: written("models", spec)?,
            created_at_ms: spec.created_at_ms(),
        });
    }
    for Defined { id, spec, .. } in &definitions.deployments {
        rows.deployments.push(DeploymentRow {
            id: id.clone(),
            model_id: spec.model.clone(),
            provider_name: spec.provider.clone(),
            spec: written("deployments", spec)?,
        });
    }
    Ok(rows)
}

/// The secrets of further credentials by their labels, sealed as one.
fn sealed_further(spec: &ProviderSpec, master: &MasterKey) -> Result<Option<Vec<u8>>, StoreError> {
    let secrets: BTreeMap<&str, &str> = spec
        .credentials
        .iter()
        .filter_map(|one| Some((one.label(), one.secret.as_ref()?.expose_secret())))
        .collect();
    if secrets.is_empty() {
        return Ok(None);
    }
    let text = serde_json::to_string(&secrets).map_err(|error| corrupt("providers", &error))?;
    master.seal(&place_of_further(spec), &text).map(Some)
}

fn place_of_further(spec: &ProviderSpec) -> String {
    let address = spec.address().unwrap_or_default();
    format!("providers/{}/credentials/{address}", spec.name)
}

/// The place that a credential is sealed for, its provider and address: write access to the table
/// is not enough to send it elsewhere.
fn place(spec: &ProviderSpec) -> String {
    place_at(spec, &spec.address().unwrap_or_default())
}

fn place_at(spec: &ProviderSpec, address: &str) -> String {
    format!("providers/{}/credential/{address}", spec.name)
}

fn provider(row: ProviderRow, master: &MasterKey) -> Result<ProviderSpec, StoreError> {
    let mut spec: ProviderSpec = read("providers", &row.spec)?;
    if let Some(sealed) = row.credential {
        // Earlier versions sealed the address that the kind knows as none.
        let given = spec.base_url.as_deref().unwrap_or_default();
        let plain = master
            .open(&place(&spec), &sealed)
            .or_else(|_| master.open(&place_at(&spec, given), &sealed))?;
        spec.credential.unseal(plain.as_str());
    }
    if let Some(sealed) = row.credentials {
        let plain = master.open(&place_of_further(&spec), &sealed)?;
        unseal_further(&mut spec, plain.as_str())?;
    }
    Ok(spec)
}

fn unseal_further(spec: &mut ProviderSpec, plain: &str) -> Result<(), StoreError> {
    let secrets: BTreeMap<String, SecretString> =
        serde_json::from_str(plain).map_err(|error| corrupt("providers", &error))?;
    for credential in &mut spec.credentials {
        if let Some(secret) = secrets.get(credential.label()) {
            credential.unseal(secret.expose_secret());
        }
    }
    Ok(())
}

fn model(row: &ModelRow) -> Result<ModelSpec, StoreError> {
    let mut spec: ModelSpec = read("models", &row.spec)?;
    // A model that is replaced keeps its age, which is the row's.
    spec.created = u64::try_from(row.created_at_ms / 1_000).ok();
    Ok(spec)
}

fn written<S: Spec>(table: &'static str, spec: &S) -> Result<String, StoreError> {
    serde_json::to_string(spec).map_err(|error| corrupt(table, &error))
}

/// Members that this version does not know are passed over: while servers are replaced one by one, the newer ones
/// write what the older ones must not lose the whole row for.
fn read<S: Spec>(table: &'static str, text: &str) -> Result<S, StoreError> {
    let mut members: Map<String, Value> =
        serde_json::from_str(text).map_err(|error| corrupt(table, &error))?;
    let known = field_names::<S>();
    members.retain(|name, _| known.contains(&name.as_str()));
    serde_json::from_value(Value::Object(members)).map_err(|error| corrupt(table, &error))
}

fn corrupt(table: &'static str, error: &serde_json::Error) -> StoreError {
    StoreError::Corrupt {
        table,
        detail: error.to_string(),
    }
}
