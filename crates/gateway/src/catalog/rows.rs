//! The catalogue as rows of the database. Credentials are sealed there, each for its provider and address.

use secrecy::ExposeSecret;
use store::StoreError;
use store::catalog::{CatalogRows, DeploymentRow, ModelRow, ProviderRow};
use store::sealed::MasterKey;

use super::definitions::{
    Definitions, DeploymentDefinition, ModelDefinition, Origin, ProviderDefinition,
};
use super::price::{Price, PricingUnit};
use super::price_list::Prices;

/// The definitions that rows make, and what is wrong with the rows that make none.
pub(super) fn from_rows(rows: CatalogRows, master: &MasterKey) -> (Definitions, Vec<String>) {
    let mut problems = Vec::new();
    let mut definitions = Definitions::default();
    for row in rows.providers {
        let name = row.name.clone();
        match provider(row, master) {
            Ok(provider) => definitions.providers.push(provider),
            Err(error) => problems.push(format!("provider {name}: {error}")),
        }
    }
    for row in rows.models {
        let id = row.id.clone();
        match model(row) {
            Ok(model) => definitions.models.push(model),
            Err(problem) => problems.push(format!("model {id}: {problem}")),
        }
    }
    definitions.deployments = rows.deployments.into_iter().map(deployment).collect();
    (definitions, problems)
}

/// The rows that definitions make.
///
/// # Errors
/// When a credential cannot be sealed.
pub fn to_rows(definitions: &Definitions, master: &MasterKey) -> Result<CatalogRows, StoreError> {
    let mut rows = CatalogRows::default();
    for provider in &definitions.providers {
        let place = place(&provider.name, provider.base_url.as_deref());
        let credential = provider
            .credential
            .as_ref()
            .map(|secret| master.seal(&place, secret.expose_secret()));
        rows.providers.push(ProviderRow {
            name: provider.name.clone(),
            kind: provider.kind.clone(),
            base_url: provider.base_url.clone(),
            credential_env: provider.credential_env.clone(),
            credential: credential.transpose()?,
            serves_test_keys: provider.serves_test_keys,
            stream_usage: provider.stream_usage.clone(),
        });
    }
    rows.models = definitions.models.iter().map(model_row).collect();
    rows.deployments = definitions.deployments.iter().map(deployment_row).collect();
    Ok(rows)
}

/// A credential opens only for the provider and the address that it was sealed for: whoever can write
/// the table cannot send it elsewhere.
fn place(name: &str, base_url: Option<&str>) -> String {
    format!(
        "providers/{name}/credential/{}",
        base_url.unwrap_or_default()
    )
}

fn provider(row: ProviderRow, master: &MasterKey) -> Result<ProviderDefinition, StoreError> {
    let place = place(&row.name, row.base_url.as_deref());
    let credential = row
        .credential
        .map(|sealed| master.open(&place, &sealed))
        .transpose()?;
    Ok(ProviderDefinition {
        origin: Origin::Database,
        name: row.name,
        kind: row.kind,
        base_url: row.base_url,
        credential_env: row.credential_env,
        credential: credential.map(|plain| plain.as_str().into()),
        serves_test_keys: row.serves_test_keys,
        stream_usage: row.stream_usage,
    })
}

fn model(row: ModelRow) -> Result<ModelDefinition, String> {
    let pricing_unit = PricingUnit::parse(&row.pricing_unit);
    let pricing_unit =
        pricing_unit.ok_or_else(|| format!("pricing_unit is one of {}", PricingUnit::words()))?;
    Ok(ModelDefinition {
        origin: Origin::Database,
        id: row.id,
        display_name: row.display_name,
        owned_by: row.owned_by,
        model_type: row.model_type,
        min_tier: row.min_tier,
        context_length: row.context_length,
        max_output_tokens: row.max_output_tokens,
        capabilities: row.capabilities,
        aliases: row.aliases,
        pricing_unit,
        input_price: Price {
            nanos: row.input_price_nanos,
        },
        output_price: Price {
            nanos: row.output_price_nanos,
        },
        prices: Prices::default(),
        is_public: row.is_public,
        stream_timeout_seconds: row.stream_timeout_seconds,
        created_at_ms: row.created_at_ms,
    })
}

fn model_row(model: &ModelDefinition) -> ModelRow {
    ModelRow {
        id: model.id.clone(),
        display_name: model.display_name.clone(),
        owned_by: model.owned_by.clone(),
        model_type: model.model_type.clone(),
        min_tier: model.min_tier.clone(),
        context_length: model.context_length,
        max_output_tokens: model.max_output_tokens,
        capabilities: model.capabilities.clone(),
        aliases: model.aliases.clone(),
        pricing_unit: model.pricing_unit.as_str().to_owned(),
        input_price_nanos: model.input_price.nanos,
        output_price_nanos: model.output_price.nanos,
        is_public: model.is_public,
        stream_timeout_seconds: model.stream_timeout_seconds,
        created_at_ms: model.created_at_ms,
    }
}

fn deployment(row: DeploymentRow) -> DeploymentDefinition {
    DeploymentDefinition {
        origin: Origin::Database,
        model: row.model_id,
        provider: row.provider_name,
        upstream_model: row.upstream_model,
        weight: row.weight,
    }
}

fn deployment_row(deployment: &DeploymentDefinition) -> DeploymentRow {
    DeploymentRow {
        model_id: deployment.model.clone(),
        provider_name: deployment.provider.clone(),
        upstream_model: deployment.upstream_model.clone(),
        weight: deployment.weight,
    }
}
