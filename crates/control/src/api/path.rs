//! Ids in paths.

use axum::extract::{FromRequestParts, RawPathParams};
use gateway::error::ApiError;
use http::request::Parts;

use crate::state::ControlState;

/// The part of the path that `{id}` stands for.
#[derive(Debug)]
pub(crate) struct PathId(pub String);

impl FromRequestParts<ControlState> for PathId {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &ControlState) -> Result<Self, ApiError> {
        // What is not UTF-8 is the id of nothing.
        let nothing = |_| ApiError::not_found("thing");
        let params = RawPathParams::from_request_parts(parts, app)
            .await
            .map_err(nothing)?;
        let id = params.iter().find(|(name, _)| *name == "id");
        id.map(|(_, id)| Self(id.to_owned()))
            .ok_or_else(|| ApiError::internal(anyhow::anyhow!("the path has no id")))
    }
}
