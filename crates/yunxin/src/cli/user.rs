//! `user`.

use anyhow::Context;
use clap::Subcommand;
use control::Time;
use control::commands::RightsEdit;
use serde_json::{Value, json};
use store::UserId;
use store::users::{self, User, UserStatus};

use super::operator::base_url;
use super::output::Printer;
use super::session::CliSession;

const PAGE: u32 = 500;

#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// List everybody who may sign in to the Dashboard.
    List,
    /// Print a one-time link by which a user chooses a new password.
    ResetLink { email: String },
    /// Take the second factor from a user who has lost it.
    RemoveTwoFactor { email: String },
    /// Keep a user out; their sessions end.
    Disable { email: String },
    /// Let a disabled user in again.
    Enable { email: String },
    /// Have a user run the platform.
    Promote { email: String },
    /// Have an operator be a user like any other.
    Demote { email: String },
}

impl UserCommand {
    pub(super) async fn run(self, session: &CliSession, output: Printer) -> anyhow::Result<()> {
        let (email, edit) = match self {
            Self::List => return list(session, output).await,
            Self::ResetLink { email } => {
                let user = find(session, &email).await?;
                let made = session.commands().create_reset_link(&user).await?;
                let link = made.address(&base_url(session), "reset-password");
                let expires_at = Time(made.expires_at_ms).to_text();
                output.object(&json!({ "link": link, "expires_at": expires_at }));
                return Ok(());
            }
            Self::RemoveTwoFactor { email } => {
                let user = find(session, &email).await?;
                session.commands().remove_two_factor(&user).await?;
                output.object(&describe(&find(session, &email).await?));
                return Ok(());
            }
            Self::Disable { email } => (email, status(UserStatus::Disabled)),
            Self::Enable { email } => (email, status(UserStatus::Active)),
            Self::Promote { email } => (email, operator(true)),
            Self::Demote { email } => (email, operator(false)),
        };
        let user = find(session, &email).await?;
        let changed = session.commands().edit_rights(&user.id, edit).await?;
        output.object(&describe(&changed));
        Ok(())
    }
}

fn status(status: UserStatus) -> RightsEdit {
    RightsEdit {
        status: Some(status),
        is_operator: None,
    }
}

fn operator(is_operator: bool) -> RightsEdit {
    RightsEdit {
        is_operator: Some(is_operator),
        status: None,
    }
}

async fn find(session: &CliSession, email: &str) -> anyhow::Result<User> {
    let email = email.trim().to_lowercase();
    let found = users::find_by_email(&session.db, &email).await?;
    found
        .with_context(|| format!("there is no user {email}; `yunxin user list` shows who there is"))
}

async fn list(session: &CliSession, output: Printer) -> anyhow::Result<()> {
    let mut rows: Vec<Value> = Vec::new();
    let mut last: Option<UserId> = None;
    loop {
        let page = users::list_for_operator(&session.db, "", last.as_ref(), PAGE).await?;
        let Some(user) = page.last() else { break };
        last = Some(user.id.clone());
        rows.extend(page.iter().map(describe));
    }
    let columns = [
        "id",
        "email",
        "name",
        "is_operator",
        "status",
        "has_two_factor",
    ];
    output.list(&rows, &columns);
    Ok(())
}

fn describe(user: &User) -> Value {
    json!({
        "id": user.id.as_str(),
        "email": user.email,
        "name": user.name,
        "is_operator": user.is_operator,
        "status": user.status.as_str(),
        "has_two_factor": user.has_two_factor,
    })
}
