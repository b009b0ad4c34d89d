//! The ledger of credits: double entry, append-only. An account's balance is the sum of its postings.
//!
//! Each entry has a reference that no other has, so that what is tried twice is written once, and postings whose sum is
//! zero: what an account gets or gives, a side of the platform gives or gets. The balance is kept beside them, in a row that
//! whoever moves credits locks first: accounts in the order of their ids, so that no two wait for each other.

mod balance;
mod charges;
pub mod check;
pub mod escrow;
mod read;
mod take_back;

use crate::db::{Tx, insert_columns, word_enum};
use crate::error::StoreError;
use crate::id::{AccountId, LedgerEntryId};

pub use balance::{Balance, balance_of, list_balances};
pub use charges::post_charges;
pub use read::{Entry, EntryFilter, find, list};
pub use take_back::take_back;

word_enum!(
    /// The reason for which credits move.
    EntryKind {
        /// An operator gives credits.
        Grant = "grant",
        /// A code is redeemed.
        Redemption = "redemption",
        /// A request is paid.
        Charge = "charge",
        /// A charge is given back.
        Refund = "refund",
        /// An operator corrects the balance, or undoes a grant.
        Adjustment = "adjustment",
        /// Credits end.
        Expiry = "expiry",
        /// Credits are bought.
        Payment = "payment",
        /// The money of a payment goes back, and its credits with it.
        PaymentRefund = "payment_refund",
    }
);

impl EntryKind {
    /// The side of the platform that stands against the customer's.
    fn side(self) -> &'static str {
        match self {
            Self::Grant => "grants",
            Self::Redemption => "redemptions",
            Self::Charge | Self::Refund => CHARGES,
            Self::Adjustment => "adjustments",
            Self::Expiry => "expired",
            Self::Payment | Self::PaymentRefund => "payments",
        }
    }
}

/// The side of the account.
const CUSTOMER: &str = "customer";
/// The income of the platform.
const CHARGES: &str = "charges";
/// The side that bears what no customer pays.
const LOSSES: &str = "losses";

/// The most that a balance may come to: far from where sums overflow.
pub const BALANCE_NANOS_MAX: i64 = 1_000_000_000_000_000_000;

/// An entry that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    pub at_ms: i64,
    pub kind: EntryKind,
    pub account_id: AccountId,
    /// The amount that the account gets, or gives if it is negative.
    pub amount_nanos: i64,
    /// The thing that it is for, once.
    pub reference: String,
    /// The reason, for people.
    pub note: String,
}

/// Writes an entry and moves the balance.
///
/// # Errors
/// [`StoreError::Conflict`] if there is an entry of that reference, no such account, less than is taken, or more than a
/// balance may be.
pub async fn post(tx: &mut Tx, entry: &NewEntry) -> Result<LedgerEntryId, StoreError> {
    balance::open(tx, &entry.account_id).await?;
    let before = balance::lock(tx, &entry.account_id).await?;
    let before = before.unwrap_or_default();
    if entry.amount_nanos.saturating_neg() > before.available_nanos() {
        return Err(conflict("the account has fewer credits than that"));
    }
    let after = before.balance_nanos.saturating_add(entry.amount_nanos);
    if after > BALANCE_NANOS_MAX {
        return Err(conflict("a balance cannot be as high as that"));
    }
    let id = LedgerEntryId::generate();
    let written = Written {
        id: id.clone(),
        at_ms: entry.at_ms,
        kind: entry.kind,
        account_id: entry.account_id.clone(),
        reference: entry.reference.clone(),
        note: entry.note.clone(),
    };
    let amount = entry.amount_nanos;
    let sides = [(CUSTOMER, amount), (entry.kind.side(), -amount)];
    let postings = sides.map(|(side, amount)| Posting::of(&written, side, amount));
    write(tx, &[written], &postings).await?;
    let after = Balance {
        balance_nanos: after,
        ..before
    };
    balance::write(tx, &entry.account_id, after).await?;
    Ok(id)
}

/// Writes an entry that takes credits away, or as many of them as nobody holds; returns how many it takes.
///
/// # Errors
/// [`StoreError::Conflict`] if there are none to take, or there is an entry of that reference.
pub async fn take_what_is_left(
    tx: &mut Tx,
    mut entry: NewEntry,
) -> Result<(LedgerEntryId, i64), StoreError> {
    let left = balance::lock(tx, &entry.account_id).await?;
    let left = left.unwrap_or_default().available_nanos();
    let taken = entry.amount_nanos.saturating_neg().min(left);
    if taken <= 0 {
        return Err(conflict("nothing of it is left"));
    }
    entry.amount_nanos = -taken;
    Ok((post(tx, &entry).await?, taken))
}

fn conflict(reason: &str) -> StoreError {
    StoreError::Conflict {
        reason: reason.to_owned(),
    }
}

/// A row of `ledger_entries`.
struct Written {
    id: LedgerEntryId,
    at_ms: i64,
    kind: EntryKind,
    account_id: AccountId,
    reference: String,
    note: String,
}

/// A row of `ledger_postings`.
struct Posting {
    entry_id: LedgerEntryId,
    side: &'static str,
    account_id: AccountId,
    amount_nanos: i64,
}

impl Posting {
    fn of(entry: &Written, side: &'static str, amount_nanos: i64) -> Self {
        Self {
            entry_id: entry.id.clone(),
            side,
            account_id: entry.account_id.clone(),
            amount_nanos,
        }
    }
}

async fn write(tx: &mut Tx, entries: &[Written], postings: &[Posting]) -> Result<(), StoreError> {
    entry_rows::insert(tx, entries).await?;
    posting_rows::insert(tx, postings).await
}

mod entry_rows {
    use super::{StoreError, Tx, Written, insert_columns};

    insert_columns!("ledger_entries", |entry: Written, to| {
        id: to.shared(entry.id.shared()),
        at_ms: to.int(entry.at_ms),
        kind: to.word(entry.kind.as_str()),
        account_id: to.shared(entry.account_id.shared()),
        reference: to.text(entry.reference.clone()),
        note: to.text(entry.note.clone()),
    });

    pub(super) async fn insert(tx: &mut Tx, entries: &[Written]) -> Result<(), StoreError> {
        tx.insert_many((HEAD, ""), COLUMNS, entries, bind).await
    }
}

mod posting_rows {
    use super::{Posting, StoreError, Tx, insert_columns};

    insert_columns!("ledger_postings", |posting: Posting, to| {
        entry_id: to.shared(posting.entry_id.shared()),
        side: to.word(posting.side),
        account_id: to.shared(posting.account_id.shared()),
        amount_nanos: to.int(posting.amount_nanos),
    });

    pub(super) async fn insert(tx: &mut Tx, postings: &[Posting]) -> Result<(), StoreError> {
        tx.insert_many((HEAD, ""), COLUMNS, postings, bind).await
    }
}
