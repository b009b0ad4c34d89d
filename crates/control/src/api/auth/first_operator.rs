//! `POST /api/v1/auth/first-operator`.

use axum::extract::State;
use axum::response::Response;
use gateway::api::json_body::JsonBody;
use gateway::error::ApiError;
use http::StatusCode;
use serde::Deserialize;
use store::one_time_links::LinkKind;
use utoipa::ToSchema;

use crate::api::me::profile::MeResponse;
use crate::api::new_password::hash_new_password;
use crate::api::signed_in_response::signed_in_response;
use crate::auth::Visitor;
use crate::commands::NewPerson;
use crate::refusal;
use crate::state::ControlState;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FirstOperatorRequest {
    /// Of the link that `yunxin serve` printed, or `yunxin operator link` prints.
    #[schema(max_length = 128)]
    token: String,
    #[schema(max_length = 254)]
    email: String,
    #[schema(min_length = 12, max_length = 128)]
    password: String,
    #[schema(max_length = 100)]
    name: Option<String>,
}

/// Makes the user who runs the platform, as long as there is none.
#[utoipa::path(post, path = "/auth/first-operator", tag = "auth", operation_id = "create_first_operator",
    request_body = FirstOperatorRequest, responses((status = 201, body = MeResponse)))]
pub(crate) async fn create_first_operator(
    State(app): State<ControlState>,
    visitor: Visitor,
    JsonBody(body): JsonBody<FirstOperatorRequest>,
) -> Result<Response, ApiError> {
    let actor = visitor.actor();
    let commands = app.commands(&actor);
    // Before the password is hashed, which only who has a link may have us do.
    let (kind, _) = commands.open_link(&body.token).await?;
    if kind != LinkKind::FirstOperator {
        return Err(refusal::invalid_link());
    }
    let mut person = NewPerson::checked(&body.email, body.name.as_deref())?;
    let hash = hash_new_password(&app, "password", &body.password, &person.email).await?;
    person.password_hash = Some(hash);
    let begun = commands
        .create_first_operator(&body.token, person, &visitor.browser())
        .await?;
    signed_in_response(&app, StatusCode::CREATED, &begun).await
}
