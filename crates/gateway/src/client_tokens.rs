//! Client tokens: what a server mints with its key and a page may carry. A token is signed and not stored: it
//! says which secret minted it, and works as long as that secret does, for its models, its minutes and its origins.

mod claims;
mod uses;

use store::sealed::MasterKey;
use store::secret::{CLIENT_TOKEN_PREFIX, KeyDigest, is_client_token};

use crate::cors::BrowserContext;
use crate::error::ApiError;

pub use uses::ClientTokenUses;

/// Models that a token can name, and bytes of one.
pub const MODELS_MAX: usize = 20;
/// Origins that a token can name, and bytes of one.
pub const ORIGINS_MAX: usize = 10;
/// Bytes of one model or origin.
pub const NAME_BYTES_MAX: usize = 200;
/// Minutes that a token can live.
pub const MINUTES_MAX: u32 = 60;
/// Bytes that tell one token from another.
const ID_BYTES: usize = 12;

/// The claims of a client token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientToken {
    pub id: [u8; ID_BYTES],
    /// The secret that minted it.
    pub digest: KeyDigest,
    /// Seconds since 1970.
    pub expires_at_s: u32,
    /// Ids in the catalogue.
    pub models: Vec<String>,
    /// Of pages that may carry it; empty: no page may, programs may, also from windows of their own.
    pub allowed_origins: Vec<String>,
    /// Limits of its own, within those of the key.
    pub requests_per_minute: Option<u32>,
    pub requests_max: Option<u32>,
    /// Tokens of output that one request may ask for.
    pub max_tokens_per_request: Option<u32>,
}

impl ClientToken {
    /// Returns whether a secret looks like a client token.
    pub fn looks_like_token(secret: &str) -> bool {
        secret.starts_with(CLIENT_TOKEN_PREFIX)
    }

    /// The token of a text.
    ///
    /// # Errors
    /// If it was not minted here, or is over.
    pub fn open(master: &MasterKey, text: &str, now_ms: i64) -> Result<Self, ApiError> {
        if !is_client_token(text) {
            return Err(ApiError::malformed_client_token());
        }
        let token = Self::read(master, text).ok_or_else(ApiError::unknown_client_token)?;
        if token.is_expired(now_ms) {
            return Err(ApiError::expired_client_token());
        }
        Ok(token)
    }

    /// Reads a token, expired or not; `None` if it was not minted here.
    pub fn read(master: &MasterKey, text: &str) -> Option<Self> {
        claims::read(&master.client_tokens().open(text)?)
    }

    /// The text to be handed out; `None` when it would be too long.
    pub fn sign(&self, master: &MasterKey) -> Option<String> {
        master.client_tokens().sign(&claims::write(self)?)
    }

    /// Returns whether it has expired.
    pub fn is_expired(&self, now_ms: i64) -> bool {
        now_ms >= i64::from(self.expires_at_s) * 1_000
    }

    /// Its id as people write it.
    pub fn id_text(&self) -> String {
        let digits = self.id.iter().map(|byte| format!("{byte:02x}"));
        digits.fold("ctok_".to_owned(), |text, digit| text + &digit)
    }

    /// Checks that the sender may carry it.
    ///
    /// # Errors
    /// If the page is of another origin, or there is none where one is asked for.
    pub fn check_sender(&self, page: Option<BrowserContext<'_>>) -> Result<(), ApiError> {
        let is_for_programs = self.allowed_origins.is_empty();
        let is_allowed = match page {
            None => is_for_programs,
            Some(page) if page.is_of_program() && is_for_programs => true,
            // A page that hides where it is from is of no origin.
            Some(page) => page.origin().is_some_and(|origin| {
                let mut allowed = self.allowed_origins.iter();
                allowed.any(|allowed| allowed.as_bytes() == origin.as_bytes())
            }),
        };
        if is_allowed {
            Ok(())
        } else {
            Err(ApiError::origin_not_allowed())
        }
    }

    /// Checks that a request stays within the claims. `output` is the number of tokens that it asks for at most.
    ///
    /// # Errors
    /// If the model is another, or it asks for too much, or does not say how much.
    pub fn check_request(&self, model: &str, output: Option<WantedOutput>) -> Result<(), ApiError> {
        if !self.models.iter().any(|allowed| allowed == model) {
            return Err(ApiError::model_not_of_token(model));
        }
        let (Some(max), Some(output)) = (self.max_tokens_per_request, output) else {
            return Ok(());
        };
        let asked = output
            .tokens_max
            .map(|each| each.saturating_mul(output.choices));
        if asked.is_some_and(|asked| asked <= u64::from(max)) {
            Ok(())
        } else {
            Err(ApiError::output_not_of_token(max))
        }
    }
}

/// The output that a request asks for.
#[derive(Debug, Clone, Copy)]
pub struct WantedOutput {
    pub tokens_max: Option<u64>,
    pub choices: u64,
}

#[cfg(test)]
mod tests;
