//! "I found a key": its finder can end it, without signing in.

use axum::Json;
use axum::extract::State;
use gateway::api::json_body::JsonBody;
use gateway::error::ApiError;
use serde::{Deserialize, Serialize};
use store::audit_log::Actor;
use store::secret::{CLIENT_TOKEN_BYTES_MAX, SecretKind, is_client_token, is_well_formed};
use utoipa::ToSchema;

use crate::auth::Visitor;
use crate::commands::{Leak, Leaked};
use crate::refusal;
use crate::state::ControlState;

/// Not to be printed: it has a secret.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RevokeLeakedKeyRequest {
    /// The secret that was found, whole.
    #[schema(max_length = 4096)]
    key: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LeakedKeyResponse {
    /// True if it was a key of this server; it does not work any more, now or since earlier.
    revoked: bool,
    /// The kind of the secret; `null` if it is none of this server's. A client token cannot be revoked: it ends by itself
    /// within the hour, or with the key that minted it, whose account is told.
    kind: Option<LeakedKind>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LeakedKind {
    ApiKey,
    ManagementKey,
    ClientToken,
}

/// Ends a key that was found in public, for good. Only the key is needed; the same again says the same.
#[utoipa::path(post, path = "/leaked-keys", tag = "auth", operation_id = "revoke_leaked_key",
    request_body = RevokeLeakedKeyRequest, responses((status = 200, body = LeakedKeyResponse)))]
pub(crate) async fn revoke_leaked_key(
    State(app): State<ControlState>,
    visitor: Visitor,
    JsonBody(body): JsonBody<RevokeLeakedKeyRequest>,
) -> Result<Json<LeakedKeyResponse>, ApiError> {
    let secret = body.key.trim();
    let counted = app.throttle.leaked_key(visitor.address, app.clock.now_ms());
    counted.map_err(refusal::too_many_attempts)?;
    let is_shaped = secret.len() <= CLIENT_TOKEN_BYTES_MAX
        && (is_well_formed(secret)
            || SecretKind::ManagementKey.is_shape_of(secret)
            || is_client_token(secret));
    if !is_shaped {
        let message = "This is no key: its checksum is wrong. Check that it was copied whole.";
        return Err(ApiError::invalid_field("key", message));
    }
    let actor = Actor {
        kind: "system",
        id: "leaked_keys_form".to_owned(),
        label: "the form for leaked keys".to_owned(),
        address: Some(visitor.address.to_string()),
    };
    let leak = Leak {
        secret,
        source: "form",
        url: None,
    };
    let leaked = app.commands(&actor).report_leak(leak).await?;
    Ok(Json(LeakedKeyResponse {
        revoked: matches!(leaked, Leaked::ApiKey | Leaked::ManagementKey),
        kind: match leaked {
            Leaked::ApiKey => Some(LeakedKind::ApiKey),
            Leaked::ManagementKey => Some(LeakedKind::ManagementKey),
            Leaked::ClientToken => Some(LeakedKind::ClientToken),
            Leaked::Unknown => None,
        },
    }))
}
