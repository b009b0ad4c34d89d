//! Proof of an operator, who runs the platform.

use axum::extract::FromRequestParts;
use gateway::auth::{RequestContext, client_address};
use gateway::error::ApiError;
use http::request::Parts;
use store::audit_log::Actor;
use store::users::User;

use super::identity::CallerIdentity;
use super::scope;
use crate::refusal;
use crate::state::{Control, ControlState};

/// Proof that an operator calls, or a program of theirs with the scope for it.
#[derive(Debug, Clone)]
pub(crate) struct Operator {
    actor: Actor,
    is_session: bool,
}

impl Operator {
    /// As whom the audit log knows them.
    pub(crate) fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Checks that a person calls.
    ///
    /// # Errors
    /// If a management key does.
    pub(crate) fn require_session(&self) -> Result<(), ApiError> {
        if self.is_session {
            Ok(())
        } else {
            Err(refusal::session_needed())
        }
    }
}

/// Returns whether an operator has shown the factors that are needed.
pub(super) fn has_factor_needed(app: &Control, user: &User) -> bool {
    user.has_two_factor || !app.config.accounts.operators_need_two_factor
}

impl FromRequestParts<ControlState> for Operator {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &ControlState) -> Result<Self, ApiError> {
        let context = RequestContext::from_request_parts(parts, app).await?;
        let address = client_address(
            context.peer().ip(),
            &parts.headers,
            &app.gateway.ingress.trusted_proxies,
        );
        let (kind, id, label) = match parts.extensions.get::<CallerIdentity>() {
            Some(CallerIdentity::Session(identity)) => {
                let user = &identity.1;
                if !user.is_operator {
                    return Err(refusal::operators_only());
                }
                if !has_factor_needed(app, user) {
                    return Err(refusal::two_factor_needed());
                }
                ("user", user.id.to_string(), user.email.clone())
            }
            Some(CallerIdentity::ManagementKey(key)) => {
                if key.account_id.is_some() {
                    return Err(refusal::operators_only());
                }
                scope::require(key, "admin", &parts.method)?;
                ("management_key", key.id.to_string(), key.name.clone())
            }
            Some(CallerIdentity::Nobody) | None => return Err(refusal::not_signed_in()),
        };
        Ok(Self {
            is_session: kind == "user",
            actor: Actor {
                kind,
                id,
                label,
                address: Some(address.to_string()),
            },
        })
    }
}
