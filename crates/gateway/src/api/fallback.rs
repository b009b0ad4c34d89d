//! The fallback for paths without a route, in the envelope of every error.

use axum::extract::State;
use http::HeaderMap;
use http::header::UPGRADE;
use http::request::Parts;
use llm::languages::is_gemini_path;

use crate::auth::ApiKeyCaller;
use crate::error::ApiError;
use crate::state::GatewayState;

/// There is no such path. Below `/v1/` and `/v1beta/` that is said to callers with a key only: every request there
/// carries one.
pub async fn refuse_path(State(app): State<GatewayState>, mut parts: Parts) -> ApiError {
    if let Err(error) = identify(&app, &mut parts).await {
        return error;
    }
    ApiError::route_not_found(&parts.method, parts.uri.path())
}

/// The path exists, but not with that method.
pub async fn refuse_method(State(app): State<GatewayState>, mut parts: Parts) -> ApiError {
    if let Err(error) = identify(&app, &mut parts).await {
        return error;
    }
    ApiError::method_not_allowed(&parts.method, parts.uri.path())
}

async fn identify(app: &GatewayState, parts: &mut Parts) -> Result<(), ApiError> {
    use axum::extract::FromRequestParts;
    let path = parts.uri.path();
    if path.starts_with("/v1/") || is_gemini_path(path) {
        // Before the key is looked at: the client falls back to HTTP, where the key is asked for.
        if wants_websocket(&parts.headers) {
            return Err(ApiError::websocket_not_supported());
        }
        ApiKeyCaller::from_request_parts(parts, app).await?;
    }
    Ok(())
}

/// Reports the handshake of a WebSocket (RFC 6455, section 4.1).
fn wants_websocket(headers: &HeaderMap) -> bool {
    let upgrades = headers.get_all(UPGRADE).iter();
    upgrades
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|protocol| protocol.trim().eq_ignore_ascii_case("websocket"))
}
