//! Id tokens: signed by the provider, for us, for this flow, and now.

use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::Value;

use super::discovery::Endpoints;
use super::{Flow, ProviderError, SignInProvider, is_same};

/// How providers may sign: with a key that only they have. Never with a secret that we share, never not at all.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];
/// How far the clocks may be apart.
const LEEWAY_SECONDS: i64 = 60;
const TOKEN_CHARS_MAX: usize = 32 * 1024;

/// What an id token says.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    pub(super) sub: String,
    /// One text or several.
    aud: Value,
    azp: Option<String>,
    exp: i64,
    nbf: Option<i64>,
    iat: i64,
    nonce: Option<String>,
    pub(super) email: Option<String>,
    /// A boolean; some write it as text.
    pub(super) email_verified: Option<Value>,
    pub(super) name: Option<String>,
}

impl SignInProvider {
    pub(super) async fn verify(
        &self,
        endpoints: &Endpoints,
        token: &str,
        flow: &Flow,
    ) -> Result<Claims, ProviderError> {
        if token.len() > TOKEN_CHARS_MAX {
            return Err(ProviderError::invalid("the id token is too long"));
        }
        let header = decode_header(token)
            .map_err(|_| ProviderError::invalid("the id token has no readable header"))?;
        if !ALGORITHMS.contains(&header.alg) {
            return Err(ProviderError::invalid(
                "the id token's algorithm is not allowed",
            ));
        }
        let issuer = endpoints.issuer.as_deref().unwrap_or_default();
        let keys = self
            .keys(endpoints, |keys| {
                !keys.iter().any(|key| is_named(key, &header))
            })
            .await?;
        let candidates = keys.iter().filter(|key| is_named(key, &header));
        for key in candidates {
            if let Some(claims) = self.signed_by(key, &header, token, issuer) {
                return self.checked(claims, flow);
            }
        }
        Err(ProviderError::invalid(
            "no key of the provider signed the id token",
        ))
    }

    fn signed_by(&self, key: &Jwk, header: &Header, token: &str, issuer: &str) -> Option<Claims> {
        let key = DecodingKey::from_jwk(key).ok()?;
        let mut validation = Validation::new(header.alg);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[&self.config.client_id]);
        validation.set_required_spec_claims(&["iss", "aud", "sub"]);
        // By our own clock, below.
        validation.validate_exp = false;
        decode::<Claims>(token, &key, &validation)
            .ok()
            .map(|decoded| decoded.claims)
    }

    fn checked(&self, claims: Claims, flow: &Flow) -> Result<Claims, ProviderError> {
        let now = self.clock.now_ms() / 1_000;
        if claims.exp <= now - LEEWAY_SECONDS {
            return Err(ProviderError::invalid("the id token has expired"));
        }
        let begins = claims.nbf.unwrap_or(claims.iat).max(claims.iat);
        if begins > now + LEEWAY_SECONDS {
            return Err(ProviderError::invalid("the id token is of the future"));
        }
        let is_for_others = claims.aud.as_array().is_some_and(|all| all.len() > 1);
        let is_ours = match &claims.azp {
            Some(party) => *party == self.config.client_id,
            None => !is_for_others,
        };
        if !is_ours {
            return Err(ProviderError::invalid(
                "the id token was made for somebody else",
            ));
        }
        if !is_same(claims.nonce.as_deref().unwrap_or_default(), &flow.nonce) {
            return Err(ProviderError::invalid("the id token is of another sign-in"));
        }
        if claims.sub.is_empty() {
            return Err(ProviderError::invalid("the id token names nobody"));
        }
        Ok(claims)
    }
}

/// Whether a token may be signed by this key: the one it names, or any where it names none.
fn is_named(key: &Jwk, header: &Header) -> bool {
    let is_for_signing = !matches!(key.common.public_key_use, Some(PublicKeyUse::Encryption));
    let fits = match (&header.kid, &key.common.key_id) {
        (Some(wanted), Some(id)) => wanted == id,
        (Some(_), None) => false,
        (None, _) => true,
    };
    is_for_signing && fits
}
