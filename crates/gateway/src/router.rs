//! Every route of the data plane. Path to handler, and nothing else.

use axum::Router;
use axum::routing::{get, post};

use crate::api::{anthropic, fallback, gemini, health, metrics, openai};
use crate::state::GatewayState;

/// The routes for callers with an API key, and for monitors of the process. The fallback is the caller's to choose.
pub fn routes(app: GatewayState) -> Router {
    Router::new()
        .merge(openai::operations::routes(app.operations))
        .route("/v1/messages", post(anthropic::messages::create_message))
        .route(
            "/v1/messages/count_tokens",
            post(anthropic::messages::count_tokens),
        )
        .route("/v1/responses", post(openai::responses::create_response))
        .route(
            "/v1/responses/{id}",
            get(openai::responses::get_response).delete(openai::responses::delete_response),
        )
        .route(
            "/v1/responses/{id}/input_items",
            get(openai::responses::list_input_items),
        )
        .route("/v1/models", get(openai::models::list_models))
        .route(
            "/v1/models/{*id}",
            get(openai::models::get_model).post(gemini::content::act),
        )
        .route("/v1beta/models", get(gemini::models::list_models))
        .route(
            "/v1beta/models/{*id}",
            get(gemini::models::get_model).post(gemini::content::act),
        )
        .route("/v1/key", get(openai::key::get_key))
        .route(
            "/v1/client_tokens",
            post(openai::client_tokens::create_client_token),
        )
        .route(
            "/v1/files",
            get(openai::files::list_files).post(openai::files::create_file),
        )
        .route(
            "/v1/files/{id}",
            get(openai::files::get_file).delete(openai::files::delete_file),
        )
        .route(
            "/v1/files/{id}/content",
            get(openai::files::get_file_content),
        )
        .route(
            "/v1/batches",
            get(openai::batches::list_batches).post(openai::batches::create_batch),
        )
        .route("/v1/batches/{id}", get(openai::batches::get_batch))
        .route(
            "/v1/batches/{id}/cancel",
            post(openai::batches::cancel_batch),
        )
        .route("/v1/usage", get(openai::usage::get_usage))
        .route("/v1/generation", get(openai::generation::get_generation))
        // Whoever watches over the process.
        .route("/healthz", get(health::get_health))
        .route("/readyz", get(health::get_readiness))
        .method_not_allowed_fallback(fallback::refuse_method)
        .with_state(app)
}

/// The data plane alone: any other path is refused.
pub fn api(app: GatewayState) -> Router {
    let fallback = Router::new()
        .fallback(fallback::refuse_path)
        .with_state(app.clone());
    routes(app).merge(fallback)
}

/// The routes of the metrics' address.
pub fn metrics(app: GatewayState) -> Router {
    Router::new()
        .route("/metrics", get(metrics::get_metrics))
        .fallback(fallback::refuse_path)
        .with_state(app)
}
