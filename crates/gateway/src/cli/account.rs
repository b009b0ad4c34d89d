use anyhow::{Context, bail};
use clap::Subcommand;
use serde_json::{Value, json};
use store::accounts::{self, Account, AccountStatus};
use store::{AccountId, tiers};

use super::output::Output;
use super::session::Session;

const EMAIL_BYTES_MAX: usize = 254;
const PAGE: u32 = 500;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Create an account.
    Create {
        /// Whom to write to.
        #[arg(long)]
        email: String,
        /// free, basic, pro, enterprise, or a tier of your own.
        #[arg(long)]
        tier: String,
    },
    /// List every account.
    List,
    /// Move an account to another tier.
    SetTier { id: String, tier: String },
    /// Refuse all keys of an account.
    Suspend { id: String },
    /// Accept the keys of a suspended account again.
    Resume { id: String },
}

impl Command {
    pub(super) async fn run(self, session: &Session, output: Output) -> anyhow::Result<()> {
        match self {
            Self::Create { email, tier } => {
                let account = create(session, &email, &tier).await?;
                output.object(&describe(&account));
            }
            Self::List => {
                let rows: Vec<Value> = list(session).await?.iter().map(describe).collect();
                output.list(&rows, &["id", "email", "tier", "status", "created_at_ms"]);
            }
            Self::SetTier { id, tier } => {
                check_tier(session, &tier).await?;
                let id = AccountId::from(id);
                let mut tx = session.db.begin().await?;
                let seq =
                    accounts::update_tier(&mut tx, &id, &tier, session.clock.now_ms()).await?;
                tx.commit().await?;
                session.wait_until_applied(seq).await?;
                output.object(&describe(&accounts::get_account(&session.db, &id).await?));
            }
            Self::Suspend { id } => {
                set_status(session, output, &id.into(), AccountStatus::Suspended).await?;
            }
            Self::Resume { id } => {
                set_status(session, output, &id.into(), AccountStatus::Active).await?;
            }
        }
        Ok(())
    }
}

pub(super) async fn create(session: &Session, email: &str, tier: &str) -> anyhow::Result<Account> {
    check_tier(session, tier).await?;
    let has_name_and_host = email
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    if !has_name_and_host
        || email.len() > EMAIL_BYTES_MAX
        || email.chars().any(|c| c.is_control() || c.is_whitespace())
    {
        bail!("{email:?} is not an e-mail address");
    }
    let account = Account {
        id: AccountId::generate(),
        email: email.to_owned(),
        name: String::new(),
        notes: String::new(),
        tier_id: tier.to_owned(),
        status: AccountStatus::Active,
        created_at_ms: session.clock.now_ms(),
    };
    let mut tx = session.db.begin().await?;
    accounts::insert(&mut tx, &account).await?;
    tx.commit().await?;
    Ok(account)
}

pub(super) async fn list(session: &Session) -> anyhow::Result<Vec<Account>> {
    let mut all: Vec<Account> = Vec::new();
    loop {
        let after = all.last().map(|account| account.id.clone());
        let page = accounts::list_accounts(&session.db, after.as_ref(), PAGE).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

async fn check_tier(session: &Session, tier: &str) -> anyhow::Result<()> {
    let known = tiers::list_tiers(&session.db).await?.rows;
    if known.iter().any(|one| one.id == tier) {
        return Ok(());
    }
    let names: Vec<&str> = known.iter().map(|one| one.id.as_str()).collect();
    bail!("there is no tier {tier:?}; there are {}", names.join(", "));
}

async fn set_status(
    session: &Session,
    output: Output,
    id: &AccountId,
    status: AccountStatus,
) -> anyhow::Result<()> {
    let mut tx = session.db.begin().await?;
    let seq = accounts::update_status(&mut tx, id, status, session.clock.now_ms())
        .await
        .context(id.to_string())?;
    tx.commit().await?;
    session.wait_until_applied(seq).await?;
    output.object(&describe(&accounts::get_account(&session.db, id).await?));
    Ok(())
}

fn describe(account: &Account) -> Value {
    json!({
        "id": account.id.as_str(),
        "email": account.email,
        "tier": account.tier_id,
        "status": account.status.as_str(),
        "created_at_ms": account.created_at_ms,
    })
}
