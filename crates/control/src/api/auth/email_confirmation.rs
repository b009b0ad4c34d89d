//! `POST /api/v1/auth/email-confirmation`.

use axum::extract::State;
use gateway::api::json_body::JsonBody;
use gateway::error::ApiError;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::auth::Visitor;
use crate::config::SignUp;
use crate::refusal;
use crate::state::ControlState;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmEmailRequest {
    /// Of the link that came by mail.
    #[schema(max_length = 128)]
    token: String,
}

/// Finishes a sign-up by the link of its mail. Signing in comes next.
#[utoipa::path(post, path = "/auth/email-confirmation", tag = "auth", operation_id = "confirm_email",
    request_body = ConfirmEmailRequest, responses((status = 204)))]
pub(crate) async fn confirm_email(
    State(app): State<ControlState>,
    visitor: Visitor,
    JsonBody(body): JsonBody<ConfirmEmailRequest>,
) -> Result<StatusCode, ApiError> {
    if app.config.accounts.sign_up == SignUp::Closed {
        return Err(refusal::sign_up_closed());
    }
    let actor = visitor.actor();
    app.commands(&actor).confirm_sign_up(&body.token).await?;
    Ok(StatusCode::NO_CONTENT)
}
