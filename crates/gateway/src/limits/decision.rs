//! The decision over all limits as arithmetic: which of them is exceeded, the words of a refusal, and what headers say.

use super::Limits;
use super::refusal::LimitRefusal;
use super::report::{LimitReport, RequestLimit, TokenLimit};
use super::timekeeper::Moment;
use super::window::{DAY, Length, MINUTE, WindowEnd};
use super::windows::Windows;

/// One limit as it stands at the moment of a decision.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dimension {
    what: &'static str,
    pub(super) name: &'static str,
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

const KEY_TOKENS: &str = "tokens_per_minute";
const ACCOUNT_TOKENS: &str = "account_tokens_per_minute";
const KEY_MINUTE: &str = "requests_per_minute";
const ACCOUNT_MINUTE: &str = "account_requests_per_minute";
const KEY_DAY: &str = "requests_per_day";
const ACCOUNT_DAY: &str = "account_requests_per_day";

pub(super) fn dimensions(
    key: &Windows,
    account: &Windows,
    limits: Limits,
    tokens: u64,
    now: Moment,
) -> [Dimension; 6] {
    let [key_minute, account_minute, key_day, account_day] =
        request_dimensions(key, account, limits, now);
    let tokens_of = |what, name, limit, windows: &Windows| Dimension {
        what,
        name,
        limit,
        used: windows.tokens,
        cost: tokens,
        resets_at_s: windows.minute.resets_at_s(now, MINUTE),
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
            of_key(
                limits.own_ones().tokens,
                "tokens per minute set for this key",
                "tokens per minute for this key",
            ),
            KEY_TOKENS,
            limits.of_key().tokens_per_minute,
            key,
        ),
        tokens_of(
            "tokens per minute for this account",
            ACCOUNT_TOKENS,
            ceiling,
            account,
        ),
    ]
}

fn request_dimensions(
    key: &Windows,
    account: &Windows,
    limits: Limits,
    now: Moment,
) -> [Dimension; 4] {
    let of = |what, name, limit, used: u64, (span, length): (WindowEnd, Length)| Dimension {
        what,
        name,
        limit,
        used,
        cost: 1,
        resets_at_s: span.resets_at_s(now, length),
    };
    let ceiling =
        |limit: Option<u64>| limit.map(|limit| limit.saturating_mul(limits.account_multiplier));
    let (minute, day) = (limits.requests_per_minute, limits.requests_per_day);
    let own = limits.of_key();
    let is_own = limits.own_ones();
    [
        of(
            of_key(
                is_own.requests,
                "requests per minute set for this key",
                "requests per minute for this key",
            ),
            KEY_MINUTE,
            own.requests_per_minute,
            key.requests,
            (key.minute, MINUTE),
        ),
        of(
            "requests per minute for this account",
            ACCOUNT_MINUTE,
            ceiling(minute),
            account.requests,
            (account.minute, MINUTE),
        ),
        of(
            of_key(
                is_own.requests_today,
                "requests per day set for this key",
                "requests per day for this key",
            ),
            KEY_DAY,
            own.requests_per_day,
            key.requests_today,
            (key.day, DAY),
        ),
        of(
            "requests per day for this account",
            ACCOUNT_DAY,
            ceiling(day),
            account.requests_today,
            (account.day, DAY),
        ),
    ]
}

/// The words of a limit of the key: one that was set on the key itself is changed elsewhere than its tier's.
fn of_key(is_own: bool, set_on_it: &'static str, of_its_tier: &'static str) -> &'static str {
    if is_own { set_on_it } else { of_its_tier }
}

/// Of the limits that are exceeded the one that stays so for longest; of equal ones the first, which is the key's own.
pub(super) fn longest_exceeded(dimensions: &[Dimension]) -> Option<Dimension> {
    let exceeded = dimensions.iter().rev().filter(|one| one.is_exceeded());
    exceeded.max_by_key(|one| one.resets_at_s).copied()
}

pub(super) fn refusal(refused: &Dimension, now_ms: i64) -> LimitRefusal {
    let wait_ms = refused.resets_at_s * 1_000 - now_ms;
    LimitRefusal {
        what: refused.what,
        dimension: refused.name,
        limit: refused.limit.unwrap_or_default(),
        // Rounded up, and never zero: a client that waits as told is in the next window.
        retry_after_seconds: wait_ms.max(1).unsigned_abs().div_ceil(1_000),
    }
}

/// Reports the dimension that has the least left, so that a client who obeys the headers is never
/// refused; of a refused request, the dimension that refused it.
pub(super) fn report(
    key: &Windows,
    account: &Windows,
    limits: Limits,
    now: Moment,
    refused: Option<&'static str>,
) -> LimitReport {
    let requests = request_dimensions(key, account, limits, now);
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
        tokens: tightest_tokens(key, account, limits, now),
    }
}

/// The limit on tokens that has the least left, of the key or of its account; of equal ones the key's own.
fn tightest_tokens(
    key: &Windows,
    account: &Windows,
    limits: Limits,
    now: Moment,
) -> Option<TokenLimit> {
    let [of_key, of_account] = limits.ceilings().map(|ceiling| ceiling.tokens);
    let left = |limit: Option<u64>, windows: &Windows| {
        limit.map(|limit| TokenLimit {
            limit,
            remaining: limit.saturating_sub(windows.tokens),
            resets_at_s: windows.minute.resets_at_s(now, MINUTE),
        })
    };
    let both = [left(of_key, key), left(of_account, account)];
    both.into_iter().flatten().min_by_key(|one| one.remaining)
}
