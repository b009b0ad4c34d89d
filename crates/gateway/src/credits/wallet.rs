//! The part of one account's balance that this server holds: free, or held for requests.

use std::sync::Arc;

use parking_lot::Mutex;
use store::AccountId;
use tokio::time::Instant;

use super::chunks;

/// The part of one account's balance that this server holds.
#[derive(Debug)]
pub(super) struct Wallet {
    account_id: AccountId,
    purse: Mutex<Purse>,
}

/// The amounts of a wallet, in nano-dollars.
#[derive(Debug)]
struct Purse {
    free: i64,
    held: i64,
    holds: u64,
    /// The amount that was taken the last time: the measure of what is little.
    taken: i64,
    used_at: Instant,
    is_refilling: bool,
    /// The database may have more of it than there is here.
    is_doubtful: bool,
    /// All of it is about to go back: nothing is held.
    is_clearing: bool,
}

/// Credits that are held for a request. Dropped without being settled, all of it is free again.
#[derive(Debug)]
pub struct Hold {
    wallet: Arc<Wallet>,
    nanos: i64,
    is_open: bool,
}

impl Wallet {
    pub(super) fn new(account_id: &AccountId) -> Self {
        Self {
            account_id: account_id.clone(),
            purse: Mutex::new(Purse {
                free: 0,
                held: 0,
                holds: 0,
                taken: 0,
                used_at: Instant::now(),
                is_refilling: false,
                is_doubtful: false,
                is_clearing: false,
            }),
        }
    }

    pub(super) fn account_id(&self) -> &AccountId {
        &self.account_id
    }

    /// Reserves so much of what is free, if there is so much.
    pub(super) fn try_hold(wallet: &Arc<Self>, nanos: i64) -> Option<Hold> {
        let mut purse = wallet.purse.lock();
        purse.used_at = Instant::now();
        if purse.is_clearing || purse.free < nanos {
            return None;
        }
        purse.free -= nanos;
        purse.held += nanos;
        purse.holds += 1;
        drop(purse);
        Some(Hold {
            wallet: Arc::clone(wallet),
            nanos,
            is_open: true,
        })
    }

    /// True once for each time that a chunk is used up to where it is refilled ahead of need.
    pub(super) fn wants_refill(&self) -> bool {
        let mut purse = self.purse.lock();
        let wants = !purse.is_refilling && chunks::is_low(purse.free, purse.taken);
        purse.is_refilling |= wants;
        wants
    }

    /// Adds what was taken out of the balance.
    pub(super) fn add(&self, taken: i64, is_chunk: bool) {
        let mut purse = self.purse.lock();
        purse.free += taken;
        // What was taken for those who wait says nothing of what is little.
        purse.taken = if is_chunk { taken } else { 0 };
        purse.is_refilling = false;
    }

    /// Takes what is free out of the wallet, if it was not used since `since`, to give it back.
    pub(super) fn take_idle(&self, since: Instant) -> i64 {
        let mut purse = self.purse.lock();
        if purse.used_at > since || purse.holds > 0 {
            return 0;
        }
        purse.taken = 0;
        std::mem::take(&mut purse.free)
    }

    /// Notes that the outcome of a transaction is not known.
    pub(super) fn doubt(&self) {
        let mut purse = self.purse.lock();
        purse.is_doubtful = true;
        purse.is_refilling = false;
    }

    /// Closes a doubtful wallet of which no request has anything, so that all of it can go back.
    pub(super) fn begin_clearing(&self) -> bool {
        let mut purse = self.purse.lock();
        purse.is_clearing = purse.is_doubtful && purse.holds == 0;
        purse.is_clearing
    }

    /// Opens it again: empty, if everything went back.
    pub(super) fn end_clearing(&self, is_back: bool) {
        let mut purse = self.purse.lock();
        purse.is_clearing = false;
        if is_back {
            (purse.free, purse.taken, purse.is_doubtful) = (0, 0, false);
        }
    }

    pub(super) fn is_doubtful(&self) -> bool {
        self.purse.lock().is_doubtful
    }

    pub(super) fn is_empty(&self) -> bool {
        let purse = self.purse.lock();
        purse.free == 0 && purse.holds == 0 && !purse.is_doubtful
    }

    /// The amounts that are held for requests, and free.
    pub(super) fn amounts(&self) -> (i64, i64) {
        let purse = self.purse.lock();
        (purse.held, purse.free)
    }

    fn end(&self, held: i64, charge: i64) {
        let mut purse = self.purse.lock();
        purse.held -= held;
        purse.holds -= 1;
        purse.free += held - charge;
        purse.used_at = Instant::now();
    }
}

impl Hold {
    /// The amount that is held.
    pub fn nanos(&self) -> u64 {
        self.nanos.unsigned_abs()
    }

    /// Ends the hold: the charge is taken, and the rest is free again. No more is taken than is held.
    pub fn settle(mut self, charge_nanos: u64) {
        let charge = i64::try_from(charge_nanos).unwrap_or(i64::MAX);
        self.is_open = false;
        self.wallet.end(self.nanos, charge.min(self.nanos));
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if self.is_open {
            self.wallet.end(self.nanos, 0);
        }
    }
}
