//! The operations of the table, in OpenAI's language: `POST /v1/chat/completions` and its relatives.

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::{Method, Request};
use llm::Operations;
use llm::languages::OPENAI;

use crate::auth::ModelCaller;
use crate::inference::{Surface, infer};
use crate::state::GatewayState;

/// A route for every row.
pub fn routes(operations: Operations) -> Router<GatewayState> {
    operations.iter().fold(Router::new(), |router, operation| {
        let surface = Surface::of(operation, &OPENAI);
        let handler = move |State(app): State<GatewayState>, request: Request<Body>| async move {
            respond(&app, surface, request).await
        };
        router.route(&format!("/v1{}", operation.path), post(handler))
    })
}

/// The operation that a request asks for, if that is a row of the table. Most requests are such; finding them here saves
/// them the boxes and copies of the router, which has the same routes for requests in any other way.
pub fn surface_of(operations: Operations, request: &Request<Body>) -> Option<Surface> {
    let path = request.uri().path().strip_prefix("/v1")?;
    let mut rows = operations.iter();
    let operation = rows.find(|operation| operation.path == path)?;
    (request.method() == Method::POST).then(|| Surface::of(operation, &OPENAI))
}

/// Responds to a request for an operation.
pub async fn respond(app: &GatewayState, surface: Surface, request: Request<Body>) -> Response {
    let (mut parts, body) = request.into_parts();
    let caller = match ModelCaller::from_request_parts(&mut parts, app).await {
        Ok(ModelCaller(caller)) => caller,
        Err(error) => return error.into_response(),
    };
    let request = Request::from_parts(parts, body);
    infer(app, caller, surface, request).await.into_response()
}
