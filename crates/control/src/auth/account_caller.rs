//! A caller who may act in an account, with the role that the handler asks for.

use std::marker::PhantomData;

use axum::extract::{FromRequestParts, RawPathParams};
use gateway::auth::{RequestContext, client_address};
use gateway::error::ApiError;
use http::request::Parts;
use store::accounts::{self, Account};
use store::audit_log::Actor;
use store::members::{self, Role};
use store::{AccountId, StoreError};

use super::identity::CallerIdentity;
use super::operator::has_factor_needed;
use super::scope;
use crate::refusal;
use crate::state::ControlState;

/// The least role that a handler asks for.
pub(crate) trait LeastRole: Send + Sync + 'static {
    const ROLE: Role;
}

macro_rules! least_role {
    ($($(#[$doc:meta])* $name:ident),*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub(crate) struct $name;
        impl LeastRole for $name {
            const ROLE: Role = Role::$name;
        }
    )*};
}

least_role!(
    /// Reads.
    Viewer,
    /// Also makes and manages API keys.
    Member,
    /// Also manages members and the account.
    Admin,
    /// Also appoints owners and makes management keys.
    Owner
);

/// Proof that the caller may act as `R` in the account that the path names.
#[derive(Debug, Clone)]
pub(crate) struct AccountCaller<R> {
    pub account: Account,
    pub role: Role,
    /// The address that the request came from.
    pub address: std::net::IpAddr,
    /// True if a person calls, not a program.
    pub is_session: bool,
    actor: Actor,
    least: PhantomData<fn() -> R>,
}

impl<R> AccountCaller<R> {
    pub(crate) fn account_id(&self) -> &AccountId {
        &self.account.id
    }

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

impl<R: LeastRole> FromRequestParts<ControlState> for AccountCaller<R> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &ControlState) -> Result<Self, ApiError> {
        let context = RequestContext::from_request_parts(parts, app).await?;
        let address = client_address(
            context.peer().ip(),
            &parts.headers,
            &app.gateway.ingress.trusted_proxies,
        );
        let Some(identity) = parts.extensions.get::<CallerIdentity>().cloned() else {
            return Err(refusal::not_signed_in());
        };
        let id = account_id(parts, app).await?;
        let (role, kind, actor_id, label) = match &identity {
            CallerIdentity::Nobody => return Err(refusal::not_signed_in()),
            CallerIdentity::Session(identity) => {
                let user = &identity.1;
                let role = members::find_role(&app.db, &id, &user.id).await?;
                // Operators look, and change through their own routes.
                let is_operating = user.is_operator && has_factor_needed(app, user);
                let role = role.or(is_operating.then_some(Role::Viewer));
                (role, "user", user.id.to_string(), user.email.clone())
            }
            CallerIdentity::ManagementKey(key) => {
                let is_here = key.account_id.as_ref() == Some(&id);
                let role = is_here.then_some(Role::Admin);
                (role, "management_key", key.id.to_string(), key.name.clone())
            }
        };
        // Whether it exists is nobody's business but its members'.
        let role = role.ok_or_else(|| ApiError::not_found("account"))?;
        let account = match accounts::get_account(&app.db, &id).await {
            Err(StoreError::NotFound { .. }) => return Err(ApiError::not_found("account")),
            found => found?,
        };
        if let CallerIdentity::ManagementKey(key) = &identity {
            scope::require(key, scope::area_of(parts.uri.path()), &parts.method)?;
        }
        if role < R::ROLE {
            return Err(refusal::missing_role(R::ROLE.as_str()));
        }
        Ok(Self {
            account,
            role,
            address,
            is_session: matches!(identity, CallerIdentity::Session(_)),
            actor: Actor {
                kind,
                id: actor_id,
                label,
                address: Some(address.to_string()),
            },
            least: PhantomData,
        })
    }
}

async fn account_id(parts: &mut Parts, app: &ControlState) -> Result<AccountId, ApiError> {
    let params = RawPathParams::from_request_parts(parts, app)
        .await
        .map_err(|_| ApiError::not_found("account"))?;
    let id = params.iter().find(|(name, _)| *name == "account_id");
    id.map(|(_, id)| id.into())
        .ok_or_else(|| ApiError::internal(anyhow::anyhow!("the path names no account")))
}
