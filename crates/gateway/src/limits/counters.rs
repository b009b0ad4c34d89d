//! What was counted, and the decision.

use std::sync::Arc;

use parking_lot::Mutex;

use super::Limits;
use super::bodies::BodyUse;
use super::concurrency::Running;
use super::report::{LimitReport, RequestLimit, TokenLimit};
use super::window::{DAY_MS, MINUTE_MS, Window};

/// The counts of one key or one account.
#[derive(Debug, Default)]
pub struct Counters {
    windows: Mutex<Windows>,
    pub(super) running: Running,
    bodies: BodyUse,
}

#[derive(Debug, Clone, Copy, Default)]
struct Windows {
    requests: Window,
    tokens: Window,
    day: Window,
}

/// The counts that a key's requests go to: its own and its account's.
#[derive(Debug, Clone)]
pub struct KeyCounters {
    pub key: Arc<Counters>,
    pub account: Arc<Counters>,
}

/// A request that was admitted, and the tokens it holds until they are settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// The minutes in which the key and the account counted it; another key may have begun a new one for
    /// the account already.
    key_minute: i64,
    account_minute: i64,
    reserved_tokens: u64,
}

/// Why a request was not admitted. Nothing was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The limit that it ran into, in words.
    pub what: &'static str,
    /// The same, as a label for metrics.
    pub dimension: &'static str,
    pub limit: u64,
    pub retry_after_seconds: u64,
}

/// One limit as it stands at the moment of a decision.
#[derive(Debug, Clone, Copy)]
struct Dimension {
    what: &'static str,
    name: &'static str,
    limit: Option<u64>,
    used: u64,
    cost: u64,
    resets_at_s: i64,
}

impl Dimension {
    fn is_exceeded(&self) -> bool {
        self.limit
            .is_some_and(|limit| self.used.saturating_add(self.cost) > limit)
    }

    fn remaining(&self) -> u64 {
        self.limit
            .map_or(u64::MAX, |limit| limit.saturating_sub(self.used))
    }
}

impl KeyCounters {
    /// Admits one request that may need `tokens`, or says what it ran into.
    pub fn admit(
        &self,
        limits: Limits,
        tokens: u64,
        now_ms: i64,
    ) -> (Result<Grant, Refusal>, LimitReport) {
        // Always the key before the account: two requests never wait for each other crosswise.
        let mut key = self.key.windows.lock();
        let mut account = self.account.windows.lock();
        key.roll(now_ms);
        account.roll(now_ms);
        let dimensions = dimensions(&key, &account, limits, tokens);
        if let Some(refused) = longest_exceeded(&dimensions) {
            let report = report(&key, &account, limits, Some(refused.name));
            return (Err(refusal(&refused, now_ms)), report);
        }
        key.add(tokens);
        account.add(tokens);
        let grant = Grant {
            key_minute: key.tokens.index,
            account_minute: account.tokens.index,
            reserved_tokens: tokens,
        };
        (Ok(grant), report(&key, &account, limits, None))
    }

    /// Looks for a limit on requests that is used up already, and counts nothing. What is refused here would be refused
    /// by [`Self::admit`] too, however few tokens the request needs.
    pub fn precheck(&self, limits: Limits, now_ms: i64) -> Option<(Refusal, LimitReport)> {
        let mut key = self.key.windows.lock();
        let mut account = self.account.windows.lock();
        key.roll(now_ms);
        account.roll(now_ms);
        let refused = longest_exceeded(&dimensions(&key, &account, limits, 0))?;
        let report = report(&key, &account, limits, Some(refused.name));
        Some((refusal(&refused, now_ms), report))
    }

    /// How the limits stand, without counting anything.
    pub fn peek(&self, limits: Limits, now_ms: i64) -> LimitReport {
        let mut key = self.key.windows.lock();
        let mut account = self.account.windows.lock();
        key.roll(now_ms);
        account.roll(now_ms);
        report(&key, &account, limits, None)
    }

    /// Replaces the tokens that a grant reserved by those that were used. A minute that is over stays
    /// as it was: its count cannot matter any more.
    pub fn settle(&self, grant: Grant, used_tokens: u64) {
        for (counters, minute) in [
            (&self.key, grant.key_minute),
            (&self.account, grant.account_minute),
        ] {
            let mut windows = counters.windows.lock();
            if windows.tokens.index == minute {
                windows.tokens.used = windows
                    .tokens
                    .used
                    .saturating_sub(grant.reserved_tokens)
                    .saturating_add(used_tokens);
            }
        }
    }
}

/// What was counted in the windows that run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    pub requests_this_minute: u64,
    pub tokens_this_minute: u64,
    pub requests_today: u64,
    /// When the windows end, in seconds since 1970.
    pub minute_ends_at_s: i64,
    pub day_ends_at_s: i64,
}

impl Counters {
    /// The request bodies of the key.
    pub fn bodies(&self) -> &BodyUse {
        &self.bodies
    }

    /// What is counted at `now_ms`.
    pub(super) fn counted(&self, now_ms: i64) -> Counted {
        let mut windows = self.windows.lock();
        windows.roll(now_ms);
        Counted {
            requests_this_minute: windows.requests.used,
            tokens_this_minute: windows.tokens.used,
            requests_today: windows.day.used,
            minute_ends_at_s: windows.requests.resets_at_s(MINUTE_MS),
            day_ends_at_s: windows.day.resets_at_s(DAY_MS),
        }
    }

    /// Takes over what was counted today before this process began; what it counted itself stands.
    pub(super) fn restore_day(&self, requests_today: u64, counted_at_ms: i64) {
        let mut windows = self.windows.lock();
        windows.day.roll(counted_at_ms, DAY_MS);
        // A count of yesterday may arrive when today has begun.
        if windows.day.index == counted_at_ms.div_euclid(DAY_MS) {
            windows.day.used = windows.day.used.max(requests_today);
        }
    }

    /// Whether nothing of today is counted here.
    pub(super) fn is_idle(&self, now_ms: i64) -> bool {
        let windows = self.windows.lock();
        windows.day.index < now_ms.div_euclid(DAY_MS)
    }
}

impl Windows {
    fn roll(&mut self, now_ms: i64) {
        self.requests.roll(now_ms, MINUTE_MS);
        self.tokens.roll(now_ms, MINUTE_MS);
        self.day.roll(now_ms, DAY_MS);
    }

    fn add(&mut self, tokens: u64) {
        self.requests.used += 1;
        self.day.used += 1;
        self.tokens.used = self.tokens.used.saturating_add(tokens);
    }
}

const KEY_MINUTE: &str = "requests_per_minute";
const ACCOUNT_MINUTE: &str = "account_requests_per_minute";
const KEY_DAY: &str = "requests_per_day";
const ACCOUNT_DAY: &str = "account_requests_per_day";

fn dimensions(key: &Windows, account: &Windows, limits: Limits, tokens: u64) -> [Dimension; 6] {
    let [key_minute, account_minute, key_day, account_day] =
        request_dimensions(key, account, limits);
    let tokens_of = |what, name, limit, window: Window| Dimension {
        what,
        name,
        limit,
        used: window.used,
        cost: tokens,
        resets_at_s: window.resets_at_s(MINUTE_MS),
    };
    let ceiling = limits
        .tokens_per_minute
        .map(|limit| limit.saturating_mul(limits.account_multiplier));
    [
        key_minute,
        account_minute,
        key_day,
        account_day,
        tokens_of(
            "tokens per minute for this key",
            "tokens_per_minute",
            limits.of_key().tokens_per_minute,
            key.tokens,
        ),
        tokens_of(
            "tokens per minute for this account",
            "account_tokens_per_minute",
            ceiling,
            account.tokens,
        ),
    ]
}

fn request_dimensions(key: &Windows, account: &Windows, limits: Limits) -> [Dimension; 4] {
    let of = |what, name, limit, window: Window, length_ms| Dimension {
        what,
        name,
        limit,
        used: window.used,
        cost: 1,
        resets_at_s: window.resets_at_s(length_ms),
    };
    let ceiling =
        |limit: Option<u64>| limit.map(|limit| limit.saturating_mul(limits.account_multiplier));
    let (minute, day) = (limits.requests_per_minute, limits.requests_per_day);
    let own = limits.of_key();
    [
        of(
            "requests per minute for this key",
            KEY_MINUTE,
            own.requests_per_minute,
            key.requests,
            MINUTE_MS,
        ),
        of(
            "requests per minute for this account",
            ACCOUNT_MINUTE,
            ceiling(minute),
            account.requests,
            MINUTE_MS,
        ),
        of(
            "requests per day for this key",
            KEY_DAY,
            own.requests_per_day,
            key.day,
            DAY_MS,
        ),
        of(
            "requests per day for this account",
            ACCOUNT_DAY,
            ceiling(day),
            account.day,
            DAY_MS,
        ),
    ]
}

/// Of the limits that are exceeded the one that stays so for longest; of equal ones the first, which is the key's own.
fn longest_exceeded(dimensions: &[Dimension]) -> Option<Dimension> {
    let exceeded = dimensions.iter().rev().filter(|one| one.is_exceeded());
    exceeded.max_by_key(|one| one.resets_at_s).copied()
}

fn refusal(refused: &Dimension, now_ms: i64) -> Refusal {
    let wait_ms = refused.resets_at_s * 1_000 - now_ms;
    Refusal {
        what: refused.what,
        dimension: refused.name,
        limit: refused.limit.unwrap_or_default(),
        // Rounded up, and never zero: a client that waits as told is in the next window.
        retry_after_seconds: wait_ms.max(1).unsigned_abs().div_ceil(1_000),
    }
}

/// Reports the dimension that has the least left, so that a client who obeys the headers is never
/// refused; of a refused request, the dimension that refused it.
fn report(
    key: &Windows,
    account: &Windows,
    limits: Limits,
    refused: Option<&'static str>,
) -> LimitReport {
    let requests = request_dimensions(key, account, limits);
    let named = requests
        .iter()
        .find(|dimension| Some(dimension.name) == refused);
    let [key_minute, ..] = requests;
    let mut tightest = key_minute;
    for dimension in requests {
        let is_tighter = dimension.remaining() < tightest.remaining();
        // Of several that are used up, the one that stays so for longest: waiting for less is in vain.
        let lasts_longer =
            dimension.remaining() == 0 && dimension.resets_at_s > tightest.resets_at_s;
        if is_tighter || lasts_longer {
            tightest = dimension;
        }
    }
    let shown = named.copied().unwrap_or(tightest);
    let request_limit = |dimension: Dimension| RequestLimit {
        limit: dimension.limit,
        used: dimension
            .limit
            .map_or(dimension.used, |limit| dimension.used.min(limit)),
        resets_at_s: dimension.resets_at_s,
    };
    LimitReport {
        requests: request_limit(shown),
        key_minute: request_limit(key_minute),
        tokens: limits.of_key().tokens_per_minute.map(|limit| TokenLimit {
            limit,
            remaining: limit.saturating_sub(key.tokens.used),
            resets_at_s: key.tokens.resets_at_s(MINUTE_MS),
        }),
    }
}
