//! `key create`.

use std::net::IpAddr;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use ipnet::IpNet;
use serde_json::json;
use store::api_keys::{self, ApiKey, Environment, Restrictions};
use store::secret::PlainKey;
use store::{AccountId, ApiKeyId, accounts, tiers};

use crate::cli::output::Output;
use crate::cli::session::Session;

const NAME_CHARS_MAX: usize = 100;
const ENDPOINTS: [&str; 3] = ["chat", "completions", "embeddings"];

#[derive(Debug, Args)]
pub(in crate::cli) struct Create {
    /// The account that the key belongs to.
    #[arg(long)]
    account: String,
    /// What the key is for: "Production Server".
    #[arg(long)]
    name: String,
    /// Test keys reach only the sandbox models, and cost nothing.
    #[arg(long, value_enum, default_value = "live")]
    environment: EnvironmentArgument,
    /// When the key stops working: 30d, 12h.
    #[arg(long, value_name = "DURATION")]
    expires_in: Option<String>,
    /// The only models that it may use.
    #[arg(long, value_delimiter = ',', value_name = "MODEL,...")]
    models: Option<Vec<String>>,
    /// The only endpoints that it may use: chat, completions, embeddings.
    #[arg(long, value_delimiter = ',', value_name = "ENDPOINT,...")]
    endpoints: Option<Vec<String>>,
    /// A network from which it may be used; give it several times for several.
    #[arg(long, value_delimiter = ',', value_name = "CIDR,...")]
    allow_ip: Option<Vec<String>>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum EnvironmentArgument {
    Live,
    Test,
}

/// A key to be made.
#[derive(Debug)]
pub(in crate::cli) struct NewKey {
    pub(in crate::cli) account_id: AccountId,
    pub(in crate::cli) name: String,
    pub(in crate::cli) environment: Environment,
    pub(in crate::cli) restrictions: Restrictions,
    pub(in crate::cli) expires_in_ms: Option<i64>,
}

impl Create {
    pub(super) async fn run(self, session: &Session, output: Output) -> anyhow::Result<()> {
        let expires_in_ms = self
            .expires_in
            .as_deref()
            .map(duration_ms)
            .transpose()
            .context("--expires-in")?;
        let new = NewKey {
            account_id: self.account.into(),
            name: self.name,
            environment: match self.environment {
                EnvironmentArgument::Live => Environment::Live,
                EnvironmentArgument::Test => Environment::Test,
            },
            restrictions: Restrictions {
                models: self.models,
                endpoints: self.endpoints,
                networks: self.allow_ip,
            },
            expires_in_ms,
        };
        let (id, secret) = create(session, new).await?;
        output.object(&json!({ "id": id.as_str(), "key": secret.reveal(), "hint": secret.hint() }));
        output.text("Store the key now: it is not shown again.");
        Ok(())
    }
}

/// Makes a key. It works in every running server when this returns.
pub(in crate::cli) async fn create(
    session: &Session,
    new: NewKey,
) -> anyhow::Result<(ApiKeyId, PlainKey)> {
    new.validate()?;
    let now_ms = session.clock.now_ms();
    let account = accounts::get_account(&session.db, &new.account_id)
        .await
        .with_context(|| new.account_id.to_string())?;
    let tiers = tiers::list_tiers(&session.db).await?.rows;
    let keys_max = tiers
        .iter()
        .find(|tier| tier.id == account.tier_id)
        .and_then(|tier| tier.keys_max);
    let secret = PlainKey::generate()?;
    let digest = session.master.pepper().digest(secret.reveal());
    let key = ApiKey {
        id: ApiKeyId::generate(),
        account_id: new.account_id,
        name: new.name,
        environment: new.environment,
        hint: secret.hint(),
        restrictions: new.restrictions,
        created_at_ms: now_ms,
        expires_at_ms: new.expires_in_ms.map(|ms| now_ms + ms),
        revoked_at_ms: None,
        last_use: None,
    };
    let mut tx = session.db.begin().await?;
    let active = api_keys::count_active(&mut tx, &key.account_id, now_ms).await?;
    if keys_max.is_some_and(|max| active >= max) {
        bail!(
            "the account has {active} keys, as many as the {} tier allows; revoke one, or raise the tier",
            account.tier_id
        );
    }
    let seq = api_keys::insert(&mut tx, &key, &secret, digest).await?;
    tx.commit().await?;
    session.wait_until_applied(seq).await?;
    Ok((key.id, secret))
}

impl NewKey {
    fn validate(&self) -> anyhow::Result<()> {
        let name = self.name.trim();
        if name.is_empty()
            || name.chars().count() > NAME_CHARS_MAX
            || name.chars().any(char::is_control)
        {
            bail!("a name has 1 to {NAME_CHARS_MAX} printable characters");
        }
        for endpoint in self.restrictions.endpoints.iter().flatten() {
            if !ENDPOINTS.contains(&endpoint.as_str()) {
                bail!(
                    "there is no endpoint {endpoint:?} to restrict to; there are {}",
                    ENDPOINTS.join(", ")
                );
            }
        }
        for network in self.restrictions.networks.iter().flatten() {
            if network.parse::<IpNet>().is_err() && network.parse::<IpAddr>().is_err() {
                bail!("{network:?} is neither an address nor a range such as 10.0.0.0/8");
            }
        }
        Ok(())
    }
}

/// Reads `90s`, `15m`, `12h`, `30d`.
pub(super) fn duration_ms(text: &str) -> anyhow::Result<i64> {
    let wrong = || format!("{text:?} is not a duration such as 90s, 15m, 12h or 30d");
    let unit = text.chars().last().with_context(wrong)?;
    let number: i64 = text
        .strip_suffix(unit)
        .unwrap_or_default()
        .parse()
        .with_context(wrong)?;
    let unit_ms = match unit {
        's' => 1_000,
        'm' => 60_000,
        'h' => 3_600_000,
        'd' => 86_400_000,
        _ => bail!(wrong()),
    };
    number
        .checked_mul(unit_ms)
        .filter(|ms| *ms >= 0)
        .with_context(wrong)
}

#[cfg(test)]
mod tests {
    use super::duration_ms;

    #[test]
    fn durations_are_read_with_their_units() {
        assert_eq!(duration_ms("90s").unwrap(), 90_000);
        assert_eq!(duration_ms("30d").unwrap(), 2_592_000_000);
        for wrong in [
            "",
            "d",
            "1",
            "1y",
            "-1h",
            "1.5h",
            "99999999999999999d",
            "1é",
        ] {
            assert!(duration_ms(wrong).is_err(), "{wrong}");
        }
    }
}
