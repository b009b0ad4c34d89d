//! Providers through which the caller signs in.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use store::identities;
use utoipa::ToSchema;

use crate::api::pagination::Page;
use crate::api::time::Time;
use crate::app::AppState;
use crate::auth::SignedIn;
use crate::error::ApiError;

const HINT_CHARS: usize = 4;

/// Whom a provider knows the caller as.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdentityResponse {
    provider: String,
    /// The end of the provider's own name for them.
    subject_hint: String,
    created_at: Time,
}

/// Providers through which the caller can sign in, the first linked first.
#[utoipa::path(get, path = "/me/identities", tag = "me", operation_id = "list_identities",
    responses((status = 200, body = Page<IdentityResponse>)))]
pub async fn list_identities(
    State(app): State<AppState>,
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

fn hint(subject: &str) -> String {
    let letters: Vec<char> = subject.chars().collect();
    let end = letters.len().saturating_sub(HINT_CHARS);
    let end: String = letters.iter().skip(end).collect();
    format!("...{end}")
}
