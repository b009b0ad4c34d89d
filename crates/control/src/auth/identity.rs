//! By what a caller of the management API shows who they are, looked up once per request.

use std::sync::Arc;

use gateway::auth::credential;
use gateway::error::ApiError;
use http::HeaderMap;
use store::management_keys::{self, ManagementKey};
use store::secret::SecretKind;
use store::sessions::{self, Session};
use store::users::User;

use super::Cookie;
use crate::refusal;
use crate::state::Control;

const MINUTE_MS: i64 = 60_000;

/// The identity of the caller. In the request's extensions.
#[derive(Debug, Clone)]
pub(crate) enum CallerIdentity {
    /// An unknown caller.
    Nobody,
    /// A browser of a user.
    Session(Arc<(Session, User)>),
    /// A program.
    ManagementKey(Arc<ManagementKey>),
}

impl CallerIdentity {
    /// Finds out who calls. A credential that is no good is nobody's, but a key says so.
    ///
    /// # Errors
    /// If a key is no good or of another kind, and if the database cannot be asked.
    pub(crate) async fn of(app: &Control, headers: &HeaderMap) -> Result<Self, ApiError> {
        if let Some(secret) = credential::find(headers).map_err(ApiError::of_management)? {
            return of_key(app, secret).await;
        }
        match Cookie::Session.value_in(&app.gateway.config.public_url, headers) {
            Some(secret) if SecretKind::Session.is_shape_of(secret) => {
                of_session(app, secret).await
            }
            _ => Ok(Self::Nobody),
        }
    }

    /// The namespace of this caller's idempotency keys.
    pub(crate) fn caller(&self) -> Option<String> {
        match self {
            Self::Nobody => None,
            Self::Session(session) => Some(session.1.id.to_string()),
            Self::ManagementKey(key) => Some(key.id.to_string()),
        }
    }
}

async fn of_key(app: &Control, secret: &str) -> Result<CallerIdentity, ApiError> {
    if SecretKind::ApiKey.is_shape_of(secret) {
        return Err(refusal::wrong_kind_of_key());
    }
    if !SecretKind::ManagementKey.is_shape_of(secret) {
        return Err(refusal::invalid_management_key());
    }
    let digest = app.gateway.master.pepper().digest(secret);
    let key = management_keys::find_by_digest(&app.db, digest).await?;
    let now_ms = app.clock.now_ms();
    let key = key
        .filter(|key| key.revoked_at_ms.is_none())
        .filter(|key| key.expires_at_ms.is_none_or(|end| end > now_ms))
        .ok_or_else(refusal::invalid_management_key)?;
    if key.last_used_at_ms.is_none_or(|at| at + MINUTE_MS < now_ms) {
        let mut tx = app.db.begin().await?;
        management_keys::update_last_use(&mut tx, &key.id, now_ms).await?;
        tx.commit().await?;
    }
    Ok(CallerIdentity::ManagementKey(Arc::new(key)))
}

async fn of_session(app: &Control, secret: &str) -> Result<CallerIdentity, ApiError> {
    let digest = app.gateway.master.pepper().digest(secret);
    let now_ms = app.clock.now_ms();
    let found = sessions::find_by_digest(&app.db, digest, now_ms).await?;
    let Some((session, user)) = found else {
        return Ok(CallerIdentity::Nobody);
    };
    let idle_ms = app.config.accounts.session_idle_ms(user.is_operator);
    if session.last_seen_at_ms + idle_ms < now_ms {
        return Ok(CallerIdentity::Nobody);
    }
    if session.last_seen_at_ms + MINUTE_MS < now_ms {
        let mut tx = app.db.begin().await?;
        sessions::update_last_seen(&mut tx, &session.id, now_ms).await?;
        tx.commit().await?;
    }
    Ok(CallerIdentity::Session(Arc::new((session, user))))
}
