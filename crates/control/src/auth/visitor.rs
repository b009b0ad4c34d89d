//! A visitor, who is not signed in yet.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use gateway::auth::{RequestContext, client_address};
use gateway::error::ApiError;
use http::header::{ACCEPT_LANGUAGE, USER_AGENT};
use http::request::Parts;
use store::audit_log::Actor;
use store::sessions::Session;
use store::users::User;

use super::identity::CallerIdentity;
use crate::commands::Browser;
use crate::mail::MailLanguage;
use crate::refusal;
use crate::state::ControlState;

const AGENT_CHARS_MAX: usize = 200;

/// A person's browser, whether anybody is signed in there or not. Programs are none.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    pub address: IpAddr,
    agent: String,
    /// Which the browser names first.
    pub language: MailLanguage,
    /// The signed-in user of that browser.
    pub signed_in: Option<Arc<(Session, User)>>,
}

impl Visitor {
    /// The browser as a session remembers it.
    pub(crate) fn browser(&self) -> Browser {
        Browser {
            address: self.address.to_string(),
            agent: self.agent.clone(),
            session: self.signed_in.as_ref().map(|identity| {
                let (session, user) = identity.as_ref();
                (user.id.clone(), session.id.clone())
            }),
        }
    }

    /// As whom the audit log knows somebody who has not said who they are.
    pub(crate) fn actor(&self) -> Actor {
        Actor {
            kind: "user",
            id: String::new(),
            label: String::new(),
            address: Some(self.address.to_string()),
        }
    }

    /// As whom the audit log knows a user who acts in this browser.
    pub(crate) fn actor_as(&self, user: &User) -> Actor {
        Actor {
            id: user.id.to_string(),
            label: user.email.clone(),
            ..self.actor()
        }
    }
}

impl FromRequestParts<ControlState> for Visitor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &ControlState) -> Result<Self, ApiError> {
        let context = RequestContext::from_request_parts(parts, app).await?;
        let signed_in = match parts.extensions.get::<CallerIdentity>() {
            Some(CallerIdentity::ManagementKey(_)) => return Err(refusal::session_needed()),
            Some(CallerIdentity::Session(identity)) => Some(Arc::clone(identity)),
            Some(CallerIdentity::Nobody) | None => None,
        };
        let agent = parts.headers.get(USER_AGENT);
        let agent = agent.and_then(|value| value.to_str().ok());
        let language = parts.headers.get(ACCEPT_LANGUAGE);
        let language = language.and_then(|value| value.to_str().ok());
        Ok(Self {
            address: client_address(
                context.peer().ip(),
                &parts.headers,
                &app.gateway.ingress.trusted_proxies,
            ),
            language: MailLanguage::of_browser(language.unwrap_or_default()),
            agent: agent
                .unwrap_or_default()
                .chars()
                .take(AGENT_CHARS_MAX)
                .collect(),
            signed_in,
        })
    }
}
