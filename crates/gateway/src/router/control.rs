//! The routes of the management API. Each says its path and shapes itself, and the document follows.

use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::{account, admin, auth, fallback, me, openapi};
use crate::app::AppState;
use crate::error::ApiError;
use crate::middleware::control::guard;

/// The routes below `/api/v1`.
pub(super) fn router(app: &AppState) -> Router<AppState> {
    let (router, _) = routes().split_for_parts();
    router
        .method_not_allowed_fallback(fallback::refuse_method)
        .fallback(fallback::refuse_path)
        .layer(axum::middleware::from_fn_with_state(app.clone(), guard))
}

fn routes() -> OpenApiRouter<AppState> {
    let info = InfoBuilder::new().title("Yunxin").version("1").build();
    OpenApiRouter::with_openapi(OpenApiBuilder::new().info(info).build())
        // Anybody.
        .routes(routes!(auth::options::get_options))
        .routes(routes!(auth::sign_up::sign_up))
        .routes(routes!(auth::sign_in::sign_in))
        .routes(routes!(auth::sign_in::sign_out))
        .routes(routes!(auth::first_operator::create_first_operator))
        .routes(routes!(auth::email_confirmation::confirm_email))
        .routes(routes!(auth::password_reset::request_password_reset))
        .routes(routes!(auth::password_reset::confirm_password_reset))
        .routes(routes!(auth::providers::start_provider_sign_in))
        .routes(routes!(auth::providers::finish_provider_sign_in))
        .routes(routes!(auth::invites::inspect_invite))
        .routes(routes!(auth::invites::accept_invite))
        // A signed-in user.
        .routes(routes!(me::profile::get_me, me::profile::edit_me))
        .routes(routes!(me::password::change_password))
        .routes(routes!(me::two_factor::begin_two_factor))
        .routes(routes!(me::two_factor::confirm_two_factor))
        .routes(routes!(me::two_factor::disable_two_factor))
        .routes(routes!(me::two_factor::renew_recovery_codes))
        .routes(routes!(me::identities::list_identities))
        .routes(routes!(me::sessions::list_sessions))
        .routes(routes!(me::sessions::end_session))
        .routes(routes!(me::sessions::end_other_sessions))
        // Members of an account.
        .routes(routes!(
            account::api_keys::list_api_keys,
            account::api_keys::create_api_key
        ))
        .routes(routes!(
            account::api_keys::get_api_key,
            account::api_keys::edit_api_key
        ))
        .routes(routes!(account::api_keys::revoke_api_key))
        .routes(routes!(account::api_keys::regenerate_api_key))
        .routes(routes!(account::api_keys::end_api_key_grace))
        .routes(routes!(account::api_keys::list_api_key_secrets))
        .routes(routes!(account::playground::try_api_key))
        .routes(routes!(account::details::get_account))
        .routes(routes!(account::details::edit_account))
        .routes(routes!(account::limits::get_limits))
        .routes(routes!(account::usage::get_account_usage))
        .routes(routes!(account::usage::get_account_usage_csv))
        .routes(routes!(account::requests::list_requests))
        .routes(routes!(account::requests::get_request))
        .routes(routes!(account::models::list_models))
        .routes(routes!(account::models::get_model))
        .routes(routes!(
            account::management_keys::list_management_keys,
            account::management_keys::create_management_key
        ))
        .routes(routes!(account::management_keys::revoke_management_key))
        .routes(routes!(account::members::list_members))
        .routes(routes!(account::members::edit_member))
        .routes(routes!(account::members::remove_member))
        .routes(routes!(
            account::invites::list_invites,
            account::invites::create_invite
        ))
        .routes(routes!(account::invites::revoke_invite))
        .routes(routes!(account::audit_log::list_audit_log))
        // Operators.
        .routes(routes!(
            admin::accounts::list_accounts,
            admin::accounts::create_account
        ))
        .routes(routes!(
            admin::accounts::get_account,
            admin::accounts::edit_account
        ))
        .routes(routes!(admin::users::list_users))
        .routes(routes!(admin::users::edit_user))
        .routes(routes!(admin::users::create_reset_link))
        .routes(routes!(admin::invites::create_sign_up_invite))
        .routes(routes!(admin::tiers::list_tiers, admin::tiers::create_tier))
        .routes(routes!(admin::tiers::edit_tier, admin::tiers::delete_tier))
        .routes(routes!(admin::providers::list_provider_kinds))
        .routes(routes!(
            admin::providers::list_providers,
            admin::providers::create_provider
        ))
        .routes(routes!(
            admin::providers::edit_provider,
            admin::providers::delete_provider
        ))
        .routes(routes!(admin::providers::test_provider))
        .routes(routes!(
            admin::models::list_models,
            admin::models::create_model
        ))
        .routes(routes!(
            admin::models::edit_model,
            admin::models::delete_model
        ))
        .routes(routes!(
            admin::deployments::list_deployments,
            admin::deployments::create_deployment
        ))
        .routes(routes!(
            admin::deployments::edit_deployment,
            admin::deployments::delete_deployment
        ))
        .routes(routes!(
            admin::management_keys::list_management_keys,
            admin::management_keys::create_management_key
        ))
        .routes(routes!(admin::management_keys::revoke_management_key))
        .routes(routes!(admin::audit_log::list_audit_log))
        .routes(routes!(admin::usage::get_platform_usage))
        .routes(routes!(admin::usage::get_platform_usage_csv))
        .routes(routes!(admin::system::get_system))
        .routes(routes!(admin::system::reload_catalog))
}

/// The whole document, of both planes.
///
/// # Errors
/// When a half of it is no JSON.
pub fn document() -> serde_json::Result<serde_json::Value> {
    let nested: OpenApiRouter<AppState> = OpenApiRouter::new().nest("/api/v1", routes());
    let (_, control): (_, OpenApi) = nested.split_for_parts();
    openapi::document(&control)
}

/// `GET /openapi.json`.
pub(super) async fn get_document() -> Response {
    match document() {
        Ok(document) => Json(document).into_response(),
        Err(error) => ApiError::internal(error).into_response(),
    }
}
