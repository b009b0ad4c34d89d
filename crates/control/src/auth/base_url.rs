//! The address at which clients reach this server.

use axum::extract::FromRequestParts;
use gateway::error::ApiError;
use http::header::HOST;
use http::request::Parts;

use crate::state::ControlState;

const HOST_CHARS_MAX: usize = 255;

/// The address that everything is below, for links in responses to the caller. Without
/// `accounts.public_url` it is the host of the request, which the caller could have made up: no one else
/// must see it.
#[derive(Debug, Clone)]
pub(crate) struct BaseUrl(pub String);

impl FromRequestParts<ControlState> for BaseUrl {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &ControlState) -> Result<Self, ApiError> {
        if let Some(url) = app.gateway.config.public_url.as_str() {
            return Ok(Self(url.to_owned()));
        }
        let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
        let host = host.filter(|host| host.len() <= HOST_CHARS_MAX);
        let host = host.unwrap_or("localhost");
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let is_here = matches!(name, "localhost" | "127.0.0.1" | "[::1]");
        let scheme = if is_here { "http" } else { "https" };
        Ok(Self(format!("{scheme}://{host}")))
    }
}
