//! Providers and their credentials, for operators. A credential goes in and never comes out.

use axum::Json;
use axum::extract::State;
use gateway::api::json_body::JsonBody;
use gateway::catalog::{
    CredentialSpec, Defined, Definitions, Origin, ProviderSpec, SpecError, find,
};
use gateway::config::credential_from_environment;
use gateway::error::ApiError;
use http::StatusCode;
use llm::provider::Variable;
use llm::providers::PROVIDERS;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::admin::provider_test::ProviderTestResponse;
use crate::api::change::Change;
use crate::api::pagination::Page;
use crate::api::path::PathId;
use crate::auth::Operator;
use crate::state::{Control, ControlState};

/// A provider, without its credential.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProviderResponse {
    #[serde(flatten)]
    spec: ProviderSpec,
    /// True if there is a credential, and none of several is missing: `false` also for a variable that is not set.
    is_credential_set: bool,
    /// `file`, `database` or `sandbox`; only those of the database can be edited here.
    #[schema(value_type = crate::api::document_words::Origin)]
    origin: &'static str,
    /// The number of its deployments.
    deployments: usize,
}

/// A language that providers of this kind speak, and where they are.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProviderKindResponse {
    kind: &'static str,
    /// The name that people read.
    label: &'static str,
    /// `null`: only the operator knows it, or some variables of it.
    default_base_url: Option<&'static str>,
    /// The address with its variables in braces, such as `{region}`.
    address: Option<&'static str>,
    /// The shelf on which people look for it: `lab`, `cloud`, `host`, `router`, `own_server` or `any`.
    group: &'static str,
    /// The variables of its address.
    variables: Vec<AddressVariableResponse>,
    /// The method of its credential, where the provider does not say another.
    auth_method: &'static str,
}

/// A variable in the address of a kind of providers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AddressVariableResponse {
    name: &'static str,
    /// The value where none is given; `null`: one has to be.
    default: Option<&'static str>,
}

impl From<Variable> for AddressVariableResponse {
    fn from(Variable { name, default }: Variable) -> Self {
        Self { name, default }
    }
}

/// The kinds of providers there are.
#[utoipa::path(get, path = "/admin/provider-kinds", tag = "admin", operation_id = "list_provider_kinds",
    responses((status = 200, body = Page<ProviderKindResponse>)))]
pub(crate) async fn list_provider_kinds(_: Operator) -> Json<Page<ProviderKindResponse>> {
    let kinds = PROVIDERS.iter().map(|provider| ProviderKindResponse {
        kind: provider.kind,
        label: provider.label,
        default_base_url: provider.base_url.filter(|url| !url.contains('{')),
        address: provider.base_url,
        group: provider.group.name(),
        variables: provider.variables().into_iter().map(Into::into).collect(),
        auth_method: provider.auth.method(),
    });
    Json(Page::whole(kinds.collect()))
}

/// The providers, by name.
#[utoipa::path(get, path = "/admin/providers", tag = "admin", operation_id = "list_providers",
    responses((status = 200, body = Page<ProviderResponse>)))]
pub(crate) async fn list_providers(
    State(app): State<ControlState>,
    _: Operator,
) -> Result<Json<Page<ProviderResponse>>, ApiError> {
    let definitions = definitions(&app).await?;
    let mut described: Vec<ProviderResponse> = definitions
        .providers
        .iter()
        .map(|provider| describe(provider, &definitions))
        .collect();
    described.sort_by(|left, right| left.spec.name.cmp(&right.spec.name));
    Ok(Json(Page::whole(described)))
}

/// Adds a provider.
#[utoipa::path(post, path = "/admin/providers", tag = "admin", operation_id = "create_provider",
    request_body = ProviderSpec, responses((status = 201, body = ProviderResponse)))]
pub(crate) async fn create_provider(
    State(app): State<ControlState>,
    operator: Operator,
    JsonBody(mut spec): JsonBody<ProviderSpec>,
) -> Result<(StatusCode, Json<ProviderResponse>), ApiError> {
    spec.normalize().map_err(refused)?;
    let provider = Defined::provider(Origin::Database, spec);
    let name = provider.id.clone();
    let commands = app.commands(operator.actor());
    let edit = commands.begin_edit().await?;
    commands.put_provider(edit, provider, true).await?;
    Ok((StatusCode::CREATED, Json(read(&app, &name).await?)))
}

/// Changes a provider. Another address needs the secret again: it is sealed for the one that it was given for.
#[utoipa::path(patch, path = "/admin/providers/{id}", tag = "admin", operation_id = "edit_provider",
    params(("id" = String, Path)), request_body = Change<ProviderSpec>,
    responses((status = 200, body = ProviderResponse)))]
pub(crate) async fn edit_provider(
    State(app): State<ControlState>,
    operator: Operator,
    PathId(name): PathId,
    JsonBody(change): JsonBody<Change<ProviderSpec>>,
) -> Result<Json<ProviderResponse>, ApiError> {
    let commands = app.commands(operator.actor());
    let edit = commands.begin_edit().await?;
    let definitions = definitions(&app).await?;
    let known = find(&definitions.providers, &name);
    let known = known.ok_or_else(|| ApiError::not_found("provider"))?;
    let spec = changed(&known.spec, change)?;
    let provider = Defined {
        spec,
        ..known.clone()
    };
    commands.put_provider(edit, provider, false).await?;
    Ok(Json(read(&app, &name).await?))
}

fn changed(known: &ProviderSpec, change: Change<ProviderSpec>) -> Result<ProviderSpec, ApiError> {
    let keeps_credential = !change.names("credential");
    let keeps_labels = !change.names("credentials");
    let mut spec = change.apply_to(known)?;
    if spec.name != known.name {
        let message = "The name of a provider cannot be changed; add another one.";
        return Err(ApiError::invalid_field("name", message));
    }
    spec.normalize().map_err(refused)?;
    let is_moved = spec.address().ok() != known.address().ok();
    if keeps_credential {
        if is_moved && known.credential.secret.is_some() {
            return Err(sealed_elsewhere("credential"));
        }
        // What is serialized has no secret.
        spec.credential = known.credential.clone();
    }
    if is_moved {
        let has_secret = |one: &CredentialSpec| one.secret.is_some();
        if keeps_labels && known.credentials.iter().any(has_secret) {
            return Err(sealed_elsewhere("credentials"));
        }
    } else {
        spec.keep_secrets_of(known);
    }
    Ok(spec)
}

fn sealed_elsewhere(field: &'static str) -> ApiError {
    let message = "Give the secret again: it is sealed for the address before.";
    ApiError::invalid_field(field, message)
}

pub(super) fn refused(error: SpecError) -> ApiError {
    ApiError::invalid_field(error.field, error.message)
}

/// Removes a provider that serves no model.
#[utoipa::path(delete, path = "/admin/providers/{id}", tag = "admin", operation_id = "delete_provider",
    params(("id" = String, Path)), responses((status = 204)))]
pub(crate) async fn delete_provider(
    State(app): State<ControlState>,
    operator: Operator,
    PathId(name): PathId,
) -> Result<StatusCode, ApiError> {
    app.commands(operator.actor())
        .delete_provider(&name)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks a provider for its list of models: whether it is there, and takes our credentials, each of them.
#[utoipa::path(post, path = "/admin/providers/{id}/test", tag = "admin", operation_id = "test_provider",
    params(("id" = String, Path)), responses((status = 200, body = ProviderTestResponse)))]
pub(crate) async fn test_provider(
    State(app): State<ControlState>,
    _: Operator,
    PathId(name): PathId,
) -> Result<Json<ProviderTestResponse>, ApiError> {
    let began_at = app.clock.uptime();
    let outcomes = app.gateway.probe_provider(&name).await;
    let outcomes = outcomes.map_err(ApiError::unavailable)?;
    let test = ProviderTestResponse::of_all(&app, outcomes, began_at);
    test.map(Json)
        .ok_or_else(|| ApiError::not_found("provider"))
}

async fn definitions(app: &Control) -> Result<Definitions, ApiError> {
    let definitions = app
        .gateway
        .catalog
        .sources
        .definitions(&app.db, &app.gateway.master)
        .await;
    definitions.map_err(ApiError::unavailable)
}

async fn read(app: &Control, name: &str) -> Result<ProviderResponse, ApiError> {
    let definitions = definitions(app).await?;
    find(&definitions.providers, name)
        .map(|provider| describe(provider, &definitions))
        .ok_or_else(|| ApiError::not_found("provider"))
}

pub(super) fn describe(
    provider: &Defined<ProviderSpec>,
    definitions: &Definitions,
) -> ProviderResponse {
    let is_set = |credential: &CredentialSpec| {
        let variable = credential.env.as_deref();
        credential.secret.is_some() || variable.and_then(credential_from_environment).is_some()
    };
    let deployments = definitions.deployments.iter();
    ProviderResponse {
        spec: provider.spec.clone(),
        is_credential_set: provider.spec.all_credentials().all(is_set),
        origin: provider.origin.as_str(),
        deployments: deployments
            .filter(|one| one.spec.provider == provider.id)
            .count(),
    }
}
