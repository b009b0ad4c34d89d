//! Adding to the catalogue: a provider with its models and their deployments, all or nothing.

use axum::Json;
use axum::extract::State;
use gateway::api::json_body::JsonBody;
use gateway::catalog::{
    Defined, Definitions, DeploymentSpec, ModelSpec, Origin, ProviderSpec, find,
};
use gateway::error::ApiError;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use store::DeploymentId;
use utoipa::ToSchema;

use super::deployments::{self, DeploymentResponse};
use super::models::{self, OperatorModelResponse};
use super::providers::{self, ProviderResponse};
use crate::auth::Operator;
use crate::state::{Control, ControlState};

/// Entries of each kind in one request.
const ENTRIES_MAX: usize = 500;

/// Providers, models and deployments to be added together. Deployments may name what is in the catalogue already.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct CatalogRequest {
    #[schema(max_items = 500)]
    providers: Vec<ProviderSpec>,
    #[schema(max_items = 500)]
    models: Vec<ModelSpec>,
    #[schema(max_items = 500)]
    deployments: Vec<DeploymentSpec>,
}

/// The entries that were added.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CatalogResponse {
    providers: Vec<ProviderResponse>,
    models: Vec<OperatorModelResponse>,
    deployments: Vec<DeploymentResponse>,
}

/// Adds providers, models and deployments in one transaction: all of them or none.
#[utoipa::path(post, path = "/admin/catalog", tag = "admin", operation_id = "add_to_catalog",
    request_body = CatalogRequest, responses((status = 201, body = CatalogResponse)))]
pub(crate) async fn add_to_catalog(
    State(app): State<ControlState>,
    operator: Operator,
    JsonBody(body): JsonBody<CatalogRequest>,
) -> Result<(StatusCode, Json<CatalogResponse>), ApiError> {
    let added = definitions(&app, body)?;
    let commands = app.commands(operator.actor());
    commands.add_to_catalog(added.clone()).await?;
    let known = app
        .gateway
        .catalog
        .sources
        .definitions(&app.db, &app.gateway.master);
    let known = known.await.map_err(ApiError::unavailable)?;
    let providers = added.providers.iter();
    let models = added.models.iter();
    let deployments = added.deployments.iter();
    Ok((
        StatusCode::CREATED,
        Json(CatalogResponse {
            providers: providers
                .filter_map(|one| find(&known.providers, &one.id))
                .map(|one| providers::describe(one, &known))
                .collect(),
            models: models
                .filter_map(|one| find(&known.models, &one.id))
                .map(|one| models::describe(one, &known))
                .collect(),
            deployments: deployments
                .map(|one| deployments::describe(&app, one))
                .collect(),
        }),
    ))
}

fn definitions(app: &Control, body: CatalogRequest) -> Result<Definitions, ApiError> {
    for (field, count) in [
        ("providers", body.providers.len()),
        ("models", body.models.len()),
        ("deployments", body.deployments.len()),
    ] {
        if count > ENTRIES_MAX {
            let message = format!("{field} has at most {ENTRIES_MAX} entries.");
            return Err(ApiError::invalid_field(field, message));
        }
    }
    let created_s = app.clock.now_ms().max(0).unsigned_abs() / 1_000;
    let mut added = Definitions::default();
    for mut spec in body.providers {
        spec.normalize().map_err(providers::refused)?;
        added
            .providers
            .push(Defined::provider(Origin::Database, spec));
    }
    for mut spec in body.models {
        spec.normalize(created_s);
        added.models.push(Defined::model(Origin::Database, spec));
    }
    for mut spec in body.deployments {
        spec.normalize();
        added.deployments.push(Defined {
            id: DeploymentId::generate().to_string(),
            origin: Origin::Database,
            spec,
        });
    }
    Ok(added)
}
