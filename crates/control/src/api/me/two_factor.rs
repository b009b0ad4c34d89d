//! The caller's second factor.

use axum::extract::State;
use axum::response::Response;
use gateway::api::json_body::JsonBody;
use gateway::error::ApiError;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::mailed::{now_text, tell};
use crate::api::reauthentication::{require_password, with_code_attempt};
use crate::api::secret_response::secrets_response;
use crate::api::signed_in_response::set_cookie;
use crate::auth::SignedIn;
use crate::mail::{MailLanguage, Topic};
use crate::state::ControlState;
use crate::two_factor::{otpauth_url, qr_svg};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BeginTwoFactorRequest {
    /// Needed by those who have one.
    #[schema(max_length = 128)]
    password: Option<String>,
}

/// The setup of an authenticator app. It is in this response and nowhere else.
#[derive(Serialize, ToSchema)]
pub(crate) struct TwoFactorSetupResponse {
    /// In base32, to be typed.
    secret: String,
    otpauth_url: String,
    /// The address as a picture, to be scanned.
    qr_svg: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmTwoFactorRequest {
    /// Of the app.
    #[schema(max_length = 64)]
    code: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TwoFactorProofRequest {
    /// Needed by those who have one.
    #[schema(max_length = 128)]
    password: Option<String>,
    /// Of the app, or a recovery code.
    #[schema(max_length = 64)]
    code: String,
}

/// Codes for when the app is lost; each works once. They are in this response and nowhere else.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecoveryCodesResponse {
    recovery_codes: Vec<String>,
}

/// Begins to set up a second factor. It is not in force before it is confirmed.
#[utoipa::path(post, path = "/me/two-factor", tag = "me", operation_id = "begin_two_factor",
    request_body = BeginTwoFactorRequest, responses((status = 200, body = TwoFactorSetupResponse)))]
pub(crate) async fn begin_two_factor(
    State(app): State<ControlState>,
    caller: SignedIn,
    JsonBody(body): JsonBody<BeginTwoFactorRequest>,
) -> Result<Response, ApiError> {
    require_password(&app, &caller, "password", body.password.as_deref()).await?;
    let actor = caller.actor();
    let secret = app.commands(&actor).begin_two_factor(caller.user()).await?;
    let otpauth_url = otpauth_url(&caller.user().email, &secret);
    let no_picture = || ApiError::internal(anyhow::anyhow!("the address is too long to be drawn"));
    let body = TwoFactorSetupResponse {
        qr_svg: qr_svg(&otpauth_url).ok_or_else(no_picture)?,
        secret: secret.to_string(),
        otpauth_url,
    };
    let secrets = ["secret", "otpauth_url", "qr_svg"];
    Ok(secrets_response(StatusCode::OK, &body, &secrets))
}

/// Puts the second factor in force with a first code. All other sessions end.
#[utoipa::path(post, path = "/me/two-factor/confirm", tag = "me", operation_id = "confirm_two_factor",
    request_body = ConfirmTwoFactorRequest, responses((status = 200, body = RecoveryCodesResponse)))]
pub(crate) async fn confirm_two_factor(
    State(app): State<ControlState>,
    caller: SignedIn,
    JsonBody(body): JsonBody<ConfirmTwoFactorRequest>,
) -> Result<Response, ApiError> {
    let (user, session, actor) = (caller.user(), caller.session(), caller.actor());
    let commands = app.commands(&actor);
    let confirm = commands.confirm_two_factor(user, session, &body.code);
    let (codes, secret) = with_code_attempt(&app, user, confirm).await?;
    let (at, address) = (now_text(&app), caller.address.to_string());
    let topic = Topic::TwoFactorOn { at, address };
    tell(&app, user, MailLanguage::English, topic);
    let mut response = show(codes);
    set_cookie(&app, &mut response, session, &secret)?;
    Ok(response)
}

/// Turns the second factor off.
#[utoipa::path(post, path = "/me/two-factor/disable", tag = "me", operation_id = "disable_two_factor",
    request_body = TwoFactorProofRequest, responses((status = 204)))]
pub(crate) async fn disable_two_factor(
    State(app): State<ControlState>,
    caller: SignedIn,
    JsonBody(body): JsonBody<TwoFactorProofRequest>,
) -> Result<StatusCode, ApiError> {
    require_password(&app, &caller, "password", body.password.as_deref()).await?;
    let (user, actor) = (caller.user(), caller.actor());
    let commands = app.commands(&actor);
    with_code_attempt(&app, user, commands.disable_two_factor(user, &body.code)).await?;
    let (at, address) = (now_text(&app), caller.address.to_string());
    let topic = Topic::TwoFactorOff { at, address };
    tell(&app, user, MailLanguage::English, topic);
    Ok(StatusCode::NO_CONTENT)
}

/// Makes new recovery codes in place of those before.
#[utoipa::path(post, path = "/me/two-factor/recovery-codes", tag = "me", operation_id = "renew_recovery_codes",
    request_body = TwoFactorProofRequest, responses((status = 200, body = RecoveryCodesResponse)))]
pub(crate) async fn renew_recovery_codes(
    State(app): State<ControlState>,
    caller: SignedIn,
    JsonBody(body): JsonBody<TwoFactorProofRequest>,
) -> Result<Response, ApiError> {
    require_password(&app, &caller, "password", body.password.as_deref()).await?;
    let (user, actor) = (caller.user(), caller.actor());
    let commands = app.commands(&actor);
    let renew = commands.renew_recovery_codes(user, &body.code);
    Ok(show(with_code_attempt(&app, user, renew).await?))
}

fn show(recovery_codes: Vec<String>) -> Response {
    let body = RecoveryCodesResponse { recovery_codes };
    secrets_response(StatusCode::OK, &body, &["recovery_codes"])
}
