//! Providers, models and deployments that operators keep in the database: a spec each, which is JSON that this crate
//! does not read, and the columns that name or join a row.

use crate::auth_log::{self, AuthChange};
use crate::db::{Db, Row, Tx, Value};
use crate::error::StoreError;
use crate::partial_rows::PartialRows;

/// A company or server that can be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderRow {
    pub name: String,
    /// JSON, without the secret.
    pub spec: String,
    /// The credential, sealed with the master key for this provider and its base URL.
    pub credential: Option<Vec<u8>>,
    /// The secrets of further credentials, sealed likewise.
    pub credentials: Option<Vec<u8>>,
}

/// A public name that clients ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelRow {
    pub id: String,
    pub min_tier: String,
    /// JSON.
    pub spec: String,
    pub created_at_ms: i64,
}

/// One place that serves one model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeploymentRow {
    pub id: String,
    pub model_id: String,
    pub provider_name: String,
    /// JSON.
    pub spec: String,
}

/// All of it, in a stable order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CatalogRows {
    pub providers: Vec<ProviderRow>,
    pub models: Vec<ModelRow>,
    pub deployments: Vec<DeploymentRow>,
}

/// Reads the whole catalogue of the database.
///
/// # Errors
/// If the database cannot be read. Rows that cannot be read are left out, and returned as errors beside the others.
pub async fn load(db: &Db) -> Result<(CatalogRows, Vec<StoreError>), StoreError> {
    let providers = db
        .fetch_all("SELECT * FROM providers ORDER BY name", vec![])
        .await?;
    let models = db
        .fetch_all("SELECT * FROM models ORDER BY id", vec![])
        .await?;
    let sql = "SELECT * FROM deployments ORDER BY model_id, provider_name, id";
    let deployments = db.fetch_all(sql, vec![]).await?;
    let providers = PartialRows::of(&providers, ProviderRow::from_row);
    let models = PartialRows::of(&models, ModelRow::from_row);
    let deployments = PartialRows::of(&deployments, DeploymentRow::from_row);
    let unreadable = [
        providers.unreadable,
        models.unreadable,
        deployments.unreadable,
    ]
    .into_iter()
    .flatten()
    .collect();
    let rows = CatalogRows {
        providers: providers.rows,
        models: models.rows,
        deployments: deployments.rows,
    };
    Ok((rows, unreadable))
}

/// Adds or replaces what `rows` name; the deployments of a model that is named are replaced as a whole.
/// Returns the change that replicas have to learn of.
///
/// # Errors
/// [`StoreError::Conflict`] if a row names a tier that does not exist.
pub async fn upsert(tx: &mut Tx, rows: &CatalogRows, now_ms: i64) -> Result<i64, StoreError> {
    for model in &rows.models {
        delete_deployments_of(tx, &model.id).await?;
    }
    upsert_rows(tx, rows).await?;
    changed(tx, now_ms).await
}

/// Adds or replaces each of `rows`, and nothing besides. The age of a model and its deployments stay.
///
/// # Errors
/// [`StoreError::Conflict`] if a row names a tier that does not exist.
pub async fn upsert_rows(tx: &mut Tx, rows: &CatalogRows) -> Result<(), StoreError> {
    for provider in &rows.providers {
        upsert_provider(tx, provider).await?;
    }
    for model in &rows.models {
        upsert_model(tx, model).await?;
    }
    for deployment in &rows.deployments {
        upsert_deployment(tx, deployment).await?;
    }
    Ok(())
}

/// Notes that the catalogue changed. Returns the change that replicas have to learn of.
///
/// # Errors
/// If the database cannot be written.
pub async fn changed(tx: &mut Tx, now_ms: i64) -> Result<i64, StoreError> {
    auth_log::append(tx, &AuthChange::Catalog, now_ms).await
}

/// Removes a provider; returns `false` if there was none.
///
/// # Errors
/// If the database cannot be written.
pub async fn delete_provider(tx: &mut Tx, name: &str) -> Result<bool, StoreError> {
    let sql = "DELETE FROM providers WHERE name = $1";
    Ok(tx.execute(sql, vec![name.into()]).await? > 0)
}

/// Removes a model with its deployments; returns `false` if there was none.
///
/// # Errors
/// If the database cannot be written.
pub async fn delete_model(tx: &mut Tx, id: &str) -> Result<bool, StoreError> {
    delete_deployments_of(tx, id).await?;
    let sql = "DELETE FROM models WHERE id = $1";
    Ok(tx.execute(sql, vec![id.into()]).await? > 0)
}

/// Removes a deployment; returns `false` if there was none.
///
/// # Errors
/// If the database cannot be written.
pub async fn delete_deployment(tx: &mut Tx, id: &str) -> Result<bool, StoreError> {
    let sql = "DELETE FROM deployments WHERE id = $1";
    Ok(tx.execute(sql, vec![id.into()]).await? > 0)
}

async fn delete_deployments_of(tx: &mut Tx, model_id: &str) -> Result<(), StoreError> {
    let sql = "DELETE FROM deployments WHERE model_id = $1";
    tx.execute(sql, vec![model_id.into()]).await.map(drop)
}

async fn upsert_provider(tx: &mut Tx, provider: &ProviderRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO providers (name, spec, credential, credentials) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name) DO UPDATE SET spec = excluded.spec, credential = excluded.credential,
            credentials = excluded.credentials",
        vec![
            provider.name.clone().into(),
            provider.spec.clone().into(),
            Value::OptBytes(provider.credential.clone()),
            Value::OptBytes(provider.credentials.clone()),
        ],
    )
    .await
    .map(drop)
}

async fn upsert_model(tx: &mut Tx, model: &ModelRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO models (id, min_tier, spec, created_at_ms) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO UPDATE SET min_tier = excluded.min_tier, spec = excluded.spec",
        vec![
            model.id.clone().into(),
            model.min_tier.clone().into(),
            model.spec.clone().into(),
            model.created_at_ms.into(),
        ],
    )
    .await
    .map(drop)
}

async fn upsert_deployment(tx: &mut Tx, deployment: &DeploymentRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO deployments (id, model_id, provider_name, spec) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO UPDATE SET model_id = excluded.model_id,
            provider_name = excluded.provider_name, spec = excluded.spec",
        vec![
            deployment.id.clone().into(),
            deployment.model_id.clone().into(),
            deployment.provider_name.clone().into(),
            deployment.spec.clone().into(),
        ],
    )
    .await
    .map(drop)
}

impl ProviderRow {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            name: row.text("name")?,
            spec: row.text("spec")?,
            credential: row.opt_bytes("credential")?,
            credentials: row.opt_bytes("credentials")?,
        })
    }
}

impl ModelRow {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text("id")?,
            min_tier: row.text("min_tier")?,
            spec: row.text("spec")?,
            created_at_ms: row.int("created_at_ms")?,
        })
    }
}

impl DeploymentRow {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text("id")?,
            model_id: row.text("model_id")?,
            provider_name: row.text("provider_name")?,
            spec: row.text("spec")?,
        })
    }
}
