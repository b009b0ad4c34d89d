//! Admission: the counts, and the one decision over all limits.

use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use store::{AccountId, ApiKeyId};

use super::Limits;
use super::bodies::BodyUse;
use super::concurrency::{self, ConcurrencyPermit};
use super::decision::{dimensions, longest_exceeded, refusal, report};
use super::kept::Kept;
use super::ledger::{Ledger, Subject, Tally, signed};
use super::refusal::LimitRefusal;
use super::report::LimitReport;
use super::running::RunningRequests;
use super::timekeeper::Moment;
use super::window::{DAY, MINUTE, day_start_ms};
use super::windows::Windows;
use crate::budgets::Spend;
use crate::counts_file::{CountsFile, SlotKind};

/// The counts of one key or one account.
#[derive(Debug, Default)]
pub struct Counters {
    windows: Mutex<Windows>,
    running: Arc<RunningRequests>,
    bodies: BodyUse,
    /// The other servers' counts as far as they are known, once they could matter.
    subject: OnceLock<Arc<Subject>>,
    spend: Arc<Spend>,
}

/// The counts that a key's requests go to: its own and its account's.
#[derive(Debug, Clone)]
pub struct KeyCounters {
    pub key: Arc<Counters>,
    pub account: Arc<Counters>,
    /// Keeps what the key counted over the end of the process; the account's are the sums of its keys'.
    pub(super) file: Option<Arc<CountsFile>>,
    /// Set if the counts are shared with other servers.
    pub(super) ledger: Option<Arc<Ledger>>,
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
    /// The moment in whose windows all servers counted it, where they share their counts.
    shared_at_ms: Option<i64>,
}

impl Grant {
    pub(super) fn shared_at(self, now_ms: i64) -> Self {
        Self {
            shared_at_ms: Some(now_ms),
            ..self
        }
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
        let permit = match concurrency::enter(limits.concurrency(), self.running()) {
            Ok(permit) => permit,
            Err(refusal) => {
                return (Err(refusal), report(&key, &account, limits, now, None));
            }
        };
        let grant = add(&mut key, &mut account, tokens);
        let report = report(&key, &account, limits, now, None);
        drop(account);
        // Before the request goes on, and one after the other: what was admitted is never forgotten.
        if limits.is_limited() {
            self.keep(&mut key, owner);
        }
        (Ok((grant, permit)), report)
    }

    /// Counts a request that was admitted over all servers.
    pub(super) fn count(
        &self,
        owner: Owner<'_>,
        limits: Limits,
        tokens: u64,
        now: Moment,
    ) -> Grant {
        let mut key = self.key.windows.lock();
        let mut account = self.account.windows.lock();
        key.roll(now);
        account.roll(now);
        let grant = add(&mut key, &mut account, tokens);
        drop(account);
        if limits.is_limited() {
            self.keep(&mut key, owner);
        }
        grant
    }

    /// The counts of this server, of the key and of its account, in the windows of `store_ms`.
    pub(super) fn counted_here(&self, now: Moment, store_ms: i64) -> [Tally; 2] {
        [&self.key, &self.account].map(|counters| counters.counted_here(now, store_ms))
    }

    /// The running requests of the key and of its account.
    pub(super) fn running(&self) -> [&Arc<RunningRequests>; 2] {
        [&self.key.running, &self.account.running]
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

    /// The rate limit status, without counting anything: over all servers, where they share their counts.
    pub fn peek(&self, limits: Limits, now: Moment) -> LimitReport {
        if let (Some(ledger), Some(subjects)) = (&self.ledger, self.subjects())
            && ledger.is_active()
        {
            return ledger.views(subjects, now).report(limits, None);
        }
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
        self.correct(grant, |change| {
            change.tokens = signed(used_tokens).saturating_sub(signed(grant.reserved_tokens));
        });
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
        self.correct(grant, |change| {
            *change = Tally::of_request(
                grant.shared_at_ms.unwrap_or_default(),
                grant.reserved_tokens,
            )
            .negated();
        });
        if let Some(file) = &self.file {
            self.key.write(file);
        }
    }
}

impl KeyCounters {
    /// Changes what all servers counted of a grant.
    fn correct(&self, grant: Grant, write: impl FnOnce(&mut Tally)) {
        let (Some(ledger), Some(at_ms), Some(subjects)) =
            (&self.ledger, grant.shared_at_ms, self.subjects())
        else {
            return;
        };
        let mut change = Tally::at(at_ms);
        write(&mut change);
        if !change.is_nothing() {
            for subject in subjects {
                ledger.correct(subject, change);
            }
        }
    }

    /// The subjects of the key and of its account, if they were needed yet.
    fn subjects(&self) -> Option<[&Arc<Subject>; 2]> {
        Some([self.key.subject.get()?, self.account.subject.get()?])
    }
}

fn add(key: &mut Windows, account: &mut Windows, tokens: u64) -> Grant {
    key.add(tokens);
    account.add(tokens);
    Grant {
        key_minute: key.minutes,
        account_minute: account.minutes,
        key_day: key.days,
        account_day: account.days,
        reserved_tokens: tokens,
        shared_at_ms: None,
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

    /// The other servers' counts as far as they are known; `find` is asked once.
    pub(super) fn subject(&self, find: impl FnOnce() -> Arc<Subject>) -> &Arc<Subject> {
        self.subject.get_or_init(|| {
            let subject = find();
            subject.runs_here(&self.running);
            subject
        })
    }

    /// The spend, as far as budgets count it.
    pub fn spend(&self) -> &Arc<Spend> {
        &self.spend
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

    /// The counts of this server, or over all servers where that is more.
    pub(super) fn counted_by_all(&self, here: Counted, ledger: &Ledger, now: Moment) -> Counted {
        let Some(subject) = self.subject.get() else {
            return here;
        };
        let [all, _] = ledger.totals([subject, subject], now);
        let more = |here: u64, all: i64| here.max(u64::try_from(all).unwrap_or(0));
        Counted {
            requests_this_minute: more(here.requests_this_minute, all.requests),
            tokens_this_minute: more(here.tokens_this_minute, all.tokens),
            requests_today: more(here.requests_today, all.requests_today),
            ..here
        }
    }

    /// The counts of this server in the windows of `store_ms`; none of a window that its own clock is not in.
    pub(super) fn counted_here(&self, now: Moment, store_ms: i64) -> Tally {
        let mut windows = self.windows.lock();
        windows.roll(now);
        let (here, mut counted) = (Tally::at(now.wall_ms), Tally::at(store_ms));
        if here.minute == counted.minute {
            counted.requests = signed(windows.requests);
            counted.tokens = signed(windows.tokens);
        }
        if here.day == counted.day {
            counted.requests_today = signed(windows.requests_today);
        }
        counted
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
