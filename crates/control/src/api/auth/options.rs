//! `GET /api/v1/auth/options`: what the pages before sign-in offer.

use axum::Json;
use axum::extract::State;
use gateway::error::ApiError;
use serde::Serialize;
use store::users;
use utoipa::ToSchema;

use crate::config::SignUp;
use crate::state::ControlState;

/// The ways to sign up and in here.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuthOptionsResponse {
    /// `open`, `invite` or `closed`.
    #[schema(value_type = crate::api::document_words::SignUpPolicy)]
    sign_up: &'static str,
    /// True if addresses are confirmed and passwords reset by mail.
    sends_email: bool,
    /// The providers of identities that people can sign in with.
    providers: Vec<SignInProviderResponse>,
    /// True as long as there is no operator.
    needs_first_operator: bool,
    version: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignInProviderResponse {
    name: String,
    display_name: String,
}

/// Shows the ways to sign up and in.
#[utoipa::path(get, path = "/auth/options", tag = "auth", operation_id = "get_auth_options",
    responses((status = 200, body = AuthOptionsResponse)))]
pub(crate) async fn get_options(
    State(app): State<ControlState>,
) -> Result<Json<AuthOptionsResponse>, ApiError> {
    let labels = app.sign_in_providers.labels();
    let providers = labels.map(|(name, display_name)| SignInProviderResponse {
        name: name.to_owned(),
        display_name: display_name.to_owned(),
    });
    Ok(Json(AuthOptionsResponse {
        sign_up: match app.config.accounts.sign_up {
            SignUp::Open => "open",
            SignUp::Invite => "invite",
            SignUp::Closed => "closed",
        },
        sends_email: app.mail.is_on(),
        providers: providers.collect(),
        needs_first_operator: users::count_operators(&app.db).await? == 0,
        version: env!("CARGO_PKG_VERSION"),
    }))
}
