//! How often tokens were used, for those that have limits of their own. Counted by this process, like the limits of
//! keys. Memory is bounded: a token that was not used while many others were begins anew.

use std::convert::Infallible;
use std::sync::Arc;

use parking_lot::Mutex;
use quick_cache::sync::Cache;

use super::{ClientToken, ID_BYTES};
use crate::error::ApiError;

/// Tokens whose uses are counted at the same time.
const COUNTED_MAX: usize = 200_000;
const MINUTE_MS: i64 = 60_000;

/// Counts uses of tokens.
#[derive(Debug)]
pub struct ClientTokenUses(Cache<[u8; ID_BYTES], Arc<Mutex<Uses>>>);

#[derive(Debug, Default)]
struct Uses {
    all: u32,
    this_minute: u32,
    minute: i64,
}

impl Default for ClientTokenUses {
    fn default() -> Self {
        Self(Cache::new(COUNTED_MAX))
    }
}

impl ClientTokenUses {
    /// Runs `admit`, the decision over the key's limits, if the token has uses left. Only what it admits is counted:
    /// the token's count is held meanwhile, so that two requests cannot take the last use.
    ///
    /// # Errors
    /// When the token has none left.
    pub fn admit<T, E, R>(
        &self,
        token: &ClientToken,
        now_ms: i64,
        admit: impl FnOnce() -> (Result<T, E>, R),
    ) -> Result<(Result<T, E>, R), ApiError> {
        if token.requests_per_minute.is_none() && token.requests_max.is_none() {
            return Ok(admit());
        }
        let Ok(shared) = self
            .0
            .get_or_insert_with(&token.id, || Ok::<_, Infallible>(Arc::default()));
        let mut uses = shared.lock();
        uses.check(token, now_ms)?;
        let (decision, report) = admit();
        if decision.is_ok() {
            uses.all = uses.all.saturating_add(1);
            uses.this_minute = uses.this_minute.saturating_add(1);
        }
        Ok((decision, report))
    }
}

impl Uses {
    fn check(&mut self, token: &ClientToken, now_ms: i64) -> Result<(), ApiError> {
        let minute = now_ms.div_euclid(MINUTE_MS);
        if minute > self.minute {
            self.minute = minute;
            self.this_minute = 0;
        }
        if let Some(max) = token.requests_max
            && self.all >= max
        {
            return Err(ApiError::client_token_used_up(max));
        }
        if let Some(max) = token.requests_per_minute
            && self.this_minute >= max
        {
            let wait_ms = (self.minute + 1) * MINUTE_MS - now_ms;
            return Err(ApiError::rate_limited(
                "requests per minute for this client token",
                max.into(),
                wait_ms.max(1).unsigned_abs().div_ceil(1_000),
            ));
        }
        Ok(())
    }
}
