//! Providers through which the caller signs in.

use axum::Json;
use axum::extract::State;
use gateway::error::ApiError;
use http::StatusCode;
use serde::Serialize;
use store::identities;
use utoipa::ToSchema;

use crate::api::pagination::Page;
use crate::api::path::PathId;
use crate::api::time::Time;
use crate::auth::SignedIn;
use crate::state::ControlState;

const HINT_CHARS: usize = 4;

/// The caller's identity at a provider.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IdentityResponse {
    provider: String,
    /// The end of the provider's own name for them.
    subject_hint: String,
    created_at: Time,
}

/// Providers through which the caller can sign in, the first linked first.
#[utoipa::path(get, path = "/me/identities", tag = "me", operation_id = "list_identities",
    responses((status = 200, body = Page<IdentityResponse>)))]
pub(crate) async fn list_identities(
    State(app): State<ControlState>,
    caller: SignedIn,
) -> Result<Json<Page<IdentityResponse>>, ApiError> {
    let rows = identities::list(&app.db, &caller.user().id).await?;
    let rows = rows.into_iter().map(|identity| IdentityResponse {
        subject_hint: hint(&identity.subject),
        provider: identity.provider,
        created_at: Time(identity.created_at_ms),
    });
    Ok(Json(Page::whole(rows.collect())))
}

/// Unlinks the caller from a provider. Refused to those who could not sign in without it.
#[utoipa::path(delete, path = "/me/identities/{id}", tag = "me", operation_id = "delete_identity",
    params(("id" = String, Path, description = "The name of the provider.")), responses((status = 204)))]
pub(crate) async fn delete_identity(
    State(app): State<ControlState>,
    caller: SignedIn,
    PathId(provider): PathId,
) -> Result<StatusCode, ApiError> {
    let actor = caller.actor();
    let commands = app.commands(&actor);
    commands.unlink_provider(caller.user(), &provider).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn hint(subject: &str) -> String {
    let letters: Vec<char> = subject.chars().collect();
    let end = letters.len().saturating_sub(HINT_CHARS);
    let end: String = letters.iter().skip(end).collect();
    format!("...{end}")
}
