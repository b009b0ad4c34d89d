//! Providers and their credentials, for operators. A credential goes in and never comes out.

use axum::Json;
use axum::extract::State;
use gateway::api::json_body::JsonBody;
use gateway::catalog::{Definitions, Origin, ProviderDefinition};
use gateway::config::checked_credential;
use gateway::error::ApiError;
use http::StatusCode;
use llm::provider::StreamUsage;
use llm::providers::PROVIDERS;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::pagination::Page;
use crate::api::path::PathId;
use crate::auth::Operator;
use crate::state::{Control, ControlState};

/// A provider to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateProviderRequest {
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// One of `GET /admin/provider-kinds`.
    kind: String,
    base_url: Option<String>,
    credential: Option<CredentialRequest>,
    #[serde(default)]
    serves_test_keys: bool,
    /// How streams are made to carry usage: `ask` (by `stream_options`), `learn` (the same, until the provider
    /// refuses that) or `never`. Left out: as the kind has it.
    stream_usage: Option<String>,
}

/// What is to be different; what is left out stays. Another address needs the secret again: it is sealed
/// for the one that it was given for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditProviderRequest {
    kind: Option<String>,
    base_url: Option<String>,
    credential: Option<CredentialRequest>,
    serves_test_keys: Option<bool>,
    /// Empty: as the kind has it.
    stream_usage: Option<String>,
}

/// Where a credential is: in an environment variable of the server, or given here and sealed. Neither: none.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CredentialRequest {
    env: Option<String>,
    #[schema(value_type = Option<String>)]
    secret: Option<SecretString>,
}

/// A provider, without its credential.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProviderResponse {
    name: String,
    kind: String,
    base_url: Option<String>,
    credential: CredentialResponse,
    serves_test_keys: bool,
    /// `ask`, `learn` or `never`; `null`: as the kind has it.
    stream_usage: Option<String>,
    /// `file`, `database` or `sandbox`; only those of the database can be edited here.
    #[schema(value_type = crate::api::document_words::Origin)]
    origin: &'static str,
    /// How many it has.
    deployments: usize,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CredentialResponse {
    /// `none`, `env` or `sealed`.
    #[schema(value_type = crate::api::document_words::CredentialSource)]
    source: &'static str,
    env: Option<String>,
    is_set: bool,
}

/// A language that providers of this kind speak, and where they are.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProviderKindResponse {
    kind: &'static str,
    /// The name that people read.
    label: &'static str,
    default_base_url: Option<&'static str>,
}

/// The kinds of providers there are.
#[utoipa::path(get, path = "/admin/provider-kinds", tag = "admin", operation_id = "list_provider_kinds",
    responses((status = 200, body = Page<ProviderKindResponse>)))]
pub async fn list_provider_kinds(_: Operator) -> Json<Page<ProviderKindResponse>> {
    let kinds = PROVIDERS.iter().map(|provider| ProviderKindResponse {
        kind: provider.kind,
        label: provider.label,
        default_base_url: provider.base_url,
    });
    Json(Page::whole(kinds.collect()))
}

/// The providers, by name.
#[utoipa::path(get, path = "/admin/providers", tag = "admin", operation_id = "list_providers",
    responses((status = 200, body = Page<ProviderResponse>)))]
pub async fn list_providers(
    State(app): State<ControlState>,
    _: Operator,
) -> Result<Json<Page<ProviderResponse>>, ApiError> {
    let definitions = definitions(&app).await?;
    let mut described: Vec<ProviderResponse> = definitions
        .providers
        .iter()
        .map(|provider| describe(provider, &definitions))
        .collect();
    described.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(Json(Page::whole(described)))
}

/// Adds a provider.
#[utoipa::path(post, path = "/admin/providers", tag = "admin", operation_id = "create_provider",
    request_body = CreateProviderRequest, responses((status = 201, body = ProviderResponse)))]
pub async fn create_provider(
    State(app): State<ControlState>,
    operator: Operator,
    JsonBody(body): JsonBody<CreateProviderRequest>,
) -> Result<(StatusCode, Json<ProviderResponse>), ApiError> {
    let mut provider = ProviderDefinition {
        origin: Origin::Database,
        name: body.name,
        kind: body.kind,
        base_url: body.base_url,
        credential_env: None,
        credential: None,
        serves_test_keys: body.serves_test_keys,
        stream_usage: body.stream_usage.map(checked_usage).transpose()?.flatten(),
    };
    if let Some(credential) = body.credential {
        credential.put_into(&mut provider)?;
    }
    let name = provider.name.clone();
    let changes = app.changes(operator.actor());
    changes.put_provider(provider, true).await?;
    Ok((StatusCode::CREATED, Json(find(&app, &name).await?)))
}

/// Changes a provider.
#[utoipa::path(patch, path = "/admin/providers/{id}", tag = "admin", operation_id = "edit_provider",
    params(("id" = String, Path)), request_body = EditProviderRequest,
    responses((status = 200, body = ProviderResponse)))]
pub async fn edit_provider(
    State(app): State<ControlState>,
    operator: Operator,
    PathId(name): PathId,
    JsonBody(body): JsonBody<EditProviderRequest>,
) -> Result<Json<ProviderResponse>, ApiError> {
    let known = definitions(&app).await?;
    let found = known.providers.iter().find(|one| one.name == name);
    let mut provider = found
        .cloned()
        .ok_or_else(|| ApiError::not_found("provider"))?;
    if let Some(kind) = body.kind {
        provider.kind = kind;
    }
    if let Some(base_url) = body.base_url {
        let is_moved = provider.base_url.as_deref() != Some(base_url.as_str());
        if is_moved && provider.credential.is_some() && body.credential.is_none() {
            let message = "Give the secret again: it is sealed for the address before.";
            return Err(ApiError::invalid_field("credential", message));
        }
        provider.base_url = Some(base_url).filter(|url| !url.is_empty());
    }
    if let Some(credential) = body.credential {
        credential.put_into(&mut provider)?;
    }
    if let Some(word) = body.stream_usage {
        provider.stream_usage = checked_usage(word)?;
    }
    provider.serves_test_keys = body.serves_test_keys.unwrap_or(provider.serves_test_keys);
    let changes = app.changes(operator.actor());
    changes.put_provider(provider, false).await?;
    Ok(Json(find(&app, &name).await?))
}

/// Removes a provider that serves no model.
#[utoipa::path(delete, path = "/admin/providers/{id}", tag = "admin", operation_id = "delete_provider",
    params(("id" = String, Path)), responses((status = 204)))]
pub async fn delete_provider(
    State(app): State<ControlState>,
    operator: Operator,
    PathId(name): PathId,
) -> Result<StatusCode, ApiError> {
    app.changes(operator.actor()).delete_provider(&name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An empty word leaves it to the kind.
fn checked_usage(word: String) -> Result<Option<String>, ApiError> {
    if word.is_empty() {
        return Ok(None);
    }
    if StreamUsage::parse(&word).is_none() {
        let message = format!("stream_usage is one of {}.", StreamUsage::WORDS.join(", "));
        return Err(ApiError::invalid_field("stream_usage", message));
    }
    Ok(Some(word))
}

impl CredentialRequest {
    fn put_into(self, provider: &mut ProviderDefinition) -> Result<(), ApiError> {
        if self.env.is_some() && self.secret.is_some() {
            let message = "Give the name of an environment variable or the secret, not both.";
            return Err(ApiError::invalid_field("credential", message));
        }
        let secret = self.secret.as_ref().map(ExposeSecret::expose_secret);
        let secret = secret.map(checked_credential).transpose();
        let secret = secret.map_err(|fault| {
            ApiError::invalid_field("credential", format!("The credential {fault}."))
        })?;
        provider.credential_env = self.env.filter(|name| !name.is_empty());
        provider.credential = secret.map(Into::into);
        Ok(())
    }
}

/// How a provider answered a test.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProviderTestResponse {
    /// Whether it is there and takes the credential.
    ok: bool,
    /// Of its answer; `null` when there was none.
    status: Option<u16>,
    duration_ms: u64,
    /// What that means, and what to do.
    message: String,
}

/// Asks a provider for its list of models: whether it is there, and takes our credential.
#[utoipa::path(post, path = "/admin/providers/{id}/test", tag = "admin", operation_id = "test_provider",
    params(("id" = String, Path)), responses((status = 200, body = ProviderTestResponse)))]
pub async fn test_provider(
    State(app): State<ControlState>,
    _: Operator,
    PathId(name): PathId,
) -> Result<Json<ProviderTestResponse>, ApiError> {
    let began_at = app.clock.uptime();
    let answer = app.gateway.probe_provider(&name).await;
    let answer = answer
        .map_err(ApiError::unavailable)?
        .ok_or_else(|| ApiError::not_found("provider"))?;
    let duration = app.clock.uptime().saturating_sub(began_at);
    let status = answer.as_ref().ok().copied();
    Ok(Json(ProviderTestResponse {
        ok: status.is_some_and(|status| (200..300).contains(&status)),
        status,
        duration_ms: u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
        message: in_words(answer),
    }))
}

fn in_words(answer: Result<u16, String>) -> String {
    match answer {
        Err(detail) => format!("No answer: {detail}. Check the base URL, and that this server may reach it."),
        Ok(200..300) => "It answers and takes the credential.".to_owned(),
        Ok(status @ (401 | 403)) => {
            format!("It refused the credential with {status}. Give it a new one.")
        }
        Ok(404) => "It answers, but has no list of models at this address. Check the path of the base URL; some servers have no such list.".to_owned(),
        Ok(429) => "It answers, but has had enough requests of this credential for now.".to_owned(),
        Ok(status @ 500..) => format!("It answers with {status}: it is in trouble itself. Try again later."),
        Ok(status) => format!("It answers with {status}, which is not what a provider says."),
    }
}

async fn definitions(app: &Control) -> Result<Definitions, ApiError> {
    let definitions = app
        .gateway
        .sources
        .definitions(&app.db, &app.gateway.master)
        .await;
    definitions.map_err(ApiError::unavailable)
}

async fn find(app: &Control, name: &str) -> Result<ProviderResponse, ApiError> {
    let definitions = definitions(app).await?;
    let found = definitions.providers.iter().find(|one| one.name == name);
    found
        .map(|provider| describe(provider, &definitions))
        .ok_or_else(|| ApiError::not_found("provider"))
}

fn describe(provider: &ProviderDefinition, definitions: &Definitions) -> ProviderResponse {
    let (source, is_set) = match (&provider.credential, &provider.credential_env) {
        (Some(_), _) => ("sealed", true),
        (None, Some(name)) => (
            "env",
            gateway::config::credential_from_environment(name).is_some(),
        ),
        (None, None) => ("none", false),
    };
    let served = definitions
        .deployments
        .iter()
        .filter(|one| one.provider == provider.name);
    ProviderResponse {
        name: provider.name.clone(),
        kind: provider.kind.clone(),
        base_url: provider.base_url.clone(),
        credential: CredentialResponse {
            source,
            env: provider.credential_env.clone(),
            is_set,
        },
        serves_test_keys: provider.serves_test_keys,
        stream_usage: provider.stream_usage.clone(),
        origin: provider.origin.as_str(),
        deployments: served.count(),
    }
}
