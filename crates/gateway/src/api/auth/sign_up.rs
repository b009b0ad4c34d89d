//! `POST /api/v1/auth/sign-up`.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::json_body::JsonBody;
use crate::api::me::profile::MeResponse;
use crate::api::new_password::hash_new_password;
use crate::api::signed_in_answer::signed_in_answer;
use crate::app::AppState;
use crate::auth::Visitor;
use crate::changes::NewPerson;
use crate::config::SignUp;
use crate::error::ApiError;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignUpRequest {
    #[schema(max_length = 254)]
    email: String,
    #[schema(min_length = 12, max_length = 128)]
    password: String,
    #[schema(max_length = 100)]
    name: Option<String>,
}

/// Signs up: makes a user with an account of their own.
#[utoipa::path(post, path = "/auth/sign-up", tag = "auth", operation_id = "sign_up",
    request_body = SignUpRequest, responses((status = 201, body = MeResponse)))]
pub async fn sign_up(
    State(app): State<AppState>,
    visitor: Visitor,
    JsonBody(body): JsonBody<SignUpRequest>,
) -> Result<Response, ApiError> {
    if app.config.accounts.sign_up != SignUp::Open {
        return Err(ApiError::sign_up_closed());
    }
    let mut person = NewPerson::checked(&body.email, body.name.as_deref())?;
    let now_ms = app.clock.now_ms();
    let counted = app.throttle.sign_up(visitor.address, now_ms);
    counted.map_err(ApiError::too_many_attempts)?;
    let hash = hash_new_password(&app, "password", &body.password, &person.email).await?;
    person.password_hash = Some(hash);
    let actor = visitor.actor();
    let changes = app.changes(&actor);
    let begun = changes.sign_up(person, &visitor.browser()).await?;
    signed_in_answer(&app, StatusCode::CREATED, &begun).await
}
