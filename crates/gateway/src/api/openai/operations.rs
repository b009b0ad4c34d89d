//! The operations of the table, in OpenAI's language: `POST /v1/chat/completions` and its relatives.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::routing::post;
use http::Request;
use llm::Operations;
use llm::languages::OPENAI;

use crate::auth::ModelCaller;
use crate::inference::{Surface, infer};
use crate::state::GatewayState;

/// A route for every row.
pub fn routes(operations: Operations) -> Router<GatewayState> {
    operations.iter().fold(Router::new(), |router, operation| {
        let surface = Surface::of(operation, &OPENAI);
        let handler = move |State(app): State<GatewayState>,
                            ModelCaller(caller): ModelCaller,
                            request: Request<Body>| async move {
            infer(&app, caller, surface, request).await
        };
        router.route(&format!("/v1{}", operation.path), post(handler))
    })
}
