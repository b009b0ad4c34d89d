//! Providers, models and deployments that operators keep in the database.

use crate::auth_log::{self, AuthChange};
use crate::db::{Db, Row, Tx, Value};
use crate::error::StoreError;
use crate::readable::Readable;

/// A company or server that we can call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderRow {
    pub name: String,
    pub kind: String,
    pub base_url: Option<String>,
    /// The environment variable that holds the credential.
    pub credential_env: Option<String>,
    /// The credential, sealed with the master key for this provider and its base URL.
    pub credential: Option<Vec<u8>>,
    /// Whether `test` keys may reach it.
    pub serves_test_keys: bool,
    /// How streams are made to carry usage; `None`: as the kind has it.
    pub stream_usage: Option<String>,
}

/// A public name that clients ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelRow {
    pub id: String,
    pub display_name: String,
    pub owned_by: String,
    pub model_type: String,
    pub min_tier: String,
    pub context_length: Option<u64>,
    pub max_output_tokens: Option<u64>,
    pub capabilities: Vec<String>,
    pub aliases: Vec<String>,
    pub pricing_unit: String,
    pub input_price_nanos: u64,
    pub output_price_nanos: u64,
    pub is_public: bool,
    /// How long a stream may be silent; `None`: as the settings say.
    pub stream_timeout_seconds: Option<u64>,
    pub created_at_ms: i64,
}

/// One place that serves one model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeploymentRow {
    pub model_id: String,
    pub provider_name: String,
    pub upstream_model: String,
    pub weight: u64,
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
/// When the database cannot be read. Rows that are not what they should be are left out, and told.
pub async fn load(db: &Db) -> Result<(CatalogRows, Vec<StoreError>), StoreError> {
    let providers = db
        .fetch_all("SELECT * FROM providers ORDER BY name", vec![])
        .await?;
    let models = db
        .fetch_all("SELECT * FROM models ORDER BY id", vec![])
        .await?;
    let sql = "SELECT * FROM deployments ORDER BY model_id, provider_name, upstream_model";
    let deployments = db.fetch_all(sql, vec![]).await?;
    let providers = Readable::of(&providers, ProviderRow::from_row);
    let models = Readable::of(&models, ModelRow::from_row);
    let deployments = Readable::of(&deployments, DeploymentRow::from_row);
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
/// [`StoreError::Conflict`] when a row names a tier, model or provider that does not exist.
pub async fn upsert(tx: &mut Tx, rows: &CatalogRows, now_ms: i64) -> Result<i64, StoreError> {
    for provider in &rows.providers {
        upsert_provider(tx, provider).await?;
    }
    for model in &rows.models {
        upsert_model(tx, model).await?;
        tx.execute(
            "DELETE FROM deployments WHERE model_id = $1",
            vec![model.id.clone().into()],
        )
        .await?;
    }
    for deployment in &rows.deployments {
        upsert_deployment(tx, deployment).await?;
    }
    auth_log::append(tx, &AuthChange::Catalog, now_ms).await
}

/// Notes that the catalogue changed. Returns the change that replicas have to learn of.
///
/// # Errors
/// When the database cannot be written.
pub async fn changed(tx: &mut Tx, now_ms: i64) -> Result<i64, StoreError> {
    auth_log::append(tx, &AuthChange::Catalog, now_ms).await
}

/// Removes a provider; says whether there was one.
///
/// # Errors
/// When the database cannot be written.
pub async fn delete_provider(tx: &mut Tx, name: &str) -> Result<bool, StoreError> {
    let sql = "DELETE FROM providers WHERE name = $1";
    Ok(tx.execute(sql, vec![name.into()]).await? > 0)
}

/// Removes a model with its deployments; says whether there was one.
///
/// # Errors
/// When the database cannot be written.
pub async fn delete_model(tx: &mut Tx, id: &str) -> Result<bool, StoreError> {
    let sql = "DELETE FROM deployments WHERE model_id = $1";
    tx.execute(sql, vec![id.into()]).await?;
    let sql = "DELETE FROM models WHERE id = $1";
    Ok(tx.execute(sql, vec![id.into()]).await? > 0)
}

/// Removes a deployment; says whether there was one.
///
/// # Errors
/// When the database cannot be written.
pub async fn delete_deployment(
    tx: &mut Tx,
    model_id: &str,
    provider_name: &str,
    upstream_model: &str,
) -> Result<bool, StoreError> {
    let sql = "DELETE FROM deployments WHERE model_id = $1 AND provider_name = $2 AND upstream_model = $3";
    let values = vec![model_id.into(), provider_name.into(), upstream_model.into()];
    Ok(tx.execute(sql, values).await? > 0)
}

/// Adds a provider, or replaces it.
///
/// # Errors
/// When the database cannot be written.
pub async fn upsert_provider(tx: &mut Tx, provider: &ProviderRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO providers (name, kind, base_url, credential_env, credential, serves_test_keys, stream_usage)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, base_url = excluded.base_url,
            credential_env = excluded.credential_env, credential = excluded.credential,
            serves_test_keys = excluded.serves_test_keys, stream_usage = excluded.stream_usage",
        vec![
            provider.name.clone().into(),
            provider.kind.clone().into(),
            provider.base_url.clone().into(),
            provider.credential_env.clone().into(),
            Value::OptBytes(provider.credential.clone()),
            provider.serves_test_keys.into(),
            provider.stream_usage.clone().into(),
        ],
    )
    .await
    .map(drop)
}

/// Adds a model, or replaces it; its age and its deployments stay.
///
/// # Errors
/// [`StoreError::Conflict`] when its tier does not exist.
pub async fn upsert_model(tx: &mut Tx, model: &ModelRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO models (id, display_name, owned_by, model_type, min_tier, context_length, max_output_tokens,
            capabilities, aliases, pricing_unit, input_price_nanos, output_price_nanos, is_public, created_at_ms,
            stream_timeout_seconds)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         ON CONFLICT (id) DO UPDATE SET display_name = excluded.display_name, owned_by = excluded.owned_by,
            model_type = excluded.model_type, min_tier = excluded.min_tier,
            context_length = excluded.context_length, max_output_tokens = excluded.max_output_tokens,
            capabilities = excluded.capabilities, aliases = excluded.aliases,
            pricing_unit = excluded.pricing_unit, input_price_nanos = excluded.input_price_nanos,
            output_price_nanos = excluded.output_price_nanos, is_public = excluded.is_public,
            stream_timeout_seconds = excluded.stream_timeout_seconds",
        vec![
            model.id.clone().into(),
            model.display_name.clone().into(),
            model.owned_by.clone().into(),
            model.model_type.clone().into(),
            model.min_tier.clone().into(),
            model.context_length.into(),
            model.max_output_tokens.into(),
            encode(&model.capabilities).into(),
            encode(&model.aliases).into(),
            model.pricing_unit.clone().into(),
            model.input_price_nanos.into(),
            model.output_price_nanos.into(),
            model.is_public.into(),
            model.created_at_ms.into(),
            model.stream_timeout_seconds.into(),
        ],
    )
    .await
    .map(drop)
}

/// Adds a deployment, or gives it another weight.
///
/// # Errors
/// When the database cannot be written.
pub async fn upsert_deployment(tx: &mut Tx, deployment: &DeploymentRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO deployments (model_id, provider_name, upstream_model, weight) VALUES ($1, $2, $3, $4)
         ON CONFLICT (model_id, provider_name, upstream_model) DO UPDATE SET weight = excluded.weight",
        vec![
            deployment.model_id.clone().into(),
            deployment.provider_name.clone().into(),
            deployment.upstream_model.clone().into(),
            deployment.weight.into(),
        ],
    )
    .await
    .map(drop)
}

impl ProviderRow {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            name: row.text("name")?,
            kind: row.text("kind")?,
            base_url: row.opt_text("base_url")?,
            credential_env: row.opt_text("credential_env")?,
            credential: row.opt_bytes("credential")?,
            serves_test_keys: row.bool("serves_test_keys")?,
            stream_usage: row.opt_text("stream_usage")?,
        })
    }
}

impl ModelRow {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text("id")?,
            display_name: row.text("display_name")?,
            owned_by: row.text("owned_by")?,
            model_type: row.text("model_type")?,
            min_tier: row.text("min_tier")?,
            context_length: row.opt_count("context_length")?,
            max_output_tokens: row.opt_count("max_output_tokens")?,
            capabilities: decode(&row.text("capabilities")?)?,
            aliases: decode(&row.text("aliases")?)?,
            pricing_unit: row.text("pricing_unit")?,
            input_price_nanos: row.count("input_price_nanos")?,
            output_price_nanos: row.count("output_price_nanos")?,
            is_public: row.bool("is_public")?,
            stream_timeout_seconds: row.opt_count("stream_timeout_seconds")?,
            created_at_ms: row.int("created_at_ms")?,
        })
    }
}

impl DeploymentRow {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            model_id: row.text("model_id")?,
            provider_name: row.text("provider_name")?,
            upstream_model: row.text("upstream_model")?,
            weight: row.count("weight")?,
        })
    }
}

fn encode(list: &[String]) -> String {
    serde_json::Value::from(list.to_vec()).to_string()
}

fn decode(text: &str) -> Result<Vec<String>, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Corrupt {
        table: "models",
        detail: error.to_string(),
    })
}
