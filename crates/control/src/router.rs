//! The routes of the management API. Each says its path and shapes itself, and the document follows.
//!
//! One list makes the router and, apart from it, the document: the code that describes every shape is 10 MiB of
//! the program, which a server that nobody asks for its document need not read into memory.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, any, get, post};
use gateway::api::fallback;
use gateway::error::ApiError;
use http::header::CONTENT_TYPE;
use llm::Operations;
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder};
use utoipa_axum::PathItemExt;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::{account, admin, auth, leak_reports, me, openapi, payments};
use crate::compression;
use crate::dashboard;
use crate::docs;
use crate::middleware::guard;
use crate::state::ControlState;

/// Hands every route to the macro `$then`; those of one path stand together.
macro_rules! every_route {
    ($then:ident) => {
        $then! {
            // Anybody.
            auth::options::get_options;
            auth::session::get_session;
            auth::sign_up::sign_up;
            auth::sign_in::sign_in;
            auth::sign_in::sign_out;
            auth::first_operator::create_first_operator;
            auth::email_confirmation::confirm_email;
            auth::password_reset::request_password_reset;
            auth::password_reset::confirm_password_reset;
            auth::providers::start_provider_sign_in;
            auth::providers::finish_provider_sign_in;
            auth::invites::inspect_invite;
            auth::invites::accept_invite;
            auth::leaked_keys::revoke_leaked_key;
            docs::feedback::send_docs_feedback;
            // A signed-in user.
            me::profile::get_me, me::profile::edit_me;
            me::password::change_password;
            me::two_factor::begin_two_factor;
            me::two_factor::confirm_two_factor;
            me::two_factor::disable_two_factor;
            me::two_factor::renew_recovery_codes;
            me::identities::list_identities;
            me::identities::delete_identity;
            me::sessions::list_sessions;
            me::sessions::end_session;
            me::sessions::end_other_sessions;
            // Members of an account.
            account::api_keys::list_api_keys, account::api_keys::create_api_key;
            account::api_keys::get_api_key, account::api_keys::edit_api_key;
            account::api_keys::revoke_api_key;
            account::api_keys::regenerate_api_key;
            account::api_keys::end_api_key_grace;
            account::api_keys::release_api_key;
            account::api_keys::list_api_key_secrets;
            account::playground::try_api_key;
            account::details::get_account;
            account::details::edit_account;
            account::limits::get_limits;
            account::budgets::get_budgets, account::budgets::set_budgets;
            account::usage::get_account_usage;
            account::usage::get_account_usage_csv;
            account::requests::list_requests;
            account::request_exports::get_requests_csv;
            account::requests::list_errors;
            account::requests::get_request;
            account::models::list_models;
            account::models::get_model;
            account::management_keys::list_management_keys, account::management_keys::create_management_key;
            account::management_keys::revoke_management_key;
            account::members::list_members;
            account::members::edit_member;
            account::members::remove_member;
            account::invites::list_invites, account::invites::create_invite;
            account::invites::revoke_invite;
            account::key_events::list_key_events;
            account::key_events::count_unseen_key_events;
            account::key_events::mark_key_events_seen;
            account::webhooks::list_webhooks, account::webhooks::create_webhook;
            account::webhooks::edit_webhook, account::webhooks::delete_webhook;
            account::webhooks::test_webhook;
            account::audit_log::list_audit_log;
            account::audit_log::get_audit_log_csv;
            account::credits::get_credits;
            account::credits::list_ledger_entries;
            account::credits::get_ledger_csv;
            account::credits::get_ledger_jsonl;
            account::credits::redeem_code;
            account::orders::get_payment_options;
            account::orders::list_orders, account::orders::create_order;
            account::orders::get_order;
            account::orders::check_order;
            account::orders::request_refund;
            account::invoices::get_billing_details, account::invoices::edit_billing_details;
            account::invoices::list_invoices;
            account::invoices::get_invoices_csv;
            account::invoices::get_invoice;
            account::invoices::get_invoice_document;
            // Operators.
            admin::accounts::list_accounts, admin::accounts::create_account;
            admin::accounts::get_account, admin::accounts::edit_account;
            admin::users::list_users;
            admin::users::edit_user;
            admin::users::create_reset_link;
            admin::invites::list_sign_up_invites, admin::invites::create_sign_up_invite;
            admin::invites::revoke_sign_up_invite;
            admin::api_keys::list_api_keys;
            admin::api_keys::revoke_api_key;
            admin::api_keys::release_api_key;
            admin::tiers::list_tiers, admin::tiers::create_tier;
            admin::tiers::edit_tier, admin::tiers::delete_tier;
            admin::providers::list_provider_kinds;
            admin::providers::list_providers, admin::providers::create_provider;
            admin::providers::edit_provider, admin::providers::delete_provider;
            admin::providers::test_provider;
            admin::provider_checks::run_provider_checks;
            admin::provider_models::list_provider_models;
            admin::provider_models::find_provider_models;
            admin::catalog::add_to_catalog;
            admin::models::list_models, admin::models::create_model;
            admin::models::edit_model, admin::models::delete_model;
            admin::deployments::list_deployments, admin::deployments::create_deployment;
            admin::deployments::edit_deployment, admin::deployments::delete_deployment;
            admin::deployment_tests::test_deployment;
            admin::routing::explain_route;
            admin::notices::list_operator_notices;
            admin::management_keys::list_management_keys, admin::management_keys::create_management_key;
            admin::management_keys::revoke_management_key;
            admin::audit_log::list_audit_log;
            admin::audit_log::get_audit_log_csv;
            admin::credits::list_balances;
            admin::credits::grant_credits;
            admin::credits::list_ledger_entries;
            admin::credits::get_ledger_csv;
            admin::credits::undo_ledger_entry;
            admin::redemption_codes::list_redemption_batches, admin::redemption_codes::create_redemption_batch;
            admin::redemption_codes::void_redemption_batch;
            admin::orders::list_orders;
            admin::orders::get_order;
            admin::orders::check_order;
            admin::orders::refund_order;
            admin::orders::list_payment_events;
            admin::invoices::list_invoices;
            admin::invoices::get_invoices_csv;
            admin::invoices::get_invoice_document;
            admin::docs_feedback::list_docs_feedback;
            admin::docs_feedback::count_docs_feedback;
            admin::requests::list_errors;
            admin::requests::get_request;
            admin::usage::get_platform_usage;
            admin::usage::get_platform_usage_csv;
            admin::servers::list_servers;
            admin::system::get_system;
            admin::system::reload_catalog;
        }
    };
}

/// A router without the document. What a handler says of its path and method is asked for in the way of
/// `utoipa_axum::routes!`, of which this is the half that serves.
macro_rules! served {
    ($( $( $($segment:ident)::+ ),+ ; )+) => {{
        let router = Router::new();
        $( $(
            let path = routes!(@path [path()] of $($segment)::+);
            let methods = routes!(@path [methods()] of $($segment)::+);
            let handler = methods.iter().fold(MethodRouter::new(), |handler, method| {
                handler.on(method.to_method_filter(), $($segment)::+)
            });
            let router = router.route(&path, handler);
        )+ )+
        router
    }};
}

/// The document, with a router that nobody needs.
macro_rules! documented {
    ($( $( $($segment:ident)::+ ),+ ; )+) => {{
        let info = InfoBuilder::new().title("Yunxin").version("1").build();
        OpenApiRouter::<ControlState>::with_openapi(OpenApiBuilder::new().info(info).build())
            $( .routes(routes!($( $($segment)::+ ),+)) )+
    }};
}

/// The routes of the API's address: both planes, the documentation and the Dashboard.
pub fn api(app: &ControlState) -> Router {
    Router::new()
        // Whoever finds secrets in public.
        .route(
            "/.well-known/secret-scanning",
            post(leak_reports::report_leaks),
        )
        // Payment providers, and the browsers that they send back.
        .route("/payments/{provider}/notify", any(payments::notify))
        .route(
            "/payments/return/{account_id}/{order_id}",
            get(payments::send_back),
        )
        // People in the Dashboard, and their programs.
        .nest("/api/v1", management(app))
        .route(
            "/openapi.json",
            get(get_document).layer(compression::layer()),
        )
        // Whoever reads the documentation.
        .route("/docs", get(docs::open))
        .route("/docs/", get(docs::open))
        .route("/docs/{*name}", get(docs::page))
        .route("/llms.txt", get(docs::index))
        .method_not_allowed_fallback(fallback::refuse_method)
        .fallback(dashboard::serve)
        .with_state(app.clone())
        .merge(gateway::router::routes(app.gateway.clone()))
}

/// The routes below `/api/v1`.
fn management(app: &ControlState) -> Router<ControlState> {
    every_route!(served)
        .method_not_allowed_fallback(fallback::refuse_method)
        .fallback(fallback::refuse_path)
        .layer(axum::middleware::from_fn_with_state(app.clone(), guard))
        .layer(compression::layer())
}

/// The whole document, of both planes.
///
/// # Errors
/// If a half of it is no JSON.
pub fn document(operations: Operations) -> serde_json::Result<serde_json::Value> {
    let nested: OpenApiRouter<ControlState> =
        OpenApiRouter::new().nest("/api/v1", every_route!(documented));
    let (_, control): (_, OpenApi) = nested.split_for_parts();
    openapi::document(&control, operations)
}

/// `GET /openapi.json`. Built for the first who asks, and kept: it takes milliseconds, and anybody may ask.
async fn get_document(State(app): State<ControlState>) -> Response {
    let text = match app.openapi.get() {
        Some(text) => text.clone(),
        None => match document(app.gateway.operations) {
            Ok(document) => app
                .openapi
                .get_or_init(|| {
                    openapi::of_installation(document, &app.gateway.config.public_url)
                        .to_string()
                        .into()
                })
                .clone(),
            Err(error) => return ApiError::internal(error).into_response(),
        },
    };
    ([(CONTENT_TYPE, "application/json")], text).into_response()
}
