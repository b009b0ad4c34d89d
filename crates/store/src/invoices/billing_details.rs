//! The billing details of an account: what its invoices say of the buyer.

use super::Party;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::id::AccountId;

/// The billing details of an account; empty texts before anybody wrote any.
///
/// # Errors
/// If the database cannot be read.
pub async fn get_billing_details(db: &Db, id: &AccountId) -> Result<Party, StoreError> {
    let sql = "SELECT billing_details FROM accounts WHERE id = $1";
    let row = db.fetch_optional(sql, vec![id.as_str().into()]).await?;
    let text = row.ok_or(NO_ACCOUNT)?.opt_text("billing_details")?;
    let Some(text) = text else {
        return Ok(Party::default());
    };
    serde_json::from_str(&text).map_err(|error| StoreError::Corrupt {
        table: "accounts",
        detail: format!("billing_details: {error}"),
    })
}

/// Writes the billing details of an account; what was issued stays as it is.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such account.
pub async fn set_billing_details(
    tx: &mut Tx,
    id: &AccountId,
    details: &Party,
) -> Result<(), StoreError> {
    let text = serde_json::to_string(details).unwrap_or_default();
    let sql = "UPDATE accounts SET billing_details = $2 WHERE id = $1";
    match tx
        .execute(sql, vec![id.as_str().into(), text.into()])
        .await?
    {
        0 => Err(NO_ACCOUNT),
        _ => Ok(()),
    }
}

const NO_ACCOUNT: StoreError = StoreError::NotFound {
    what: "the account",
};
