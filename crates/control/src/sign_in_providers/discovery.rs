//! Discovery of a provider's endpoints and signing keys: known, configured or discovered, and
//! remembered for a while.

use std::sync::Arc;

use jsonwebtoken::jwk::Jwk;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;

use super::{ProviderError, SignInProvider};
use crate::config::{SignInProviderKind, safe_url};

/// The lifetime of what was discovered.
const DISCOVERED_MS: i64 = 3_600_000;
/// Keys are asked for again for a token of an unknown one, but not more often than this.
const KEYS_AGAIN_MS: i64 = 30_000;
const KEYS_MAX: usize = 100;
const GOOGLE: &str = "https://accounts.google.com";

/// A discovery.
#[derive(Debug, Default)]
pub(super) struct Discovery {
    endpoints: Mutex<Option<(i64, Arc<Endpoints>)>>,
    keys: Mutex<Option<(i64, Arc<Vec<Jwk>>)>>,
}

/// The endpoints of a provider.
#[derive(Debug)]
pub(super) struct Endpoints {
    pub(super) authorization: Url,
    pub(super) token: Url,
    pub(super) userinfo: Option<Url>,
    /// Of the one kind that lists addresses apart.
    pub(super) emails: Option<Url>,
    pub(super) keys: Option<Url>,
    pub(super) issuer: Option<String>,
    /// True if the client's secret goes into the header.
    pub(super) takes_basic: bool,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: Option<String>,
    jwks_uri: String,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

impl SignInProvider {
    pub(super) async fn endpoints(&self) -> Result<Arc<Endpoints>, ProviderError> {
        let now_ms = self.clock.now_ms();
        let mut known = self.discovery.endpoints.lock().await;
        if let Some((at_ms, endpoints)) = known.as_ref()
            && now_ms < at_ms + DISCOVERED_MS
        {
            return Ok(Arc::clone(endpoints));
        }
        let endpoints = Arc::new(match self.config.kind {
            SignInProviderKind::Oidc => self.discover(&self.config.issuer).await?,
            SignInProviderKind::Google if self.config.issuer.is_empty() => {
                self.discover(GOOGLE).await?
            }
            SignInProviderKind::Google => self.discover(&self.config.issuer).await?,
            SignInProviderKind::Github => self.fixed([
                "https://github.com/login/oauth/authorize",
                "https://github.com/login/oauth/access_token",
                "https://api.github.com/user",
                "https://api.github.com/user/emails",
            ])?,
            SignInProviderKind::Discord => self.fixed([
                "https://discord.com/oauth2/authorize",
                "https://discord.com/api/oauth2/token",
                "https://discord.com/api/users/@me",
                "",
            ])?,
            SignInProviderKind::Oauth2 => self.fixed(["", "", "", ""])?,
        });
        *known = Some((now_ms, Arc::clone(&endpoints)));
        Ok(endpoints)
    }

    /// The configured endpoints, else the known ones: authorization, token, user, addresses.
    fn fixed(&self, known: [&str; 4]) -> Result<Endpoints, ProviderError> {
        let [authorization, token, userinfo, emails] = known;
        let config = &self.config;
        let wanted = |own: &str, known: &str| url_of(if own.is_empty() { known } else { own });
        Ok(Endpoints {
            authorization: wanted(&config.authorization_endpoint, authorization)?,
            token: wanted(&config.token_endpoint, token)?,
            userinfo: Some(wanted(&config.userinfo_endpoint, userinfo)?),
            emails: wanted(&config.emails_endpoint, emails).ok(),
            keys: None,
            issuer: None,
            takes_basic: false,
        })
    }

    async fn discover(&self, issuer: &str) -> Result<Endpoints, ProviderError> {
        let place = format!(
            "{}/.well-known/openid-configuration",
            issuer.trim_end_matches('/')
        );
        let response = self.calls.get(&url_of(&place)?, None).await?;
        let document: Document = serde_json::from_slice(&response)
            .map_err(|_| ProviderError::unavailable("its configuration cannot be read"))?;
        // Else whoever responses there could speak for another. Only a slash at the end may differ: it is often left out.
        if document.issuer.trim_end_matches('/') != issuer.trim_end_matches('/') {
            return Err(ProviderError::Unavailable(format!(
                "the configuration at {place} is of another issuer, {:?}: set issuer to it if that is the right one",
                document.issuer
            )));
        }
        let config = &self.config;
        let wanted = |own: &str, found: &str| url_of(if own.is_empty() { found } else { own });
        let found = document.userinfo_endpoint.unwrap_or_default();
        let methods = document.token_endpoint_auth_methods_supported;
        Ok(Endpoints {
            authorization: wanted(
                &config.authorization_endpoint,
                &document.authorization_endpoint,
            )?,
            token: wanted(&config.token_endpoint, &document.token_endpoint)?,
            userinfo: wanted(&config.userinfo_endpoint, &found).ok(),
            emails: None,
            keys: Some(url_of(&document.jwks_uri)?),
            issuer: Some(document.issuer),
            takes_basic: methods
                .is_none_or(|methods| methods.iter().any(|one| one == "client_secret_basic")),
        })
    }

    /// The keys by which the provider signs; asked for again when `is_stale` says that none fits.
    pub(super) async fn keys(
        &self,
        endpoints: &Endpoints,
        is_stale: impl Fn(&[Jwk]) -> bool,
    ) -> Result<Arc<Vec<Jwk>>, ProviderError> {
        let now_ms = self.clock.now_ms();
        let mut known = self.discovery.keys.lock().await;
        if let Some((at_ms, keys)) = known.as_ref() {
            let is_fresh = now_ms < at_ms + DISCOVERED_MS;
            let is_asked_too_often = now_ms < at_ms + KEYS_AGAIN_MS;
            if (is_fresh && !is_stale(keys)) || is_asked_too_often {
                return Ok(Arc::clone(keys));
            }
        }
        let place = endpoints.keys.as_ref();
        let place = place.ok_or_else(|| ProviderError::unavailable("it publishes no keys"))?;
        let keys = Arc::new(read_keys(&self.calls.get(place, None).await?)?);
        *known = Some((now_ms, Arc::clone(&keys)));
        Ok(keys)
    }
}

/// Keys that we can use; others may be among them.
fn read_keys(response: &[u8]) -> Result<Vec<Jwk>, ProviderError> {
    let unreadable = || ProviderError::unavailable("its keys cannot be read");
    let mut set: Value = serde_json::from_slice(response).map_err(|_| unreadable())?;
    let Value::Array(keys) = set["keys"].take() else {
        return Err(unreadable());
    };
    let usable = keys.into_iter().take(KEYS_MAX);
    Ok(usable
        .filter_map(|key| serde_json::from_value(key).ok())
        .collect())
}

fn url_of(text: &str) -> Result<Url, ProviderError> {
    safe_url(text).ok_or_else(|| ProviderError::unavailable("an address of it is not https"))
}
