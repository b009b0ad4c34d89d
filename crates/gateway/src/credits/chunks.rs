//! Sizes and times of what a server takes out of a balance.

use std::time::Duration;

use store::ledger::escrow::EscrowWish;

/// The part of what is available that a server takes at once.
const CHUNK_PERCENT: i64 = 2;
/// The most that it takes beyond what it needs: five dollars.
const CHUNK_NANOS_MAX: i64 = 5_000_000_000;
/// A chunk of which less than this part is free is refilled ahead of need.
const REFILL_DIVISOR: i64 = 2;

/// Credits that no request used for so long go back.
pub const IDLE: Duration = Duration::from_secs(5);
/// The pause between two looks at what goes back.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Wallets whose credits go back in one transaction.
pub(super) const GIVEN_BACK_PER_LOOK: usize = 256;
/// Wishes that are granted in one transaction.
pub(super) const WISHES_PER_WRITE: usize = 1_024;
/// The timeout of one look or transaction: requests that wait for it get a 503 then.
pub(super) const WRITE_MAX: Duration = Duration::from_secs(5);

/// The wish for what some requests need, and for a chunk if the balance has one.
pub(super) fn wish(needed_nanos: i64, least_nanos: i64) -> EscrowWish {
    EscrowWish {
        needed_nanos,
        least_nanos,
        chunk_percent: CHUNK_PERCENT,
        chunk_nanos_max: CHUNK_NANOS_MAX,
    }
}

/// True if so much of what was taken last is little.
pub(super) fn is_low(free_nanos: i64, taken_nanos: i64) -> bool {
    free_nanos < taken_nanos / REFILL_DIVISOR
}

/// The longest wait for charges on their way to the database, before what is doubtful goes back.
pub(super) const SHIPPED_MAX: Duration = Duration::from_secs(1);
