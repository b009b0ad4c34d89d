//! Links that somebody hands over, in JSON.

use serde::Serialize;
use utoipa::ToSchema;

use super::time::Time;

/// A link that works once. It is in this response and nowhere else.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LinkResponse {
    pub(in crate::api) link: String,
    pub(in crate::api) expires_at: Time,
}
