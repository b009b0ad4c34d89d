//! Taking credits back whose money is gone already.

use super::balance::{self, Balance};
use super::{CUSTOMER, LOSSES, NewEntry, Posting, Written, write};
use crate::db::Tx;
use crate::error::StoreError;
use crate::id::LedgerEntryId;

/// Takes credits of which the money went back without us: as many as nobody holds, while the platform bears the rest.
/// Returns how many the account gives.
///
/// # Errors
/// If the database cannot be written, or there is an entry of that reference.
pub async fn take_back(tx: &mut Tx, entry: &NewEntry) -> Result<i64, StoreError> {
    balance::open(tx, &entry.account_id).await?;
    let before = balance::lock(tx, &entry.account_id)
        .await?
        .unwrap_or_default();
    let wanted = entry.amount_nanos.saturating_neg().max(0);
    let taken = wanted.min(before.available_nanos().max(0));
    let written = Written {
        id: LedgerEntryId::generate(),
        at_ms: entry.at_ms,
        kind: entry.kind,
        account_id: entry.account_id.clone(),
        reference: entry.reference.clone(),
        note: entry.note.clone(),
    };
    let mut postings = vec![
        Posting::of(&written, CUSTOMER, -taken),
        Posting::of(&written, entry.kind.side(), wanted),
    ];
    if wanted > taken {
        postings.push(Posting::of(&written, LOSSES, taken - wanted));
    }
    write(tx, &[written], &postings).await?;
    let after = Balance {
        balance_nanos: before.balance_nanos - taken,
        ..before
    };
    balance::write(tx, &entry.account_id, after).await?;
    Ok(taken)
}
