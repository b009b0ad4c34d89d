//! `POST /api/v1/auth/sign-in` and `/auth/sign-out`.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use gateway::api::json_body::JsonBody;
use gateway::error::ApiError;
use http::StatusCode;
use serde::Deserialize;
use store::StoreError;
use store::sessions;
use store::users::{self, UserStatus};
use utoipa::ToSchema;

use crate::api::mailed::{now_text, tell};
use crate::api::me::profile::MeResponse;
use crate::api::reauthentication::with_code_attempt;
use crate::api::signed_in_response::{clear_cookie, signed_in_response};
use crate::auth::Visitor;
use crate::commands::CommandError;
use crate::mail::Topic;
use crate::refusal;
use crate::state::ControlState;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignInRequest {
    #[schema(max_length = 254)]
    email: String,
    #[schema(max_length = 128)]
    password: String,
    /// Of the authenticator app, or a recovery code; needed by those who have a second factor.
    #[schema(max_length = 64)]
    code: Option<String>,
}

/// Signs in. Whether the address or the password was wrong is not said, and takes as long to find out.
#[utoipa::path(post, path = "/auth/sign-in", tag = "auth", operation_id = "sign_in",
    request_body = SignInRequest, responses((status = 200, body = MeResponse)))]
pub(crate) async fn sign_in(
    State(app): State<ControlState>,
    visitor: Visitor,
    JsonBody(body): JsonBody<SignInRequest>,
) -> Result<Response, ApiError> {
    let email = body.email.trim().to_lowercase();
    let now_ms = app.clock.now_ms();
    let attempt = app.throttle.attempt(&email, visitor.address, now_ms);
    let attempt = attempt.map_err(|wait| {
        app.gateway.metrics.count_sign_in("throttled");
        refusal::too_many_attempts(wait)
    })?;
    let (user, hash) = match users::find_with_password(&app.db, &email).await? {
        Some((user, hash)) => (Some(user), hash),
        None => (None, None),
    };
    let is_right = match app.passwords.is_right(&body.password, hash.as_ref()).await {
        Ok(is_right) => is_right,
        Err(error) => {
            attempt.withdraw();
            return Err(error.into());
        }
    };
    let user = user.filter(|user| is_right && user.status == UserStatus::Active);
    let Some(user) = user else {
        app.gateway.metrics.count_sign_in("refused");
        return Err(refusal::invalid_credentials());
    };
    attempt.withdraw();
    let actor = visitor.actor();
    let commands = app.commands(&actor);
    if user.has_two_factor {
        let code = body.code.as_deref();
        let code = code.ok_or_else(refusal::two_factor_required)?;
        let used = with_code_attempt(&app, &user, commands.use_second_factor(&user, code)).await;
        used.inspect_err(|_| app.gateway.metrics.count_sign_in("wrong_code"))?;
    }
    app.gateway.metrics.count_sign_in("ok");
    let browser = visitor.browser();
    let is_new = user.last_signed_in_at_ms.is_some()
        && !sessions::is_known_address(&app.db, &user.id, &browser.address).await?;
    let begun = commands.sign_in(user, &browser).await?;
    if is_new {
        let topic = Topic::NewSignIn {
            at: now_text(&app),
            address: browser.address,
            agent: browser.agent,
        };
        tell(&app, &begun.user, visitor.language, topic);
    }
    signed_in_response(&app, StatusCode::OK, &begun).await
}

/// Signs out. A visitor gets the same response.
#[utoipa::path(post, path = "/auth/sign-out", tag = "auth", operation_id = "sign_out",
    responses((status = 204)))]
pub(crate) async fn sign_out(
    State(app): State<ControlState>,
    visitor: Visitor,
) -> Result<Response, ApiError> {
    if let Some(identity) = &visitor.signed_in {
        let (session, user) = identity.as_ref();
        let actor = visitor.actor_as(user);
        match app.commands(&actor).end_session(user, &session.id).await {
            // It was ended from somewhere else meanwhile.
            Err(CommandError::Store(StoreError::NotFound { .. })) => {}
            ended => ended?,
        }
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    clear_cookie(&app, &mut response)?;
    Ok(response)
}
