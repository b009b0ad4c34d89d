//! Codes that are worth credits, in batches: found by their digest, and redeemed once.

use crate::db::{Db, Row, Tx, Value, insert_columns};
use crate::error::StoreError;
use crate::id::{AccountId, RedemptionBatchId, RedemptionCodeId};
use crate::secret::KeyDigest;

/// Codes of the same worth that were made together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedemptionBatch {
    pub id: RedemptionBatchId,
    pub name: String,
    /// The worth of each code.
    pub amount_nanos: i64,
    /// The number of codes.
    pub codes: u64,
    /// The name of its maker, for people.
    pub created_by: String,
    pub created_at_ms: i64,
    pub expires_at_ms: Option<i64>,
    pub voided_at_ms: Option<i64>,
}

/// A code as it is kept.
#[derive(Debug, Clone)]
pub struct NewCode {
    pub id: RedemptionCodeId,
    pub batch_id: RedemptionBatchId,
    pub digest: KeyDigest,
    pub hint: String,
}

/// A code that was just redeemed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedeemedCode {
    pub id: RedemptionCodeId,
    pub hint: String,
    pub amount_nanos: i64,
}

/// The reason for which a code is not redeemed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeState {
    Unknown,
    Used,
    Expired,
    Voided,
}

insert_columns!("redemption_codes", |code: NewCode, to| {
    id: to.shared(code.id.shared()),
    batch_id: to.shared(code.batch_id.shared()),
    digest: to.bytes(code.digest.as_bytes()),
    hint: to.text(code.hint.clone()),
});

/// Adds a batch with its codes.
///
/// # Errors
/// If the database cannot be written.
pub async fn insert(
    tx: &mut Tx,
    batch: &RedemptionBatch,
    codes: &[NewCode],
) -> Result<(), StoreError> {
    let sql = "INSERT INTO redemption_batches (id, name, amount_nanos, codes, created_by, created_at_ms, expires_at_ms,
                   voided_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)";
    let values = vec![
        batch.id.as_str().into(),
        batch.name.as_str().into(),
        batch.amount_nanos.into(),
        batch.codes.into(),
        batch.created_by.as_str().into(),
        batch.created_at_ms.into(),
        batch.expires_at_ms.into(),
    ];
    tx.execute(sql, values).await?;
    tx.insert_many((HEAD, ""), COLUMNS, codes, bind).await
}

/// Batches with the number of their codes that were redeemed, newest first, older than `before`.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(
    db: &Db,
    before: Option<&RedemptionBatchId>,
    limit: u32,
) -> Result<Vec<(RedemptionBatch, u64)>, StoreError> {
    let sql = "SELECT b.*, (SELECT COUNT(*) FROM redemption_codes c
                            WHERE c.batch_id = b.id AND c.redeemed_at_ms IS NOT NULL) AS redeemed
               FROM redemption_batches b WHERE ($1 = '' OR b.id < $1) ORDER BY b.id DESC LIMIT $2";
    let before = before.map_or("", RedemptionBatchId::as_str);
    let values = vec![before.into(), i64::from(limit).into()];
    let rows = db.fetch_all(sql, values).await?;
    rows.iter()
        .map(|row| Ok((RedemptionBatch::from_row(row)?, row.count("redeemed")?)))
        .collect()
}

/// The batch of that id, with the number of its codes that were redeemed.
///
/// # Errors
/// [`StoreError::NotFound`] if there is none.
pub async fn find(db: &Db, id: &RedemptionBatchId) -> Result<(RedemptionBatch, u64), StoreError> {
    let sql = "SELECT b.*, (SELECT COUNT(*) FROM redemption_codes c
                            WHERE c.batch_id = b.id AND c.redeemed_at_ms IS NOT NULL) AS redeemed
               FROM redemption_batches b WHERE b.id = $1";
    let row = db.fetch_optional(sql, vec![id.as_str().into()]).await?;
    let row = row.ok_or(StoreError::NotFound {
        what: "the batch of codes",
    })?;
    Ok((RedemptionBatch::from_row(&row)?, row.count("redeemed")?))
}

/// Voids the codes of a batch that nobody redeemed yet; `false` if they were voided before.
///
/// # Errors
/// If the database cannot be written.
pub async fn void(tx: &mut Tx, id: &RedemptionBatchId, now_ms: i64) -> Result<bool, StoreError> {
    let sql =
        "UPDATE redemption_batches SET voided_at_ms = $2 WHERE id = $1 AND voided_at_ms IS NULL";
    let values = vec![id.as_str().into(), now_ms.into()];
    Ok(tx.execute(sql, values).await? > 0)
}

/// Redeems a code for an account, once; the credits are moved by whoever calls, in the same transaction.
///
/// # Errors
/// If the database cannot be written.
pub async fn redeem(
    tx: &mut Tx,
    digest: KeyDigest,
    account_id: &AccountId,
    now_ms: i64,
) -> Result<Result<RedeemedCode, CodeState>, StoreError> {
    let sql = "UPDATE redemption_codes SET redeemed_at_ms = $3, account_id = $2
               WHERE digest = $1 AND redeemed_at_ms IS NULL AND batch_id IN
                   (SELECT id FROM redemption_batches
                    WHERE voided_at_ms IS NULL AND (expires_at_ms IS NULL OR expires_at_ms > $3))
               RETURNING id, hint, batch_id";
    let values = vec![
        digest.as_bytes().into(),
        account_id.as_str().into(),
        now_ms.into(),
    ];
    let Some(row) = tx.fetch_optional(sql, values).await? else {
        return Ok(Err(state_of(tx, digest, now_ms).await?));
    };
    let sql = "SELECT amount_nanos FROM redemption_batches WHERE id = $1";
    let batch = tx
        .fetch_optional(sql, vec![row.text("batch_id")?.into()])
        .await?;
    let amount_nanos = batch.map_or(Ok(0), |batch| batch.int("amount_nanos"))?;
    Ok(Ok(RedeemedCode {
        id: row.text("id")?.into(),
        hint: row.text("hint")?,
        amount_nanos,
    }))
}

async fn state_of(tx: &mut Tx, digest: KeyDigest, now_ms: i64) -> Result<CodeState, StoreError> {
    let sql = "SELECT c.redeemed_at_ms, b.voided_at_ms, b.expires_at_ms
               FROM redemption_codes c JOIN redemption_batches b ON b.id = c.batch_id WHERE c.digest = $1";
    let digest: Value = digest.as_bytes().into();
    let Some(row) = tx.fetch_optional(sql, vec![digest]).await? else {
        return Ok(CodeState::Unknown);
    };
    Ok(if row.opt_int("redeemed_at_ms")?.is_some() {
        CodeState::Used
    } else if row.opt_int("voided_at_ms")?.is_some() {
        CodeState::Voided
    } else if row
        .opt_int("expires_at_ms")?
        .is_some_and(|end_ms| end_ms <= now_ms)
    {
        CodeState::Expired
    } else {
        CodeState::Unknown
    })
}

impl RedemptionBatch {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text("id")?.into(),
            name: row.text("name")?,
            amount_nanos: row.int("amount_nanos")?,
            codes: row.count("codes")?,
            created_by: row.text("created_by")?,
            created_at_ms: row.int("created_at_ms")?,
            expires_at_ms: row.opt_int("expires_at_ms")?,
            voided_at_ms: row.opt_int("voided_at_ms")?,
        })
    }
}
