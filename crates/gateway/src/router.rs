//! Every route, grouped by audience. Path to handler, and nothing else.

mod control;

use axum::Router;
use axum::routing::{get, post};

use crate::api::{fallback, health, leak_reports, metrics, openai};
use crate::app::AppState;
use crate::dashboard;
use crate::docs;

pub use control::document;

/// What the API's address answers.
pub fn api(app: AppState) -> Router {
    Router::new()
        // The data plane: callers with an API key.
        .route(
            "/v1/chat/completions",
            post(openai::chat_completions::create_chat_completion),
        )
        .route(
            "/v1/completions",
            post(openai::completions::create_completion),
        )
        .route("/v1/embeddings", post(openai::embeddings::create_embedding))
        .route("/v1/models", get(openai::models::list_models))
        .route("/v1/models/{*id}", get(openai::models::get_model))
        .route("/v1/key", get(openai::key::get_key))
        .route(
            "/v1/client_tokens",
            post(openai::client_tokens::create_client_token),
        )
        .route("/v1/usage", get(openai::usage::get_usage))
        // Whoever finds secrets in public.
        .route(
            "/.well-known/secret-scanning",
            post(leak_reports::report_leaks),
        )
        // Whoever watches over the process.
        .route("/healthz", get(health::get_health))
        .route("/readyz", get(health::get_readiness))
        // People in the Dashboard, and their programs.
        .nest("/api/v1", control::router(&app))
        .route("/openapi.json", get(control::get_document))
        // Whoever reads the documentation.
        .route("/docs", get(docs::open))
        .route("/docs/", get(docs::open))
        .route("/docs/{*name}", get(docs::page))
        .route("/llms.txt", get(docs::index))
        .method_not_allowed_fallback(fallback::refuse_method)
        .fallback(dashboard::serve)
        .with_state(app)
}

/// What the metrics' address answers.
pub fn metrics(app: AppState) -> Router {
    Router::new()
        .route("/metrics", get(metrics::get_metrics))
        .fallback(fallback::refuse_path)
        .with_state(app)
}
