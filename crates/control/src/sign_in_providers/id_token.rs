//! Id tokens: signed by the provider, for us, for this flow, and now.

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header};
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

use super::discovery::Endpoints;
use super::{Flow, ProviderError, SignInProvider, is_same};

/// The algorithms that providers may sign with: a key that only they have. Never a secret that we share, never none.
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
/// The distance that the clocks may be apart.
const LEEWAY_SECONDS: i64 = 60;
const TOKEN_CHARS_MAX: usize = 32 * 1024;

/// The claims of an id token.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    pub(super) sub: String,
    /// One text or several.
    aud: Value,
    azp: Option<String>,
    exp: NumericDate,
    nbf: Option<NumericDate>,
    iat: NumericDate,
    nonce: Option<String>,
    pub(super) email: Option<String>,
    pub(super) email_verified: Option<Value>,
    /// Microsoft Entra ID's word for `email_verified`: the owner of the address' domain is verified.
    pub(super) xms_edov: Option<Value>,
    pub(super) name: Option<String>,
}

/// Seconds since 1970, with or without a fraction (RFC 7519, section 2), which is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct NumericDate(i64);

impl<'de> Deserialize<'de> for NumericDate {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        /// The year 9999; what is beyond is no date.
        const LAST: f64 = 253_402_300_799.0;
        let seconds = f64::deserialize(from)?;
        if !(0.0..=LAST).contains(&seconds) {
            return Err(de::Error::custom("not a time"));
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the range is checked, and the fraction is to be dropped"
        )]
        let whole = seconds as i64;
        Ok(Self(whole))
    }
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
        let mut reason = "the provider publishes no key that the id token may be signed with";
        for key in keys.iter().filter(|key| is_named(key, &header)) {
            match self.signed_by(key, &header, token, issuer) {
                Ok(claims) => return self.checked(read_claims(claims)?, flow),
                Err(other) => reason = other,
            }
        }
        Err(ProviderError::invalid(reason))
    }

    /// The claims of a token that `key` signed, or why they do not count.
    fn signed_by(
        &self,
        key: &Jwk,
        header: &Header,
        token: &str,
        issuer: &str,
    ) -> Result<Value, &'static str> {
        let key = DecodingKey::from_jwk(key).map_err(|_| "the provider's key cannot be used")?;
        let mut validation = Validation::new(header.alg);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[&self.config.client_id]);
        validation.set_required_spec_claims(&["iss", "aud", "sub"]);
        // By our own clock, below.
        validation.validate_exp = false;
        let decoded = decode::<Value>(token, &key, &validation);
        decoded
            .map(|decoded| decoded.claims)
            .map_err(|error| match error.kind() {
                ErrorKind::InvalidSignature => "no key of the provider signed the id token",
                ErrorKind::InvalidIssuer => "the id token is of another issuer",
                ErrorKind::InvalidAudience => "the id token was made for another client",
                ErrorKind::MissingRequiredClaim(_) => "the id token lacks iss, aud or sub",
                ErrorKind::InvalidAlgorithm => "the provider's key is for another algorithm",
                _ => "the id token cannot be read",
            })
    }

    fn checked(&self, claims: Claims, flow: &Flow) -> Result<Claims, ProviderError> {
        let now = self.clock.now_ms() / 1_000;
        if claims.exp.0 <= now - LEEWAY_SECONDS {
            return Err(ProviderError::invalid("the id token has expired"));
        }
        let begins = claims.nbf.unwrap_or(claims.iat).max(claims.iat);
        if begins.0 > now + LEEWAY_SECONDS {
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

/// The claims of a token whose signature holds. An error names the claim, never its value.
fn read_claims(claims: Value) -> Result<Claims, ProviderError> {
    serde_path_to_error::deserialize(claims).map_err(|error| {
        let path = error.path().to_string();
        ProviderError::Invalid(if path == "." {
            format!("the id token: {}", error.inner())
        } else {
            format!("the claim {path} of the id token cannot be read")
        })
    })
}

/// Returns whether a token may be signed by this key: the one it names, or any where it names none.
fn is_named(key: &Jwk, header: &Header) -> bool {
    let is_for_signing = !matches!(key.common.public_key_use, Some(PublicKeyUse::Encryption));
    let fits = match (&header.kid, &key.common.key_id) {
        (Some(wanted), Some(id)) => wanted == id,
        (Some(_), None) => false,
        (None, _) => true,
    };
    is_for_signing && fits
}
