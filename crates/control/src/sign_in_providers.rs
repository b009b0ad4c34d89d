//! Signing in through somebody else: the code flow of OAuth 2 with PKCE, and id tokens on top. Why it is
//! our own is in `docs/decisions/0011`. Here is what goes to a provider and comes back; who that is here is
//! decided elsewhere.

mod call;
mod discovery;
mod flow;
mod id_token;
mod person;

use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use gateway::clock::Clock;
use rustls::ClientConfig;
use secrecy::ExposeSecret;
use serde::Deserialize;
use url::Url;
use url::form_urlencoded::Serializer;

use crate::config::{SignInProviderConfig, SignInProviderKind};
use call::Calls;
use discovery::{Discovery, Endpoints};

pub(crate) use flow::{FLOW_MS, Flow, return_path};
pub(crate) use person::ProviderPerson;

/// The reason why a sign-in through a provider failed. The code is in the address of the page that says so.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProviderError {
    /// The provider cannot be reached, or does not respond as it must.
    #[error("the provider cannot be used: {0}")]
    Unavailable(String),
    /// The provider's claims cannot be believed.
    #[error("the provider's response is not valid: {0}")]
    Invalid(String),
}

impl ProviderError {
    fn unavailable(reason: &str) -> Self {
        Self::Unavailable(reason.to_owned())
    }

    fn invalid(reason: &str) -> Self {
        Self::Invalid(reason.to_owned())
    }

    /// For the address of the page that says so.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Unavailable(_) => "provider_unavailable",
            Self::Invalid(_) => "provider_invalid_response",
        }
    }
}

/// The providers that are configured.
#[derive(Debug)]
pub struct SignInProviders(Vec<Arc<SignInProvider>>);

/// A provider, with what was found out about it.
#[derive(Debug)]
pub(crate) struct SignInProvider {
    config: SignInProviderConfig,
    calls: Calls,
    discovery: Discovery,
    clock: Clock,
}

/// The tokens that a provider gives for a code.
#[derive(Deserialize)]
struct Tokens {
    access_token: Option<String>,
    id_token: Option<String>,
}

impl SignInProviders {
    /// Nothing is asked of them yet.
    pub(crate) fn new(configs: &[SignInProviderConfig], clock: &Clock, tls: ClientConfig) -> Self {
        let calls = Calls::new(tls);
        let provider = |config: &SignInProviderConfig| {
            Arc::new(SignInProvider {
                config: config.clone(),
                calls: calls.clone(),
                discovery: Discovery::default(),
                clock: clock.clone(),
            })
        };
        Self(configs.iter().map(provider).collect())
    }

    /// The provider of that name.
    pub(crate) fn find(&self, name: &str) -> Option<Arc<SignInProvider>> {
        let found = self.0.iter().find(|provider| provider.config.name == name);
        found.map(Arc::clone)
    }

    /// Each name with what stands on its button.
    pub(crate) fn labels(&self) -> impl Iterator<Item = (&str, &str)> {
        let configs = self.0.iter().map(|provider| &provider.config);
        configs.map(|config| (config.name.as_str(), config.label()))
    }
}

impl SignInProvider {
    /// The name in addresses.
    pub(crate) fn name(&self) -> &str {
        &self.config.name
    }

    /// The address that a browser is sent to for this flow.
    ///
    /// # Errors
    /// If the provider cannot be asked where that is.
    pub(crate) async fn authorization_url(
        &self,
        flow: &Flow,
        redirect_uri: &str,
    ) -> Result<Url, ProviderError> {
        let endpoints = self.endpoints().await?;
        let mut url = endpoints.authorization.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.config.client_id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("scope", &self.scopes())
            .append_pair("state", &flow.state)
            .append_pair("code_challenge", &flow.challenge())
            .append_pair("code_challenge_method", "S256");
        if self.is_oidc() {
            url.query_pairs_mut().append_pair("nonce", &flow.nonce);
        }
        Ok(url)
    }

    /// Returns whether a callback that names its issuer (RFC 9207) is from this provider.
    pub(crate) async fn is_issuer(&self, issuer: &str) -> bool {
        match self.endpoints().await {
            Ok(endpoints) => endpoints.issuer.as_deref().is_none_or(|own| own == issuer),
            Err(_) => false,
        }
    }

    /// The person whom the provider knows by the code that a browser brought back.
    ///
    /// # Errors
    /// If it does not say, or what it says cannot be believed.
    pub(crate) async fn person_of(
        &self,
        flow: &Flow,
        code: &str,
        redirect_uri: &str,
    ) -> Result<ProviderPerson, ProviderError> {
        let endpoints = self.endpoints().await?;
        let tokens = self.exchange(&endpoints, flow, code, redirect_uri).await?;
        let access_token = tokens.access_token.as_deref().unwrap_or_default();
        match (self.is_oidc(), &tokens.id_token) {
            (true, Some(id_token)) => {
                let claims = self.verify(&endpoints, id_token, flow).await?;
                self.completed(&endpoints, claims, access_token).await
            }
            (true, None) => Err(ProviderError::invalid("no id token")),
            (false, _) => self.asked(&endpoints, access_token).await,
        }
    }

    async fn exchange(
        &self,
        endpoints: &Endpoints,
        flow: &Flow,
        code: &str,
        redirect_uri: &str,
    ) -> Result<Tokens, ProviderError> {
        let secret = self.config.client_secret.expose_secret();
        let in_header = endpoints.takes_basic && !secret.is_empty();
        let credentials = in_header.then_some((self.config.client_id.as_str(), secret));
        let form = self.form_of(flow, code, redirect_uri, !in_header);
        let response = self.calls.post_form(&endpoints.token, form, credentials);
        serde_json::from_slice(&response.await?).map_err(|_| ProviderError::invalid("no tokens"))
    }

    fn form_of(&self, flow: &Flow, code: &str, redirect_uri: &str, names_us: bool) -> String {
        let secret = self.config.client_secret.expose_secret();
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("code_verifier", &flow.verifier);
        if names_us {
            form.append_pair("client_id", &self.config.client_id);
        }
        if names_us && !secret.is_empty() {
            form.append_pair("client_secret", secret);
        }
        form.finish()
    }

    fn is_oidc(&self) -> bool {
        match self.config.kind {
            SignInProviderKind::Oidc | SignInProviderKind::Google => true,
            SignInProviderKind::Github
            | SignInProviderKind::Discord
            | SignInProviderKind::Oauth2 => false,
        }
    }

    fn scopes(&self) -> String {
        if !self.config.scopes.is_empty() {
            return self.config.scopes.join(" ");
        }
        match self.config.kind {
            SignInProviderKind::Oidc | SignInProviderKind::Google => "openid email profile",
            SignInProviderKind::Github => "read:user user:email",
            SignInProviderKind::Discord => "identify email",
            SignInProviderKind::Oauth2 => "",
        }
        .to_owned()
    }
}

/// Compares without telling by time how much is the same.
fn is_same(one: &str, other: &str) -> bool {
    verify_slices_are_equal(one.as_bytes(), other.as_bytes()).is_ok()
}
