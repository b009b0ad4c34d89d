//! The demo data of `serve --demo` for an empty database: an account per tier with a key each.

use control::commands::NewApiKey;
use store::accounts;
use store::api_keys::{AnomalyAction, Environment, Restrictions};
use store::key_limits::KeyLimits;
use store::secret::PlainKey;

use super::session::CliSession;

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
pub(super) async fn seed(session: &CliSession) -> anyhow::Result<Option<DemoKeys>> {
    if !accounts::list_accounts(&session.db, None, 1)
        .await?
        .is_empty()
    {
        return Ok(None);
    }
    let mut keys = Vec::new();
    for tier in TIERS {
        let email = format!("{tier}@demo.invalid");
        let commands = session.commands();
        let account = commands.create_account(&email, "", tier).await?;
        let new = NewApiKey {
            account_id: account.id,
            name: "Demo".to_owned(),
            environment: Environment::Live,
            restrictions: Restrictions::default(),
            expires_at_ms: None,
            anomaly_action: AnomalyAction::Notify,
            shows_cost: true,
            caches_prompts: false,
            budgets: vec![],
            own_limits: KeyLimits::default(),
        };
        let (_, secret) = session.commands().create_api_key(new).await?;
        keys.push((tier, secret));
    }
    Ok(Some(DemoKeys(keys)))
}
