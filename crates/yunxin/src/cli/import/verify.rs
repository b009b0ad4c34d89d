//! Comparing what is here with what the other program has.

use serde_json::{Value, json};
use store::api_keys;
use store::imports::ImportKind;

use super::apply::known;
use super::plan::Plan;
use crate::cli::credits::dollars;
use crate::cli::session::CliSession;

/// Every difference: accounts and keys that are not here, keys that open another account, balances that moved there since.
///
/// # Errors
/// If the database cannot be read.
pub(super) async fn differences(
    session: &CliSession,
    source: &str,
    plan: &Plan,
) -> anyhow::Result<Vec<Value>> {
    let accounts = known(session, source, ImportKind::Account).await?;
    let mut found = vec![];
    let mut differ = |what: String, there: String, here: String| {
        found.push(json!({ "what": what, "there": there, "here": here }));
    };
    for account in &plan.accounts {
        let what = format!("account {}", account.name);
        match accounts.get(&account.id) {
            None => differ(what, account.id.clone(), "missing".to_owned()),
            Some(known) if known.balance_nanos != account.balance_nanos => differ(
                format!("the balance of {what}"),
                dollars(account.balance_nanos),
                dollars(known.balance_nanos),
            ),
            Some(_) => {}
        }
    }
    for key in &plan.keys {
        let digest = session.master.pepper().digest_of_imported(&key.secret);
        let record = api_keys::find_by_digest(&session.db, digest, 0).await?;
        let here = record.map(|record| record.key.account_id.to_string());
        let expected = accounts
            .get(&key.account)
            .map(|known| known.target_id.clone());
        if here.is_none() || here != expected {
            let here = here.unwrap_or_else(|| "missing".to_owned());
            differ(
                format!("key {} ({})", key.name, key.hint),
                key.account.clone(),
                here,
            );
        }
    }
    Ok(found)
}
