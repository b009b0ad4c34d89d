//! Admission: the counts, and the one decision over all limits.

use std::sync::Arc;

use parking_lot::Mutex;

use store::{AccountId, ApiKeyId};

use super::Limits;
use super::bodies::BodyUse;
use super::concurrency::{self, ConcurrencyPermit, RunningRequests};
use super::kept::{self, Kept};
use super::refusal::LimitRefusal;
use super::report::{LimitReport, RequestLimit, TokenLimit};
use super::timekeeper::Moment;
use super::window::{DAY, Length, MINUTE, WindowEnd, day_start_ms};
use crate::counts_file::{CountsFile, SlotKind};

/// The counts of one key or one account.
#[derive(Debug, Default)]
pub struct Counters {
    windows: Mutex<Windows>,
    running: Arc<RunningRequests>,
    bodies: BodyUse,
}

#[derive(Debug, Clone, Copy, Default)]
struct Windows {
    minute: WindowEnd,
    day: WindowEnd,
    requests: u64,
    tokens: u64,
    requests_today: u64,
    /// The number of minutes begun: which one a grant was counted in.
    minutes: u32,
    /// The number of days begun.
    days: u32,
    /// The slot in which the counts of a key are kept, once they are.
    slot: Option<u32>,
}

/// The counts that a key's requests go to: its own and its account's.
#[derive(Debug, Clone)]
pub struct KeyCounters {
    pub key: Arc<Counters>,
    pub account: Arc<Counters>,
    /// Keeps what the key counted over the end of the process; the account's are the sums of its keys'.
    pub(super) file: Option<Arc<CountsFile>>,
}

/// The owner of the counts.
#[derive(Debug, Clone, Copy)]
pub struct Owner<'a> {
    pub key: &'a ApiKeyId,
    pub account: &'a AccountId,
}

/// A request that was admitted, and the tokens it holds until they are settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// The minutes in which the key and the account counted it; another key may have begun a new one for
    /// the account already.
    key_minute: u32,
    account_minute: u32,
    key_day: u32,
    account_day: u32,
    reserved_tokens: u64,
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
        owner: Owner<'_>,
        limits: Limits,
        tokens: u64,
        now: Moment,
    ) -> (
        Result<(Grant, ConcurrencyPermit), LimitRefusal>,
        LimitReport,
    ) {
        // Always the key before the account: two requests never wait for each other crosswise.
        let mut key = self.key.windows.lock();
        let mut account = self.account.windows.lock();
        key.roll(now);
        account.roll(now);
        let dimensions = dimensions(&key, &account, limits, tokens, now);
        if let Some(refused) = longest_exceeded(&dimensions) {
            let report = report(&key, &account, limits, now, Some(refused.name));
            return (Err(refusal(&refused, now.wall_ms)), report);
        }
        // Behind the rates: what they refuse is told how long to wait.
        let permit = match concurrency::enter(limits, &self.key.running, &self.account.running) {
            Ok(permit) => permit,
            Err(refusal) => {
                return (Err(refusal), report(&key, &account, limits, now, None));
            }
        };
        key.add(tokens);
        account.add(tokens);
        let grant = Grant {
            key_minute: key.minutes,
            account_minute: account.minutes,
            key_day: key.days,
            account_day: account.days,
            reserved_tokens: tokens,
        };
        let report = report(&key, &account, limits, now, None);
        drop(account);
        // Before the request goes on, and one after the other: what was admitted is never forgotten.
        if limits.is_limited() {
            self.keep(&mut key, owner);
        }
        (Ok((grant, permit)), report)
    }

    fn keep(&self, key: &mut Windows, owner: Owner<'_>) {
        let Some(file) = &self.file else { return };
        let content = key.kept().to_bytes();
        match key.slot {
            Some(slot) => file.write(slot, &content),
            None => {
                let names = [owner.key.as_str(), owner.account.as_str()];
                key.slot = file.add(SlotKind::ApiKey, names, &content);
            }
        }
    }

    /// Looks for a limit on requests that is used up already, or as many requests that run as may, and counts nothing. What is refused here would be refused
    /// by [`Self::admit`] too, however few tokens the request needs.
    pub fn precheck(&self, limits: Limits, now: Moment) -> Option<(LimitRefusal, LimitReport)> {
        let mut key = self.key.windows.lock();
        let mut account = self.account.windows.lock();
        key.roll(now);
        account.roll(now);
        let Some(refused) = longest_exceeded(&dimensions(&key, &account, limits, 0, now)) else {
            let refusal = concurrency::crowded(limits, &self.key.running, &self.account.running)?;
            return Some((refusal, report(&key, &account, limits, now, None)));
        };
        let report = report(&key, &account, limits, now, Some(refused.name));
        Some((refusal(&refused, now.wall_ms), report))
    }

    /// The rate limit status, without counting anything.
    pub fn peek(&self, limits: Limits, now: Moment) -> LimitReport {
        let mut key = self.key.windows.lock();
        let mut account = self.account.windows.lock();
        key.roll(now);
        account.roll(now);
        report(&key, &account, limits, now, None)
    }

    /// Replaces the tokens that a grant reserved by those that were used. A minute that is over stays
    /// as it was: its count cannot matter any more.
    pub fn settle(&self, grant: Grant, used_tokens: u64) {
        for (counters, minute) in [
            (&self.key, grant.key_minute),
            (&self.account, grant.account_minute),
        ] {
            let mut windows = counters.windows.lock();
            if windows.minutes == minute {
                windows.tokens = windows
                    .tokens
                    .saturating_sub(grant.reserved_tokens)
                    .saturating_add(used_tokens);
            }
        }
        // What was given back may be forgotten when the process is killed; what was used besides may not.
        if used_tokens > grant.reserved_tokens
            && let Some(file) = &self.file
        {
            self.key.write(file);
        }
    }

    /// Gives a request back that was shed before anything was done for it: it does not count.
    pub fn give_back(&self, grant: Grant) {
        for (counters, minute, day) in [
            (&self.key, grant.key_minute, grant.key_day),
            (&self.account, grant.account_minute, grant.account_day),
        ] {
            let mut windows = counters.windows.lock();
            windows.give_back(grant.reserved_tokens, minute, day);
        }
        if let Some(file) = &self.file {
            self.key.write(file);
        }
    }
}

/// The counts of the running windows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    pub requests_this_minute: u64,
    pub tokens_this_minute: u64,
    pub requests_today: u64,
    /// The end of the windows, in seconds since 1970.
    pub minute_ends_at_s: i64,
    pub day_ends_at_s: i64,
}

impl Counters {
    /// Requests that run now.
    pub fn running(&self) -> u64 {
        self.running.count()
    }

    /// The request bodies of the key.
    pub fn bodies(&self) -> &BodyUse {
        &self.bodies
    }

    /// The counts at `now`.
    pub(super) fn counted(&self, now: Moment) -> Counted {
        let mut windows = self.windows.lock();
        windows.roll(now);
        Counted {
            requests_this_minute: windows.requests,
            tokens_this_minute: windows.tokens,
            requests_today: windows.requests_today,
            minute_ends_at_s: windows.minute.resets_at_s(now, MINUTE),
            day_ends_at_s: windows.day.resets_at_s(now, DAY),
        }
    }

    /// Takes over what the database counted on the day of `counted_at_ms`; what this server counted stands.
    pub(super) fn restore_day(&self, requests_today: u64, counted_at_ms: i64, now: Moment) {
        let mut windows = self.windows.lock();
        windows.roll(now);
        // A count of yesterday may arrive when today has begun, or when the clock is wrong for a moment.
        let ends_at_ms = day_start_ms(counted_at_ms) + DAY.ms;
        if windows.day.ends_wall_ms == ends_at_ms && now.has_sound_days() {
            windows.requests_today = windows.requests_today.max(requests_today);
        }
    }

    /// Takes over what a process before this one counted of a key.
    pub(super) fn restore(&self, kept: &Kept, slot: u32) {
        let mut windows = self.windows.lock();
        windows.add_kept(kept);
        windows.slot = Some(slot);
    }

    /// Restores the counts of an account from those of one of its keys.
    pub(super) fn restore_part(&self, kept: &Kept) {
        self.windows.lock().add_kept(kept);
    }

    /// Returns whether nothing of today is counted here.
    pub(super) fn is_idle(&self, now: Moment) -> bool {
        self.windows.lock().day.is_over(now)
    }

    /// Gives up the slot of counts that are over.
    pub(super) fn take_slot(&self) -> Option<u32> {
        self.windows.lock().slot.take()
    }

    /// Writes the counts as they are, if they are kept.
    pub(super) fn write(&self, file: &CountsFile) {
        let windows = self.windows.lock();
        if let Some(slot) = windows.slot {
            file.write(slot, &windows.kept().to_bytes());
        }
    }
}

impl Windows {
    fn roll(&mut self, now: Moment) {
        if self.minute.roll(now, MINUTE) {
            (self.requests, self.tokens) = (0, 0);
            self.minutes = self.minutes.wrapping_add(1);
        }
        if self.day.roll(now, DAY) {
            self.requests_today = 0;
            self.days = self.days.wrapping_add(1);
        }
    }

    fn give_back(&mut self, tokens: u64, minute: u32, day: u32) {
        if self.minutes == minute {
            self.requests = self.requests.saturating_sub(1);
            self.tokens = self.tokens.saturating_sub(tokens);
        }
        if self.days == day {
            self.requests_today = self.requests_today.saturating_sub(1);
        }
    }

    fn add(&mut self, tokens: u64) {
        self.requests += 1;
        self.requests_today += 1;
        self.tokens = self.tokens.saturating_add(tokens);
    }

    fn kept(&self) -> Kept {
        Kept {
            minute: self.minute,
            day: self.day,
            requests: self.requests,
            tokens: self.tokens,
            requests_today: self.requests_today,
        }
    }

    /// Of several windows that run, the one that ends last.
    fn add_kept(&mut self, kept: &Kept) {
        self.minute = kept::later(self.minute, kept.minute);
        self.day = kept::later(self.day, kept.day);
        self.requests += kept.requests;
        self.requests_today += kept.requests_today;
        self.tokens = self.tokens.saturating_add(kept.tokens);
    }
}

const KEY_MINUTE: &str = "requests_per_minute";
const ACCOUNT_MINUTE: &str = "account_requests_per_minute";
const KEY_DAY: &str = "requests_per_day";
const ACCOUNT_DAY: &str = "account_requests_per_day";

fn dimensions(
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
            "tokens per minute for this key",
            "tokens_per_minute",
            limits.of_key().tokens_per_minute,
            key,
        ),
        tokens_of(
            "tokens per minute for this account",
            "account_tokens_per_minute",
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
    [
        of(
            "requests per minute for this key",
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
            "requests per day for this key",
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

/// Of the limits that are exceeded the one that stays so for longest; of equal ones the first, which is the key's own.
fn longest_exceeded(dimensions: &[Dimension]) -> Option<Dimension> {
    let exceeded = dimensions.iter().rev().filter(|one| one.is_exceeded());
    exceeded.max_by_key(|one| one.resets_at_s).copied()
}

fn refusal(refused: &Dimension, now_ms: i64) -> LimitRefusal {
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
fn report(
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
        tokens: limits.of_key().tokens_per_minute.map(|limit| TokenLimit {
            limit,
            remaining: limit.saturating_sub(key.tokens),
            resets_at_s: key.minute.resets_at_s(now, MINUTE),
        }),
    }
}
