//! A user who is signed in.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use gateway::auth::{RequestContext, client_address};
use gateway::error::ApiError;
use http::request::Parts;
use store::audit_log::Actor;
use store::sessions::Session;
use store::users::User;

use super::identity::CallerIdentity;
use crate::refusal;
use crate::state::ControlState;

/// Proof that a user's browser calls.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn {
    identity: Arc<(Session, User)>,
    /// From where.
    pub address: std::net::IpAddr,
}

impl SignedIn {
    pub(crate) fn user(&self) -> &User {
        &self.identity.1
    }

    pub(crate) fn session(&self) -> &Session {
        &self.identity.0
    }

    /// As whom the audit log knows them.
    pub(crate) fn actor(&self) -> Actor {
        Actor {
            kind: "user",
            id: self.user().id.to_string(),
            label: self.user().email.clone(),
            address: Some(self.address.to_string()),
        }
    }
}

impl FromRequestParts<ControlState> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &ControlState) -> Result<Self, ApiError> {
        let context = RequestContext::from_request_parts(parts, app).await?;
        let address = client_address(
            context.peer().ip(),
            &parts.headers,
            &app.gateway.ingress.trusted_proxies,
        );
        match parts.extensions.get::<CallerIdentity>() {
            Some(CallerIdentity::Session(identity)) => Ok(Self {
                identity: Arc::clone(identity),
                address,
            }),
            Some(CallerIdentity::ManagementKey(_)) => Err(refusal::session_needed()),
            Some(CallerIdentity::Nobody) | None => Err(refusal::not_signed_in()),
        }
    }
}
