//! Entries of the ledger as people read them: from the account's side.

use super::EntryKind;
use crate::db::{Db, Row};
use crate::error::StoreError;
use crate::id::{AccountId, LedgerEntryId};

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub id: LedgerEntryId,
    pub at_ms: i64,
    pub kind: EntryKind,
    pub account_id: AccountId,
    pub reference: String,
    pub note: String,
    /// The amount that the account got; negative if it gave.
    pub amount_nanos: i64,
}

/// A filter of entries; an empty text is any.
#[derive(Debug, Clone, Default)]
pub struct EntryFilter {
    pub account_id: String,
    pub kind: Option<EntryKind>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT e.id, e.at_ms, e.kind, e.account_id, e.reference, e.note, p.amount_nanos
             FROM ledger_entries e JOIN ledger_postings p ON p.entry_id = e.id AND p.side = 'customer' ",
            $rest
        )
    };
}

/// Entries, the newest first, older than `before`.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(
    db: &Db,
    filter: &EntryFilter,
    before: Option<&LedgerEntryId>,
    limit: u32,
) -> Result<Vec<Entry>, StoreError> {
    const ALL: &str = select!("WHERE ($1 = '' OR e.account_id = $1) AND ($2 = '' OR e.kind = $2) AND ($3 = '' OR e.id < $3)
        ORDER BY e.id DESC LIMIT $4");
    const OF_ACCOUNT: &str = select!(
        "WHERE e.account_id = $1 AND ($2 = '' OR e.kind = $2) AND ($3 = '' OR e.id < $3)
        ORDER BY e.id DESC LIMIT $4"
    );
    let values = vec![
        filter.account_id.clone().into(),
        filter.kind.map_or("", EntryKind::as_str).into(),
        before.map_or("", LedgerEntryId::as_str).into(),
        i64::from(limit).into(),
    ];
    // With the account known, its index is used.
    let sql = if filter.account_id.is_empty() {
        ALL
    } else {
        OF_ACCOUNT
    };
    let rows = db.fetch_all(sql, values).await?;
    rows.iter().map(Entry::from_row).collect()
}

/// The entry of that id.
///
/// # Errors
/// [`StoreError::NotFound`] if there is none.
pub async fn find(db: &Db, id: &LedgerEntryId) -> Result<Entry, StoreError> {
    const SQL: &str = select!("WHERE e.id = $1");
    let row = db.fetch_optional(SQL, vec![id.as_str().into()]).await?;
    let row = row.ok_or(StoreError::NotFound {
        what: "the entry of the ledger",
    })?;
    Entry::from_row(&row)
}

impl Entry {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text("id")?.into(),
            at_ms: row.int("at_ms")?,
            kind: row.word("kind", EntryKind::parse)?,
            account_id: row.text("account_id")?.into(),
            reference: row.text("reference")?,
            note: row.text("note")?,
            amount_nanos: row.int("amount_nanos")?,
        })
    }
}
