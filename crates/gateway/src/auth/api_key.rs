//! A caller with an API key.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::header::USER_AGENT;
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use store::secret::{ImportedSecret, KeyDigest, is_well_formed};
use store::tiers::Tier;
use store::{ApiKeyId, RequestId, api_keys};

use super::address::client_address;
use super::context::{RateLimitStatus, RequestContext};
use super::credential;
use crate::catalog::limits_of;
use crate::client_tokens::ClientToken;
use crate::config::SecretKeysInBrowsers;
use crate::cors::{self, BrowserContext};
use crate::error::ApiError;
use crate::ingress::ClientConnection;
use crate::keys::{CachedKey, KeyEnd, KeyInUse, KeySignal, KeySignalKind, KeyState, LookupError};
use crate::limits::Limits;
use crate::state::{Gateway, GatewayState};

/// Proof that the request carries the secret of a key that may be used from where it comes.
#[derive(Debug)]
pub struct ApiKeyCaller {
    pub key: Arc<CachedKey>,
    pub tier: Arc<Tier>,
    pub address: IpAddr,
    pub agent: Option<HeaderValue>,
    /// True if a person uses the key, in the Dashboard.
    pub is_person: bool,
    pub context: RequestContext,
    /// The client token that narrows the key, where one speaks for it.
    pub token: Option<Box<ClientToken>>,
    /// The line of a batch that the request stands for, if it does.
    pub line: Option<BatchLine>,
}

/// The line of a batch that a request stands for: it waits behind what clients wait for, and a refusal of it is no
/// event of its own, because it is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchLine {
    /// The line was charged before its response was lost in a crash: this time it costs nothing.
    pub is_paid: bool,
}

/// The priority of lines of batches: below that of every tier, or with the lowest.
const BATCH_PRIORITY: u8 = 1;

impl FromRequestParts<GatewayState> for ApiKeyCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &GatewayState) -> Result<Self, ApiError> {
        let caller = identify(parts, app)
            .await
            .map_err(|refused| refused.error)?;
        if caller.token.is_some() {
            return Err(ApiError::not_for_client_tokens());
        }
        Ok(caller)
    }
}

/// Proof that the request may ask models: with the secret of a key, or with a client token that one minted.
#[derive(Debug)]
pub struct ModelCaller(pub ApiKeyCaller);

impl FromRequestParts<GatewayState> for ModelCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &GatewayState) -> Result<Self, ApiError> {
        let identified = identify(parts, app).await;
        let caller = identified.map_err(|refused| refused.recorded(app, parts))?;
        Ok(Self(caller))
    }
}

/// A refusal at the door, with the caller if the key is known.
pub(super) struct Refused {
    pub(super) error: ApiError,
    pub(super) caller: Option<Box<ApiKeyCaller>>,
}

async fn identify(parts: &mut Parts, app: &GatewayState) -> Result<ApiKeyCaller, Refused> {
    let unknown = |error| Refused {
        error,
        caller: None,
    };
    let context = RequestContext::from_request_parts(parts, app).await;
    let context = context.map_err(unknown)?;
    let page = BrowserContext::of(&parts.headers, &app.config.browsers);
    let caller = authenticate(app, context.clone(), parts).await;
    let caller = caller.map_err(unknown);
    let permitted = match caller {
        Ok(caller) => match permit(app, &caller, page, &parts.headers) {
            Ok(()) => Ok(caller),
            Err(error) => Err(Refused {
                error,
                caller: Some(Box::new(caller)),
            }),
        },
        Err(refused) => Err(refused),
    };
    permitted.inspect_err(|refused| {
        app.metrics
            .count_authentication_failure(refused.error.code());
        allow_origin(&context, page);
    })
}

/// Finds the key that the request names.
async fn authenticate(
    app: &GatewayState,
    context: RequestContext,
    parts: &Parts,
) -> Result<ApiKeyCaller, ApiError> {
    let headers = &parts.headers;
    let secret = credential::of_request(headers, &parts.uri)?;
    let token = if ClientToken::looks_like_token(secret) {
        let token = ClientToken::open(&app.master, secret, app.clock.now_ms())?;
        Some(Box::new(token))
    } else {
        None
    };
    let digest = match &token {
        Some(token) => token.digest,
        None => digest_of(app, secret).ok_or_else(|| credential::explain(secret))?,
    };
    let address = client_address(context.peer().ip(), headers, &app.ingress.trusted_proxies);
    let found = app
        .keys
        .find(digest, address)
        .await
        .map_err(lookup_failed)?;
    let key = found.ok_or_else(|| match &token {
        None if !is_well_formed(secret) => credential::explain(secret),
        _ => ApiError::unknown_api_key(),
    })?;
    let tier = tier_of(app, &key)?;
    let limits = key.limits(limits_of(&tier));
    let report = key.counters().peek(limits, app.shared.limiter.now());
    context.set_rate_limit_status(RateLimitStatus {
        report,
        priority: tier.priority,
    });
    Ok(ApiKeyCaller {
        key,
        tier,
        address,
        agent: headers.get(USER_AGENT).cloned(),
        is_person: false,
        context,
        token,
        line: None,
    })
}

/// The digest of a secret. Junk is thrown out by its shape and checksum, before anything is looked up; where keys were
/// imported, it may be one that another program made.
fn digest_of(app: &GatewayState, secret: &str) -> Option<KeyDigest> {
    let pepper = app.master.pepper();
    if is_well_formed(secret) {
        return Some(pepper.digest(secret));
    }
    if !app.catalog.load().takes_imported_secrets() {
        return None;
    }
    let imported = ImportedSecret::of_text(secret)?;
    Some(pepper.digest_of_imported(&imported))
}

/// Checks that the key may be used, now and from there.
fn permit(
    app: &GatewayState,
    caller: &ApiKeyCaller,
    page: Option<BrowserContext<'_>>,
    headers: &HeaderMap,
) -> Result<(), ApiError> {
    authorize(&caller.key, caller.address, app.clock.now_ms())?;
    if let Some(token) = &caller.token {
        token.check_sender(page)?;
        allow_origin(&caller.context, page);
    } else if let Some(page) = page {
        if !page.is_of_program() {
            refuse_page(app, &caller.key, page, headers)?;
        }
        allow_origin(&caller.context, Some(page));
    }
    Ok(())
}

/// The page may read the response.
fn allow_origin(context: &RequestContext, page: Option<BrowserContext<'_>>) {
    if let Some(origin) = page.and_then(BrowserContext::origin) {
        context.allow_origin(origin);
    }
}

/// Refuses a secret in a page: everyone who opens the page has it. The account is told.
fn refuse_page(
    app: &GatewayState,
    key: &CachedKey,
    page: BrowserContext<'_>,
    headers: &HeaderMap,
) -> Result<(), ApiError> {
    if app.config.browsers.secret_keys == SecretKeysInBrowsers::Allow {
        return Ok(());
    }
    let now_ms = app.clock.now_ms();
    if app.shared.browser_uses.is_news(key.id(), now_ms) {
        let signal = KeySignal {
            account_id: key.account_id().clone(),
            api_key_id: key.id().clone(),
            at_ms: now_ms,
            kind: KeySignalKind::BrowserUse {
                facts: cors::described(page, headers),
            },
        };
        if !app.keys.signals.push(signal) {
            app.shared.browser_uses.forget(key.id());
        }
    }
    let docs = app.config.public_url.as_str().unwrap_or_default();
    Err(ApiError::browser_not_allowed(docs))
}

impl ApiKeyCaller {
    /// Proves a user who may manage the key and uses it without its secret: in the playground.
    ///
    /// # Errors
    /// As if the key had been sent from there.
    pub async fn on_behalf(
        app: &GatewayState,
        id: &ApiKeyId,
        address: IpAddr,
        context: RequestContext,
    ) -> Result<Self, ApiError> {
        let caller = Self::without_secret(app, id, address, context).await?;
        Ok(Self {
            agent: Some(HeaderValue::from_static("yunxin playground")),
            is_person: true,
            ..caller
        })
    }

    /// Proves a key that created a batch, for one line of it.
    ///
    /// # Errors
    /// As if the key had been sent from there.
    pub async fn of_line(
        app: &GatewayState,
        id: &ApiKeyId,
        address: IpAddr,
        (request_id, line): (RequestId, BatchLine),
    ) -> Result<Self, ApiError> {
        let peer = SocketAddr::new(address, 0);
        let connection = Arc::new(ClientConnection::new(peer, false, None));
        let context = RequestContext::new(request_id, connection);
        let caller = Self::without_secret(app, id, address, context).await?;
        Ok(Self {
            agent: Some(HeaderValue::from_static("yunxin batch")),
            line: Some(line),
            ..caller
        })
    }

    /// Proves a key by its id: the request carries no secret.
    async fn without_secret(
        app: &GatewayState,
        id: &ApiKeyId,
        address: IpAddr,
        context: RequestContext,
    ) -> Result<Self, ApiError> {
        let digest = api_keys::find_current_digest(&app.db, id).await?;
        let digest = digest.ok_or_else(ApiError::unknown_api_key)?;
        let found = app
            .keys
            .find(digest, address)
            .await
            .map_err(lookup_failed)?;
        let key = found.ok_or_else(ApiError::unknown_api_key)?;
        let tier = tier_of(app, &key)?;
        authorize(&key, address, app.clock.now_ms())?;
        Ok(Self {
            key,
            tier,
            address,
            agent: None,
            is_person: false,
            context,
            token: None,
            line: None,
        })
    }

    /// The priority of its requests.
    pub fn priority(&self) -> u8 {
        match self.line {
            Some(_) => BATCH_PRIORITY,
            None => self.tier.priority,
        }
    }

    /// The limits of the key as they are now.
    pub fn limits(&self) -> Limits {
        self.key.limits(limits_of(&self.tier))
    }

    /// Looks again whether the key may be used: right before money is spent on it, and before each retry.
    ///
    /// # Errors
    /// If the key may not be used any more, with the reason of the first look.
    pub async fn recheck(&mut self, app: &Gateway) -> Result<(), ApiError> {
        if !app.keys.is_current(&self.key) {
            let found = app
                .keys
                .find(self.key.digest(), self.address)
                .await
                .map_err(lookup_failed)?;
            self.key = found.ok_or_else(ApiError::unknown_api_key)?;
            self.tier = tier_of(app, &self.key)?;
        }
        authorize(&self.key, self.address, app.clock.now_ms())
    }
}

fn lookup_failed(reason: LookupError) -> ApiError {
    match reason {
        LookupError::Busy => ApiError::busy(),
        LookupError::Failed(_) | LookupError::TimedOut => ApiError::unavailable(reason),
    }
}

fn tier_of(app: &Gateway, key: &CachedKey) -> Result<Arc<Tier>, ApiError> {
    let catalog = app.catalog.load();
    let tier = catalog.tier(key.tier_id());
    // The tier was added after this snapshot, or removed: our fault either way.
    tier.map(|tier| key.tier_with_limits(tier)).ok_or_else(|| {
        ApiError::unavailable(anyhow::anyhow!(
            "tier {} is not in the catalogue",
            key.tier_id()
        ))
    })
}

fn authorize(key: &CachedKey, address: IpAddr, now_ms: i64) -> Result<(), ApiError> {
    if let Some(refusal) = refusal_of(key.state(now_ms)) {
        return Err(refusal);
    }
    if key.allows_network(address) {
        Ok(())
    } else {
        Err(ApiError::address_not_allowed())
    }
}

fn refusal_of(state: KeyState) -> Option<ApiError> {
    match state {
        KeyState::Active => None,
        KeyState::Revoked => Some(ApiError::key_revoked()),
        KeyState::Expired => Some(ApiError::expired_api_key()),
        KeyState::Replaced => Some(ApiError::replaced_api_key()),
        KeyState::Suspended => Some(ApiError::account_suspended()),
        KeyState::Frozen(kind) => Some(ApiError::key_frozen(kind)),
    }
}

/// The error for running requests of a key that ended, or of a server that stops.
pub fn told_at_end(key: &KeyInUse) -> ApiError {
    let refusal = match key.why_ended() {
        Some(KeyEnd::State(state)) => refusal_of(state),
        Some(KeyEnd::Unknown) => Some(ApiError::unknown_api_key()),
        None => None,
    };
    refusal.unwrap_or_else(|| ApiError::unavailable(anyhow::anyhow!("the server stops")))
}
