//! The audit log: who changed what, from where, in the transaction of the change. Append-only; each
//! entry's hash covers the one before, so that a missing or edited entry shows.

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::Value as Json;

use crate::db::{Db, Row, Tx};
use crate::error::StoreError;
use crate::id::{AccountId, AuditEntryId};

/// The author of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// `user`, `management_key`, `cli` or `system`.
    pub kind: &'static str,
    pub id: String,
    /// The name at that time, for people.
    pub label: String,
    pub address: Option<String>,
}

/// The thing that is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// `api_key`, `account`, `member`, …
    pub kind: &'static str,
    pub id: String,
    pub label: String,
}

/// A change, about to be written down.
#[derive(Debug, Clone)]
pub struct Change<'a> {
    pub at_ms: i64,
    /// The account it concerns, if it concerns one.
    pub account_id: Option<&'a AccountId>,
    pub actor: &'a Actor,
    /// `api_key.revoked`.
    pub action: &'static str,
    pub subject: Subject,
    /// The values before and after: objects of the fields that changed, never a secret.
    pub before: Option<Json>,
    pub after: Option<Json>,
}

/// An entry, as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its place in the log.
    pub seq: i64,
    pub id: AuditEntryId,
    pub at_ms: i64,
    pub account_id: Option<AccountId>,
    pub actor_kind: String,
    pub actor_id: String,
    pub actor_label: String,
    pub address: Option<String>,
    pub action: String,
    pub subject_kind: String,
    pub subject_id: String,
    pub subject_label: String,
    pub before: Option<String>,
    pub after: Option<String>,
    hash: String,
}

/// Writes a change down. When that fails, the change must not be made either: roll back.
///
/// # Errors
/// If the database cannot be written.
pub async fn append(tx: &mut Tx, change: &Change<'_>) -> Result<(), StoreError> {
    // One writer at a time: the row is held until the commit, so the numbers come in their order.
    let head = tx
        .fetch_optional(
            "UPDATE audit_head SET seq = seq + 1 WHERE id = 1 RETURNING seq, hash",
            vec![],
        )
        .await?
        .ok_or(StoreError::NotFound {
            what: "the head of the audit log",
        })?;
    let mut entry = AuditEntry {
        seq: head.int("seq")?,
        id: AuditEntryId::generate(),
        at_ms: change.at_ms,
        account_id: change.account_id.cloned(),
        actor_kind: change.actor.kind.to_owned(),
        actor_id: change.actor.id.clone(),
        actor_label: change.actor.label.clone(),
        address: change.actor.address.clone(),
        action: change.action.to_owned(),
        subject_kind: change.subject.kind.to_owned(),
        subject_id: change.subject.id.clone(),
        subject_label: change.subject.label.clone(),
        before: change.before.as_ref().map(Json::to_string),
        after: change.after.as_ref().map(Json::to_string),
        hash: String::new(),
    };
    entry.hash = entry.chained(&head.text("hash")?);
    let values = vec![
        entry.seq.into(),
        entry.id.as_str().into(),
        entry.at_ms.into(),
        entry.account_id.map(|id| id.to_string()).into(),
        entry.actor_kind.into(),
        entry.actor_id.into(),
        entry.actor_label.into(),
        entry.address.into(),
        entry.action.into(),
        entry.subject_kind.into(),
        entry.subject_id.into(),
        entry.subject_label.into(),
        entry.before.into(),
        entry.after.into(),
        entry.hash.clone().into(),
    ];
    tx.execute(
        "INSERT INTO audit_log (seq, id, at_ms, account_id, actor_kind, actor_id, actor_label, address, action,
            subject_kind, subject_id, subject_label, before, after, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        values,
    )
    .await?;
    let sql = "UPDATE audit_head SET hash = $1 WHERE id = 1";
    tx.execute(sql, vec![entry.hash.into()]).await.map(drop)
}

/// A filter of entries. Empty texts do not narrow.
#[derive(Debug, Clone)]
pub struct AuditFilter {
    /// The begin of the action: `api_key` or `api_key.revoked`.
    pub action: String,
    /// The id of the actor.
    pub actor: String,
    /// From `from_ms` on, and before `to_ms`.
    pub from_ms: i64,
    pub to_ms: i64,
}

impl Default for AuditFilter {
    fn default() -> Self {
        Self {
            action: String::new(),
            actor: String::new(),
            from_ms: 0,
            to_ms: i64::MAX,
        }
    }
}

/// Entries of an account, newest first, `limit` of them, older than `before`.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(
    db: &Db,
    account_id: &AccountId,
    filter: &AuditFilter,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<AuditEntry>, StoreError> {
    let sql = "SELECT * FROM audit_log WHERE account_id = $1 AND seq < $2
                   AND ($3 = '' OR action = $3 OR SUBSTR(action, 1, LENGTH($3) + 1) = $3 || '.')
                   AND ($4 = '' OR actor_id = $4) AND at_ms >= $5 AND at_ms < $6
               ORDER BY seq DESC LIMIT $7";
    let mut values = vec![account_id.as_str().into()];
    values.extend(page(filter, before, limit));
    let rows = db.fetch_all(sql, values).await?;
    rows.iter().map(AuditEntry::from_row).collect()
}

/// Entries of every account and of the platform, newest first: for operators only.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_for_operator(
    db: &Db,
    filter: &AuditFilter,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<AuditEntry>, StoreError> {
    let sql = "SELECT * FROM audit_log WHERE seq < $1
                   AND ($2 = '' OR action = $2 OR SUBSTR(action, 1, LENGTH($2) + 1) = $2 || '.')
                   AND ($3 = '' OR actor_id = $3) AND at_ms >= $4 AND at_ms < $5
               ORDER BY seq DESC LIMIT $6";
    let rows = db.fetch_all(sql, page(filter, before, limit)).await?;
    rows.iter().map(AuditEntry::from_row).collect()
}

fn page(filter: &AuditFilter, before: Option<i64>, limit: u32) -> Vec<crate::db::Value> {
    vec![
        before.unwrap_or(i64::MAX).into(),
        filter.action.clone().into(),
        filter.actor.clone().into(),
        filter.from_ms.into(),
        filter.to_ms.into(),
        i64::from(limit).into(),
    ]
}

impl AuditEntry {
    /// The hash of this entry after one with the hash `previous`.
    fn chained(&self, previous: &str) -> String {
        let fields = Json::from(vec![
            previous.into(),
            self.seq.into(),
            self.id.as_str().into(),
            self.at_ms.into(),
            self.account_id.as_ref().map(AccountId::as_str).into(),
            self.actor_kind.as_str().into(),
            self.actor_id.as_str().into(),
            self.actor_label.as_str().into(),
            self.address.as_deref().into(),
            self.action.as_str().into(),
            self.subject_kind.as_str().into(),
            self.subject_id.as_str().into(),
            self.subject_label.as_str().into(),
            self.before.as_deref().into(),
            Json::from(self.after.as_deref()),
        ]);
        let hash = digest(&SHA256, fields.to_string().as_bytes());
        hash.as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            seq: row.int("seq")?,
            id: row.text("id")?.into(),
            at_ms: row.int("at_ms")?,
            account_id: row.opt_text("account_id")?.map(Into::into),
            actor_kind: row.text("actor_kind")?,
            actor_id: row.text("actor_id")?,
            actor_label: row.text("actor_label")?,
            address: row.opt_text("address")?,
            action: row.text("action")?,
            subject_kind: row.text("subject_kind")?,
            subject_id: row.text("subject_id")?,
            subject_label: row.text("subject_label")?,
            before: row.opt_text("before")?,
            after: row.opt_text("after")?,
            hash: row.text("hash")?,
        })
    }
}

/// Verifies that no entry was changed or removed since it was written; returns the number of entries.
///
/// # Errors
/// If an entry does not follow from the one before, [`StoreError::Corrupt`] names the first.
pub async fn verify(db: &Db) -> Result<u64, StoreError> {
    const PAGE: i64 = 1_000;
    let (mut previous, mut after, mut count) = (String::new(), 0, 0);
    loop {
        let sql = "SELECT * FROM audit_log WHERE seq > $1 ORDER BY seq LIMIT $2";
        let rows = db
            .fetch_all(sql, vec![i64::into(after), PAGE.into()])
            .await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            let entry = AuditEntry::from_row(row)?;
            if entry.chained(&previous) != entry.hash {
                return Err(broken(&format!(
                    "{} does not follow from the entry before",
                    entry.id
                )));
            }
            after = entry.seq;
            previous = entry.hash;
            count += 1;
        }
    }
    let head = db
        .fetch_one("SELECT hash FROM audit_head WHERE id = 1", vec![])
        .await?
        .text("hash")?;
    if head == previous {
        Ok(count)
    } else {
        Err(broken("entries are missing at its end"))
    }
}

fn broken(detail: &str) -> StoreError {
    StoreError::Corrupt {
        table: "audit_log",
        detail: detail.to_owned(),
    }
}
