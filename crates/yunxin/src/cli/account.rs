use anyhow::Context;
use clap::Subcommand;
use control::commands::AccountEdit;
use serde_json::{Value, json};
use store::accounts::{self, Account, AccountStatus};

use super::output::Printer;
use super::session::CliSession;

const PAGE: u32 = 500;

#[derive(Debug, Subcommand)]
pub(super) enum AccountCommand {
    /// Create an account.
    Create {
        /// The address for mails.
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

impl AccountCommand {
    pub(super) async fn run(self, session: &CliSession, output: Printer) -> anyhow::Result<()> {
        match self {
            Self::Create { email, tier } => {
                let account = session.commands().create_account(&email, "", &tier).await?;
                output.object(&describe(&account));
            }
            Self::List => {
                let rows: Vec<Value> = list(session).await?.iter().map(describe).collect();
                output.list(&rows, &["id", "email", "tier", "status", "created_at_ms"]);
            }
            Self::SetTier { id, tier } => {
                let edit = AccountEdit {
                    tier_id: Some(tier),
                    ..AccountEdit::default()
                };
                edit_account(session, output, id, edit).await?;
            }
            Self::Suspend { id } => {
                set_status(session, output, id, AccountStatus::Suspended).await?;
            }
            Self::Resume { id } => set_status(session, output, id, AccountStatus::Active).await?,
        }
        Ok(())
    }
}

pub(super) async fn list(session: &CliSession) -> anyhow::Result<Vec<Account>> {
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

async fn set_status(
    session: &CliSession,
    output: Printer,
    id: String,
    status: AccountStatus,
) -> anyhow::Result<()> {
    let edit = AccountEdit {
        status: Some(status),
        ..AccountEdit::default()
    };
    edit_account(session, output, id, edit).await
}

async fn edit_account(
    session: &CliSession,
    output: Printer,
    id: String,
    edit: AccountEdit,
) -> anyhow::Result<()> {
    let commands = session.commands();
    let account = commands.edit_account(&id.as_str().into(), edit).await;
    output.object(&describe(&account.with_context(|| id)?));
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
