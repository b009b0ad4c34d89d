//! Rate limit headers of responses.

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::header_text::HeaderText;

const USED: HeaderName = HeaderName::from_static("x-ratelimit-used");
const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");
const LIMIT_REQUESTS: HeaderName = HeaderName::from_static("x-ratelimit-limit-requests");
const REMAINING_REQUESTS: HeaderName = HeaderName::from_static("x-ratelimit-remaining-requests");
const RESET_REQUESTS: HeaderName = HeaderName::from_static("x-ratelimit-reset-requests");
const LIMIT_TOKENS: HeaderName = HeaderName::from_static("x-ratelimit-limit-tokens");
const REMAINING_TOKENS: HeaderName = HeaderName::from_static("x-ratelimit-remaining-tokens");
const RESET_TOKENS: HeaderName = HeaderName::from_static("x-ratelimit-reset-tokens");
const ANTHROPIC_REQUESTS_LIMIT: HeaderName =
    HeaderName::from_static("anthropic-ratelimit-requests-limit");
const ANTHROPIC_REQUESTS_REMAINING: HeaderName =
    HeaderName::from_static("anthropic-ratelimit-requests-remaining");
const ANTHROPIC_REQUESTS_RESET: HeaderName =
    HeaderName::from_static("anthropic-ratelimit-requests-reset");
const ANTHROPIC_TOKENS_LIMIT: HeaderName =
    HeaderName::from_static("anthropic-ratelimit-tokens-limit");
const ANTHROPIC_TOKENS_REMAINING: HeaderName =
    HeaderName::from_static("anthropic-ratelimit-tokens-remaining");
const ANTHROPIC_TOKENS_RESET: HeaderName =
    HeaderName::from_static("anthropic-ratelimit-tokens-reset");

/// The rate limit status after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitReport {
    /// The request limit that has the least left.
    pub requests: RequestLimit,
    /// The requests per minute of the key, for the headers by OpenAI's names.
    pub key_minute: RequestLimit,
    pub tokens: Option<TokenLimit>,
}

/// A limit on requests; `used` and what remains add up to `limit`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RequestLimit {
    /// `None` is unlimited.
    pub limit: Option<u64>,
    pub used: u64,
    /// Seconds since 1970.
    pub resets_at_s: i64,
}

/// A limit on tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenLimit {
    pub limit: u64,
    pub remaining: u64,
    /// Seconds since 1970.
    pub resets_at_s: i64,
}

impl LimitReport {
    /// For a caller who is nobody: no request is allowed, none was used.
    pub fn nobody(now_ms: i64) -> Self {
        let nothing = RequestLimit {
            limit: Some(0),
            used: 0,
            resets_at_s: (now_ms.div_euclid(60_000) + 1) * 60,
        };
        Self {
            requests: nothing,
            key_minute: nothing,
            tokens: None,
        }
    }

    /// Writes the headers of the contract and those by OpenAI's names.
    pub fn write(&self, headers: &mut HeaderMap, text: &mut HeaderText, now_ms: i64) {
        let shown = &self.requests;
        headers.insert(USED, text.number(shown.used));
        if let Some(limit) = shown.limit {
            headers.insert(LIMIT, text.number(limit));
            let remaining = limit - shown.used.min(limit);
            headers.insert(REMAINING, text.number(remaining));
            let resets_at_s = shown.resets_at_s.unsigned_abs();
            headers.insert(RESET, text.number(resets_at_s));
        }
        if let Some(limit) = self.key_minute.limit {
            headers.insert(LIMIT_REQUESTS, text.number(limit));
            let remaining = limit - self.key_minute.used.min(limit);
            headers.insert(REMAINING_REQUESTS, text.number(remaining));
            let wait_s = seconds_until(self.key_minute.resets_at_s, now_ms);
            headers.insert(RESET_REQUESTS, text.seconds(wait_s));
        }
        if let Some(tokens) = &self.tokens {
            headers.insert(LIMIT_TOKENS, text.number(tokens.limit));
            headers.insert(REMAINING_TOKENS, text.number(tokens.remaining));
            let wait_s = seconds_until(tokens.resets_at_s, now_ms);
            headers.insert(RESET_TOKENS, text.seconds(wait_s));
        }
    }
}

impl LimitReport {
    /// Writes the headers by Anthropic's names, beside the others.
    pub fn write_for_anthropic(&self, headers: &mut HeaderMap, text: &mut HeaderText) {
        if let Some(limit) = self.key_minute.limit {
            headers.insert(ANTHROPIC_REQUESTS_LIMIT, text.number(limit));
            let remaining = limit - self.key_minute.used.min(limit);
            headers.insert(ANTHROPIC_REQUESTS_REMAINING, text.number(remaining));
            let resets_at_s = self.key_minute.resets_at_s;
            set_time(headers, ANTHROPIC_REQUESTS_RESET, resets_at_s);
        }
        if let Some(tokens) = &self.tokens {
            headers.insert(ANTHROPIC_TOKENS_LIMIT, text.number(tokens.limit));
            headers.insert(ANTHROPIC_TOKENS_REMAINING, text.number(tokens.remaining));
            set_time(headers, ANTHROPIC_TOKENS_RESET, tokens.resets_at_s);
        }
    }
}

/// A moment as RFC 3339 has it.
fn set_time(headers: &mut HeaderMap, name: HeaderName, at_s: i64) {
    let moment = jiff::Timestamp::from_second(at_s).map(|moment| moment.to_string());
    if let Ok(value) = moment
        .map_err(drop)
        .and_then(|text| HeaderValue::try_from(text).map_err(drop))
    {
        headers.insert(name, value);
    }
}

/// The seconds until a moment, which is in seconds too.
fn seconds_until(at_s: i64, now_ms: i64) -> u64 {
    (at_s * 1_000 - now_ms)
        .max(0)
        .unsigned_abs()
        .div_ceil(1_000)
}
