//! Charges of requests, in the transaction of their usage events.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::balance::{self, Balance};
use super::{CHARGES, CUSTOMER, EntryKind, LOSSES, Posting, Written, escrow};
use crate::db::Tx;
use crate::error::StoreError;
use crate::id::{AccountId, LedgerEntryId};
use crate::usage_events::{HoldShown, UsageEvent};

/// Writes the charges of those events whose accounts pay by credits, and takes them from what was held. Returns what
/// the platform bears: prices above their holds, and charges of which nothing is left.
///
/// # Errors
/// If the database cannot be written, or one of them is written already.
pub async fn post_charges(tx: &mut Tx, events: &[UsageEvent]) -> Result<u64, StoreError> {
    let mut by_account: BTreeMap<&AccountId, Vec<(&UsageEvent, &HoldShown)>> = BTreeMap::new();
    for event in events {
        if let Some(hold) = &event.detail.hold
            && (event.charge_nanos > 0 || hold.over_nanos > 0)
        {
            by_account
                .entry(&event.account_id)
                .or_default()
                .push((event, hold));
        }
    }
    let (mut entries, mut postings, mut lost) = (Vec::new(), Vec::new(), 0u64);
    for (account_id, events) in by_account {
        let mut purse = Purse::lock(tx, account_id).await?;
        for (event, hold) in events {
            purse.read_escrow(tx, &hold.server).await?;
            let price = nanos(event.charge_nanos).saturating_add(nanos(hold.over_nanos));
            let paid = purse.pay(nanos(event.charge_nanos), &hold.server);
            let entry = entry_of(event);
            postings.push(Posting::of(&entry, CUSTOMER, -paid));
            postings.push(Posting::of(&entry, CHARGES, price));
            if price > paid {
                postings.push(Posting::of(&entry, LOSSES, paid - price));
                lost = lost.saturating_add((price - paid).unsigned_abs());
            }
            entries.push(entry);
        }
        purse.write(tx).await?;
    }
    super::write(tx, &entries, &postings).await?;
    Ok(lost)
}

fn entry_of(event: &UsageEvent) -> Written {
    Written {
        id: LedgerEntryId::generate(),
        at_ms: event.at_ms,
        kind: EntryKind::Charge,
        account_id: event.account_id.clone(),
        reference: event.request_id.to_string(),
        note: event.model_id.to_string(),
    }
}

fn nanos(amount: u64) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}

/// The credits of an account while charges are taken from them.
struct Purse<'a> {
    account_id: &'a AccountId,
    /// `None` if the account never had credits.
    balance: Option<Balance>,
    escrows: BTreeMap<Arc<str>, i64>,
}

impl<'a> Purse<'a> {
    async fn lock(tx: &mut Tx, account_id: &'a AccountId) -> Result<Self, StoreError> {
        Ok(Self {
            account_id,
            balance: balance::lock(tx, account_id).await?,
            escrows: BTreeMap::new(),
        })
    }

    async fn read_escrow(&mut self, tx: &mut Tx, server: &Arc<str>) -> Result<(), StoreError> {
        if !self.escrows.contains_key(server) {
            let amount = escrow::read(tx, server, self.account_id).await?;
            self.escrows.insert(Arc::clone(server), amount);
        }
        Ok(())
    }

    /// Takes a charge from what was held for it; where that was reclaimed in the meantime, from what nobody holds.
    /// Returns what was there to take.
    fn pay(&mut self, charge: i64, server: &Arc<str>) -> i64 {
        let Some(balance) = &mut self.balance else {
            return 0;
        };
        let held = self.escrows.entry(Arc::clone(server)).or_default();
        let from_hold = charge.min(*held);
        let from_rest = (charge - from_hold).min(balance.available_nanos().max(0));
        *held -= from_hold;
        balance.escrowed_nanos -= from_hold;
        balance.balance_nanos -= from_hold + from_rest;
        from_hold + from_rest
    }

    async fn write(self, tx: &mut Tx) -> Result<(), StoreError> {
        let Some(balance) = self.balance else {
            return Ok(());
        };
        for (server, amount) in &self.escrows {
            escrow::write(tx, server, self.account_id, *amount).await?;
        }
        balance::write(tx, self.account_id, balance).await
    }
}
