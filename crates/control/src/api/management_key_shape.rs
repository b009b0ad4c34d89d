//! Management keys in JSON, an account's and the operators'.

use serde::{Deserialize, Serialize};
use store::management_keys::ManagementKey;
use utoipa::ToSchema;

use super::time::Time;

/// A management key, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ManagementKeyResponse {
    id: String,
    name: String,
    hint: String,
    scopes: Vec<String>,
    /// The id of the user who made it. It works as long as they may do what it does.
    created_by: String,
    created_at: Time,
    expires_at: Option<Time>,
    revoked_at: Option<Time>,
    last_used_at: Option<Time>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateManagementKeyRequest {
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// `api-keys:read`, `usage:read`, …
    #[schema(min_items = 1, max_items = 40)]
    pub scopes: Vec<String>,
    pub expires_at: Option<Time>,
}

/// A management key with its secret, which is shown this once; `null` when the response is a repeated one.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ManagementKeySecretResponse {
    pub management_key: ManagementKeyResponse,
    #[schema(value_type = Option<String>)]
    pub secret: String,
}

impl ManagementKeyResponse {
    pub(in crate::api) fn of(key: ManagementKey) -> Self {
        Self {
            id: key.id.to_string(),
            name: key.name,
            hint: key.hint,
            scopes: key.scopes,
            created_by: key.created_by.to_string(),
            created_at: Time(key.created_at_ms),
            expires_at: key.expires_at_ms.map(Time),
            revoked_at: key.revoked_at_ms.map(Time),
            last_used_at: key.last_used_at_ms.map(Time),
        }
    }
}
