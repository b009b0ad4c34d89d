//! The auth log: a change of rights reaches every running replica before its author gets the response.
//!
//! The log has one writer at a time: a change of rights locks the row of `auth_head` until the
//! commit, so sequence numbers become visible in their order and without gaps. A replica reports how
//! far it has applied the log; the author of a change waits for the reports, or for the leases of those
//! that do not report to run out. The protocol is described in `docs/decisions/0004`.

use crate::db::{Db, Row, Tx};
use crate::error::StoreError;
use crate::id::{AccountId, ApiKeyId, ManagementKeyId, UserId};

/// Lines older than this are removed: a replica starts at the head and never reads back.
const KEEP_MS: i64 = 7 * 24 * 3_600_000;

/// A change of rights. The line says where to look, not what is there now.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum AuthChange {
    /// A key was made, restricted, revoked or regenerated.
    ApiKey(ApiKeyId),
    /// An account got another tier or status.
    Account(AccountId),
    /// Tiers, providers, models or deployments changed.
    Catalog,
    /// A user was disabled or enabled, or runs the platform or not. Nothing of users is cached: these lines, and those
    /// below, are for the record beside the database.
    User(UserId),
    /// A user got another password.
    Password(UserId),
    /// Sessions of a user ended.
    Sessions(UserId),
    /// A management key was revoked.
    ManagementKey(ManagementKeyId),
    /// A member of an account got another role, or left.
    Member(AccountId, UserId),
    /// Servers that share limits agreed to count in this memory of their store, or to hand out a part each (`None`).
    Limits(Option<String>),
    /// A change that only a newer version knows. A replica that reads it empties its cache, to be sure.
    Unknown,
}

impl AuthChange {
    fn kind(&self) -> &'static str {
        match self {
            Self::ApiKey(_) => "api_key",
            Self::Account(_) => "account",
            Self::Catalog => "catalog",
            Self::User(_) => "user",
            Self::Password(_) => "password",
            Self::Sessions(_) => "sessions",
            Self::ManagementKey(_) => "management_key",
            Self::Member(..) => "member",
            Self::Limits(_) => "limits",
            Self::Unknown => "unknown",
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::ApiKey(id) => id.to_string(),
            Self::Account(id) => id.to_string(),
            Self::User(id) | Self::Password(id) | Self::Sessions(id) => id.to_string(),
            Self::ManagementKey(id) => id.to_string(),
            Self::Member(account, user) => format!("{account}/{user}"),
            Self::Limits(epoch) => epoch.clone().unwrap_or_default(),
            Self::Catalog | Self::Unknown => String::new(),
        }
    }

    fn parse(kind: &str, subject: String) -> Self {
        match kind {
            "api_key" => Self::ApiKey(subject.into()),
            "account" => Self::Account(subject.into()),
            "catalog" => Self::Catalog,
            "user" => Self::User(subject.into()),
            "password" => Self::Password(subject.into()),
            "sessions" => Self::Sessions(subject.into()),
            "management_key" => Self::ManagementKey(subject.into()),
            "member" => match subject.split_once('/') {
                Some((account, user)) => Self::Member(account.into(), user.into()),
                None => Self::Unknown,
            },
            "limits" => Self::Limits(Some(subject).filter(|epoch| !epoch.is_empty())),
            _ => Self::Unknown,
        }
    }
}

/// Locks the log for the rest of the transaction: no other change of rights runs beside it. For changes
/// that look before they write.
///
/// # Errors
/// If the database cannot be written.
pub async fn lock(tx: &mut Tx) -> Result<(), StoreError> {
    tx.execute("UPDATE auth_head SET seq = seq WHERE id = 1", vec![])
        .await
        .map(drop)
}

/// Adds a line in the transaction that makes the change; returns its number.
///
/// # Errors
/// If the database cannot be written.
pub async fn append(tx: &mut Tx, change: &AuthChange, now_ms: i64) -> Result<i64, StoreError> {
    let row = tx
        .fetch_optional(
            "UPDATE auth_head SET seq = seq + 1 WHERE id = 1 RETURNING seq",
            vec![],
        )
        .await?;
    let seq = row
        .ok_or(StoreError::NotFound {
            what: "the head of the auth log",
        })?
        .int("seq")?;
    tx.execute(
        "INSERT INTO auth_log (seq, kind, subject, at_ms) VALUES ($1, $2, $3, $4)",
        vec![
            seq.into(),
            change.kind().into(),
            change.subject().into(),
            now_ms.into(),
        ],
    )
    .await?;
    tx.added_to_auth_log(seq);
    Ok(seq)
}

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub seq: i64,
    pub change: AuthChange,
    pub at_ms: i64,
}

/// Lines after `seq`, oldest first, `limit` of them.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_after(db: &Db, seq: i64, limit: u32) -> Result<Vec<Line>, StoreError> {
    let sql = "SELECT seq, kind, subject, at_ms FROM auth_log WHERE seq > $1 ORDER BY seq LIMIT $2";
    let rows = db
        .fetch_all(sql, vec![seq.into(), i64::from(limit).into()])
        .await?;
    rows.iter().map(Line::from_row).collect()
}

/// Numbers the next lines from beyond `seq`. Replicas that run see that lines are missing, and begin afresh.
///
/// # Errors
/// If the database cannot be written.
pub async fn skip_to(tx: &mut Tx, seq: i64) -> Result<(), StoreError> {
    let sql = "UPDATE auth_head SET seq = $1 WHERE id = 1 AND seq < $1";
    tx.execute(sql, vec![seq.into()]).await.map(drop)
}

impl Line {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            seq: row.int("seq")?,
            change: AuthChange::parse(&row.text("kind")?, row.text("subject")?),
            at_ms: row.int("at_ms")?,
        })
    }
}

/// The number of the newest line.
///
/// # Errors
/// If the database cannot be read.
pub async fn head(db: &Db) -> Result<i64, StoreError> {
    db.fetch_one("SELECT seq FROM auth_head WHERE id = 1", vec![])
        .await?
        .int("seq")
}

/// Enters a replica that holds nothing of before line `applied_seq`, and will learn of everything
/// after it. Read the [`head`] first, then what is to be known of that time, and then register with it.
///
/// # Errors
/// If the database cannot be written.
pub async fn register(
    db: &Db,
    replica: &str,
    applied_seq: i64,
    lease_ms: i64,
    now_ms: i64,
) -> Result<(), StoreError> {
    let mut tx = db.begin().await?;
    tx.execute(
        "INSERT INTO replicas (id, applied_seq, renewed_at_ms, lease_ms) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO UPDATE SET applied_seq = excluded.applied_seq, renewed_at_ms = excluded.renewed_at_ms",
        vec![replica.into(), applied_seq.into(), now_ms.into(), lease_ms.into()],
    )
    .await?;
    tx.commit().await
}

/// Forgets the lines that nobody can be behind any more.
///
/// # Errors
/// If the database cannot be written.
pub async fn prune(db: &Db, now_ms: i64) -> Result<(), StoreError> {
    let mut tx = db.begin().await?;
    let sql = "DELETE FROM auth_log WHERE at_ms < $1";
    tx.execute(sql, vec![(now_ms - KEEP_MS).into()]).await?;
    tx.commit().await
}

/// The result of renewing a lease.
#[derive(Debug, PartialEq, Eq)]
pub enum Renewal {
    /// The lines after what it had applied, oldest first.
    Lines(Vec<(i64, AuthChange)>),
    /// The replica's lease was revoked by an author who waited in vain, or the log is another one: its cache may be out of
    /// date, and it must register afresh.
    Evicted,
}

/// Reports what a replica has applied, and reads what came after. The response counts from the moment
/// before this was called, and only when it returned `Ok`: it is a committed write, so that a database
/// that cannot write cannot renew anybody's lease.
///
/// # Errors
/// If the database cannot be written.
pub async fn renew(
    db: &Db,
    replica: &str,
    applied_seq: i64,
    now_ms: i64,
) -> Result<Renewal, StoreError> {
    let mut tx = db.begin().await?;
    let renewed = tx
        .execute(
            "UPDATE replicas SET applied_seq = $2, renewed_at_ms = $3 WHERE id = $1",
            vec![replica.into(), applied_seq.into(), now_ms.into()],
        )
        .await?;
    let head = "SELECT seq FROM auth_head WHERE id = 1";
    let head = tx.fetch_optional(head, vec![]).await?;
    let head = head.map_or(Ok(0), |row| row.int("seq"))?;
    let sql = "SELECT seq, kind, subject FROM auth_log WHERE seq > $1 AND seq <= $2 ORDER BY seq";
    let rows = tx
        .fetch_all(sql, vec![applied_seq.into(), head.into()])
        .await?;
    // Lines have no gaps: where some are missing they were pruned, or the database is an older one that was restored.
    let expected = head - applied_seq;
    if renewed == 0 || i64::try_from(rows.len()) != Ok(expected) {
        return Ok(Renewal::Evicted);
    }
    tx.commit().await?;
    Ok(Renewal::Lines(read_lines(&rows)?))
}

const LINES_AFTER: &str = "SELECT seq, kind, subject FROM auth_log WHERE seq > $1 ORDER BY seq";

/// The lines after `applied_seq`, oldest first, read without a report: nobody's lease is renewed by that.
///
/// # Errors
/// If the database cannot be read.
pub async fn lines_after(db: &Db, applied_seq: i64) -> Result<Vec<(i64, AuthChange)>, StoreError> {
    let rows = db.fetch_all(LINES_AFTER, vec![applied_seq.into()]).await?;
    read_lines(&rows)
}

fn read_lines(rows: &[Row]) -> Result<Vec<(i64, AuthChange)>, StoreError> {
    let line = |row: &Row| {
        let change = AuthChange::parse(&row.text("kind")?, row.text("subject")?);
        Ok((row.int("seq")?, change))
    };
    rows.iter().map(line).collect()
}

/// The replicas other than `but` that have not applied line `seq`, with the longest of their leases in
/// milliseconds.
///
/// # Errors
/// If the database cannot be read.
pub async fn behind(db: &Db, seq: i64, but: &str) -> Result<Option<u64>, StoreError> {
    let sql = "SELECT COUNT(*) AS replicas, COALESCE(MAX(lease_ms), 0) AS lease_ms FROM replicas
               WHERE applied_seq < $1 AND id <> $2";
    let row = db.fetch_one(sql, vec![seq.into(), but.into()]).await?;
    Ok(if row.int("replicas")? == 0 {
        None
    } else {
        Some(row.count("lease_ms")?)
    })
}

/// Removes the replicas other than `but` that have not applied line `seq`. Call it when their leases have run
/// out.
///
/// # Errors
/// If the database cannot be written.
pub async fn evict_behind(db: &Db, seq: i64, but: &str) -> Result<(), StoreError> {
    let mut tx = db.begin().await?;
    // Somebody who was stopped within a renewal holds its own row: without a lease by now, and waited for until then.
    let sql = "DELETE FROM replicas WHERE id IN (SELECT id FROM replicas WHERE applied_seq < $1 AND id <> $2 /* free */)";
    tx.execute_on_free_rows(sql, vec![seq.into(), but.into()])
        .await?;
    tx.commit().await
}

/// A server that shares the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replica {
    pub id: String,
    pub applied_seq: i64,
    /// By its own clock.
    pub renewed_at_ms: i64,
}

/// The servers that share the database, oldest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_replicas(db: &Db) -> Result<Vec<Replica>, StoreError> {
    let sql = "SELECT id, applied_seq, renewed_at_ms FROM replicas ORDER BY id";
    let rows = db.fetch_all(sql, vec![]).await?;
    rows.iter()
        .map(|row| {
            Ok(Replica {
                id: row.text("id")?,
                applied_seq: row.int("applied_seq")?,
                renewed_at_ms: row.int("renewed_at_ms")?,
            })
        })
        .collect()
}

/// Removes a replica that stops in an orderly way, so that nobody waits for it.
///
/// # Errors
/// If the database cannot be written.
pub async fn deregister(db: &Db, replica: &str) -> Result<(), StoreError> {
    let mut tx = db.begin().await?;
    let sql = "DELETE FROM replicas WHERE id IN (SELECT id FROM replicas WHERE id = $1 /* free */)";
    tx.execute_on_free_rows(sql, vec![replica.into()]).await?;
    tx.commit().await
}
