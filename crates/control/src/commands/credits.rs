//! Giving credits, taking them back, and undoing entries of the ledger.

use gateway::catalog::Price;
use serde_json::json;
use store::audit_log::Subject;
use store::ledger::{self, Entry, EntryKind, NewEntry};
use store::{AccountId, LedgerEntryId, StoreError, accounts};

use super::names::check_visible;
use super::{CommandError, Commands, Note};

const REASON_CHARS_MAX: usize = 500;

/// The most that is given at once: a million dollars.
const GRANT_NANOS_MAX: u64 = 1_000_000 * 1_000_000_000;

impl Commands<'_> {
    /// Gives an account credits.
    ///
    /// # Errors
    /// If there is no such account, or the amount or the reason cannot be taken.
    pub async fn grant_credits(
        &self,
        account_id: &AccountId,
        amount: &str,
        reason: &str,
    ) -> Result<Entry, CommandError> {
        let nanos = checked_amount(amount)?;
        let reason = checked_reason(reason)?;
        accounts::get_account(self.db, account_id).await?;
        let entry = NewEntry {
            at_ms: self.clock.now_ms(),
            kind: EntryKind::Grant,
            account_id: account_id.clone(),
            amount_nanos: nanos,
            reference: LedgerEntryId::generate()
                .to_string()
                .replace("led_", "grant_"),
            note: reason,
        };
        let mut tx = self.db.begin().await?;
        let id = ledger::post(&mut tx, &entry).await.map_err(of_ledger)?;
        let note = note_of(&id, account_id, "credits.granted", (nanos, &entry.note));
        self.note(&mut tx, note).await?;
        tx.commit().await?;
        Ok(written(id, entry))
    }

    /// Undoes an entry by one against it: what was given is taken back as far as it is left, a charge is refunded.
    ///
    /// # Errors
    /// If there is no such entry, it was undone already, nothing of it is left, or it is one that undoes another.
    pub async fn undo_ledger_entry(
        &self,
        id: &LedgerEntryId,
        reason: &str,
    ) -> Result<Entry, CommandError> {
        let before = ledger::find(self.db, id).await?;
        let kind = match before.kind {
            EntryKind::Grant | EntryKind::Redemption => EntryKind::Adjustment,
            EntryKind::Charge => EntryKind::Refund,
            EntryKind::Payment | EntryKind::PaymentRefund => {
                let message = "Credits that were bought are taken back by a refund of their order.";
                return Err(CommandError::conflict("not_undoable", message));
            }
            EntryKind::Adjustment | EntryKind::Refund | EntryKind::Expiry => {
                let message = "This entry undoes another, or took credits that had ended. Grant credits instead.";
                return Err(CommandError::conflict("not_undoable", message));
            }
        };
        let mut entry = NewEntry {
            at_ms: self.clock.now_ms(),
            kind,
            account_id: before.account_id.clone(),
            amount_nanos: -before.amount_nanos,
            reference: format!("undo:{id}"),
            note: checked_reason(reason)?,
        };
        let mut tx = self.db.begin().await?;
        let id = if entry.amount_nanos < 0 {
            let taken = ledger::take_what_is_left(&mut tx, entry.clone()).await;
            let (id, taken) = taken.map_err(of_undo)?;
            entry.amount_nanos = -taken;
            id
        } else {
            ledger::post(&mut tx, &entry).await.map_err(of_undo)?
        };
        let action = match kind {
            EntryKind::Refund => "credits.refunded",
            _ => "credits.taken_back",
        };
        let of = (entry.amount_nanos, entry.note.as_str());
        self.note(&mut tx, note_of(&id, &before.account_id, action, of))
            .await?;
        tx.commit().await?;
        Ok(written(id, entry))
    }
}

pub(super) fn checked_amount(text: &str) -> Result<i64, CommandError> {
    let amount = Price::parse(text.trim()).map(|price| price.nanos);
    let amount = amount.filter(|nanos| (1..=GRANT_NANOS_MAX).contains(nanos));
    amount
        .and_then(|nanos| i64::try_from(nanos).ok())
        .ok_or_else(|| {
            let message =
                "The amount is in dollars, above 0 and at most 1000000, with up to nine decimals: 12.50.";
            CommandError::invalid("amount", message)
        })
}

pub(super) fn checked_reason(text: &str) -> Result<String, CommandError> {
    let reason = text.trim();
    let is_sound = !reason.is_empty()
        && reason.chars().count() <= REASON_CHARS_MAX
        && !reason.chars().any(char::is_control);
    if !is_sound {
        let message = format!(
            "A reason has 1 to {REASON_CHARS_MAX} printable characters; the account sees it."
        );
        return Err(CommandError::invalid("reason", message));
    }
    check_visible("reason", reason)?;
    Ok(reason.to_owned())
}

fn of_ledger(error: StoreError) -> CommandError {
    match error {
        StoreError::Conflict { .. } => {
            let message = "A balance cannot be as high as that.";
            CommandError::invalid("amount", message)
        }
        other => other.into(),
    }
}

fn of_undo(error: StoreError) -> CommandError {
    match error {
        StoreError::Conflict { .. } => {
            let message = "The entry was undone already, or nothing of what it gave is left.";
            CommandError::conflict("not_undoable", message)
        }
        other => other.into(),
    }
}

fn written(id: LedgerEntryId, entry: NewEntry) -> Entry {
    Entry {
        id,
        at_ms: entry.at_ms,
        kind: entry.kind,
        account_id: entry.account_id,
        reference: entry.reference,
        note: entry.note,
        amount_nanos: entry.amount_nanos,
    }
}

/// An amount in dollars, exact.
pub(super) fn dollars(nanos: i64) -> String {
    let price = Price {
        nanos: nanos.unsigned_abs(),
    };
    let sign = if nanos < 0 { "-" } else { "" };
    format!("{sign}{}", price.to_text())
}

fn note_of<'a>(
    id: &LedgerEntryId,
    account_id: &'a AccountId,
    action: &'static str,
    (nanos, reason): (i64, &str),
) -> Note<'a> {
    let amount = dollars(nanos);
    Note {
        account_id: Some(account_id),
        action,
        subject: Subject {
            kind: "ledger_entry",
            id: id.to_string(),
            label: format!("${amount}"),
        },
        before: None,
        after: Some(json!({ "amount": amount, "reason": reason })),
    }
}
