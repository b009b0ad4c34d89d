//! Rate limit headers of responses.

use http::{HeaderMap, HeaderName, HeaderValue};

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
    pub fn write(&self, headers: &mut HeaderMap, now_ms: i64) {
        let shown = &self.requests;
        set(headers, "x-ratelimit-used", shown.used);
        if let Some(limit) = shown.limit {
            set(headers, "x-ratelimit-limit", limit);
            set(
                headers,
                "x-ratelimit-remaining",
                limit - shown.used.min(limit),
            );
            set(
                headers,
                "x-ratelimit-reset",
                shown.resets_at_s.unsigned_abs(),
            );
        }
        if let Some(limit) = self.key_minute.limit {
            set(headers, "x-ratelimit-limit-requests", limit);
            set(
                headers,
                "x-ratelimit-remaining-requests",
                limit - self.key_minute.used.min(limit),
            );
            set_wait(
                headers,
                "x-ratelimit-reset-requests",
                self.key_minute.resets_at_s,
                now_ms,
            );
        }
        if let Some(tokens) = &self.tokens {
            set(headers, "x-ratelimit-limit-tokens", tokens.limit);
            set(headers, "x-ratelimit-remaining-tokens", tokens.remaining);
            set_wait(
                headers,
                "x-ratelimit-reset-tokens",
                tokens.resets_at_s,
                now_ms,
            );
        }
    }
}

impl LimitReport {
    /// Writes the headers by Anthropic's names, beside the others.
    pub fn write_for_anthropic(&self, headers: &mut HeaderMap) {
        if let Some(limit) = self.key_minute.limit {
            set(headers, "anthropic-ratelimit-requests-limit", limit);
            let remaining = limit - self.key_minute.used.min(limit);
            set(headers, "anthropic-ratelimit-requests-remaining", remaining);
            let resets_at_s = self.key_minute.resets_at_s;
            set_time(headers, "anthropic-ratelimit-requests-reset", resets_at_s);
        }
        if let Some(tokens) = &self.tokens {
            set(headers, "anthropic-ratelimit-tokens-limit", tokens.limit);
            set(
                headers,
                "anthropic-ratelimit-tokens-remaining",
                tokens.remaining,
            );
            set_time(
                headers,
                "anthropic-ratelimit-tokens-reset",
                tokens.resets_at_s,
            );
        }
    }
}

/// A moment as RFC 3339 has it.
fn set_time(headers: &mut HeaderMap, name: &'static str, at_s: i64) {
    let moment = jiff::Timestamp::from_second(at_s).map(|moment| moment.to_string());
    if let Ok(value) = moment
        .map_err(drop)
        .and_then(|text| HeaderValue::try_from(text).map_err(drop))
    {
        headers.insert(HeaderName::from_static(name), value);
    }
}

fn set(headers: &mut HeaderMap, name: &'static str, value: u64) {
    headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
}

/// A wait in OpenAI's notation: `12s`.
fn set_wait(headers: &mut HeaderMap, name: &'static str, resets_at_s: i64, now_ms: i64) {
    let seconds = (resets_at_s * 1_000 - now_ms)
        .max(0)
        .unsigned_abs()
        .div_ceil(1_000);
    let mut digits = itoa::Buffer::new();
    let text = [digits.format(seconds), "s"].concat();
    if let Ok(value) = HeaderValue::try_from(text) {
        headers.insert(HeaderName::from_static(name), value);
    }
}
