//! What `serve --demo` puts into an empty database: an account per tier with a key each.

use store::accounts;
use store::api_keys::{Environment, Restrictions};
use store::secret::PlainKey;

use super::key::NewKey;
use super::session::Session;
use super::{account, key};

const TIERS: [&str; 4] = ["free", "basic", "pro", "enterprise"];

/// The secrets of the accounts that were just made.
#[derive(Debug)]
pub(super) struct DemoKeys(Vec<(&'static str, PlainKey)>);

impl DemoKeys {
    /// Each tier with its key. The one time that they are shown.
    pub(super) fn reveal(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(tier, secret)| (*tier, secret.reveal()))
    }
}

/// Seeds a database that has no account; `None` when it has one.
pub(super) async fn seed(session: &Session) -> anyhow::Result<Option<DemoKeys>> {
    if !accounts::list_accounts(&session.db, None, 1)
        .await?
        .is_empty()
    {
        return Ok(None);
    }
    let mut keys = Vec::new();
    for tier in TIERS {
        let account = account::create(session, &format!("{tier}@demo.invalid"), tier).await?;
        let new = NewKey {
            account_id: account.id,
            name: "Demo".to_owned(),
            environment: Environment::Live,
            restrictions: Restrictions::default(),
            expires_in_ms: None,
        };
        let (_, secret) = key::create(session, new).await?;
        keys.push((tier, secret));
    }
    Ok(Some(DemoKeys(keys)))
}
