//! Keys of all accounts, for operators.

use super::ApiKey;
use crate::db::{Db, Value};
use crate::error::StoreError;
use crate::id::ApiKeyId;
use crate::pattern;

/// Which keys operators ask for. Empty texts do not narrow.
#[derive(Debug, Clone, Default)]
pub struct OperatorKeyFilter {
    /// The id, or a part of the name or the hint, in any case.
    pub text: String,
    pub account_id: String,
}

/// Keys of all accounts with the names of their accounts, newest first, `limit` of them, older than `before`.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_for_operator(
    db: &Db,
    filter: &OperatorKeyFilter,
    before: Option<&ApiKeyId>,
    limit: u32,
) -> Result<Vec<(ApiKey, String)>, StoreError> {
    let sql = "SELECT * FROM (
            SELECT k.*, CASE WHEN a.name = '' THEN a.email ELSE a.name END AS account_label,
                (SELECT s.hint FROM api_key_secrets s WHERE s.api_key_id = k.id AND s.ends_at_ms IS NULL
                    ORDER BY s.created_at_ms DESC LIMIT 1) AS hint
            FROM api_keys k JOIN accounts a ON a.id = k.account_id
            WHERE k.id < $1 AND ($2 = '' OR k.account_id = $2)) AS keys
        WHERE $3 = '' OR id = $4 OR LOWER(name) LIKE $3 ESCAPE '!' OR LOWER(COALESCE(hint, '')) LIKE $3 ESCAPE '!'
        ORDER BY id DESC LIMIT $5";
    let values: Vec<Value> = vec![
        before.map_or("~", ApiKeyId::as_str).into(),
        filter.account_id.clone().into(),
        pattern::containing(&filter.text).into(),
        filter.text.clone().into(),
        i64::from(limit).into(),
    ];
    let rows = db.fetch_all(sql, values).await?;
    rows.iter()
        .map(|row| Ok((ApiKey::from_row(row)?, row.text("account_label")?)))
        .collect()
}
