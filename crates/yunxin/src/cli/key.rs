mod check_format;
mod create;
mod show;

use anyhow::Context;
use clap::Subcommand;
use control::commands::NewKeyEvent;
use serde_json::json;
use store::ApiKeyId;
use store::api_keys;
use store::key_events::{KeyEventAction, KeyEventKind};

use super::output::Printer;
use super::session::CliSession;

pub(super) use check_format::CheckFormat;
pub(super) use create::Create;

#[derive(Debug, Subcommand)]
pub(super) enum KeyCommand {
    /// Create a key. Its secret is printed once and kept nowhere.
    Create(Create),
    /// List the keys of an account.
    List {
        #[arg(long)]
        account: String,
    },
    /// Show a key, without its secret.
    Show { id: String },
    /// Refuse a key for good. Holds in every running server when this returns.
    Revoke { id: String },
    /// Refuse a key until it is released; its account is told why. Holds in every running server when this
    /// returns.
    Freeze {
        id: String,
        /// The kind of event, by its name in the documentation.
        #[arg(long, value_name = "KIND", default_value = "leak_reported")]
        because: String,
    },
    /// Serve a key again that was throttled or frozen. Holds in every running server when this returns.
    Release { id: String },
    /// Give a key a new secret; its id, name, limits, counters and history stay.
    Regenerate {
        id: String,
        /// The time that the old secret works on: 1h, 24h, 7d.
        #[arg(long, value_name = "DURATION", default_value = "0s")]
        grace: String,
    },
    /// Say whether a text has the shape and the checksum of a key; exits with 1 when not. Asks nobody.
    CheckFormat(CheckFormat),
    /// Show what a key used in the last 30 days.
    Usage { id: String },
}

impl KeyCommand {
    pub(super) async fn run(self, session: &CliSession, output: Printer) -> anyhow::Result<()> {
        match self {
            Self::Create(arguments) => arguments.run(session, output).await,
            Self::List { account } => show::list(session, output, &account.into()).await,
            Self::CheckFormat(check) => check.run(output),
            Self::Show { id } => show::show(session, output, &id.into()).await,
            Self::Usage { id } => show::usage(session, output, &id.into()).await,
            Self::Revoke { id } => revoke(session, output, &id.into()).await,
            Self::Freeze { id, because } => freeze(session, output, &id.into(), &because).await,
            Self::Release { id } => release(session, output, &id.into()).await,
            Self::Regenerate { id, grace } => regenerate(session, output, &id.into(), &grace).await,
        }
    }
}

async fn revoke(session: &CliSession, output: Printer, id: &ApiKeyId) -> anyhow::Result<()> {
    let key = api_keys::get_for_operator(&session.db, id)
        .await
        .with_context(|| id.to_string())?;
    session
        .commands()
        .revoke_api_key(&key.account_id, id)
        .await?;
    output.object(&json!({ "id": id.as_str(), "status": "revoked" }));
    Ok(())
}

async fn freeze(
    session: &CliSession,
    output: Printer,
    id: &ApiKeyId,
    because: &str,
) -> anyhow::Result<()> {
    let kind = KeyEventKind::parse(because).with_context(|| {
        let known = KeyEventKind::ALL.map(KeyEventKind::as_str).join(", ");
        format!("--because: there is no {because:?}; there are {known}")
    })?;
    let key = api_keys::get_for_operator(&session.db, id)
        .await
        .with_context(|| id.to_string())?;
    let noticed = NewKeyEvent {
        account_id: key.account_id,
        api_key_id: id.clone(),
        kind,
        action: Some(KeyEventAction::Frozen),
        facts: json!({ "by": "operator" }),
        unless_since_ms: None,
        unless_facts: None,
    };
    session.commands().record_key_event(noticed).await?;
    let key = api_keys::get_for_operator(&session.db, id).await?;
    let quarantine = key.quarantine.map(|quarantine| quarantine.state.as_str());
    output.object(&json!({ "id": id.as_str(), "quarantine": quarantine }));
    Ok(())
}

async fn release(session: &CliSession, output: Printer, id: &ApiKeyId) -> anyhow::Result<()> {
    let key = api_keys::get_for_operator(&session.db, id)
        .await
        .with_context(|| id.to_string())?;
    session
        .commands()
        .release_api_key(&key.account_id, id)
        .await?;
    output.object(&json!({ "id": id.as_str(), "quarantine": null }));
    Ok(())
}

async fn regenerate(
    session: &CliSession,
    output: Printer,
    id: &ApiKeyId,
    grace: &str,
) -> anyhow::Result<()> {
    let key = api_keys::get_for_operator(&session.db, id)
        .await
        .with_context(|| id.to_string())?;
    let grace_ms = create::duration_ms(grace).context("--grace")?;
    let old_ends_at_ms = session.clock.now_ms() + grace_ms;
    let commands = session.commands();
    let (_, secret) = commands
        .regenerate_api_key(&key.account_id, id, grace_ms)
        .await?;
    output.object(&json!({
        "id": id.as_str(),
        "key": secret.reveal(),
        "hint": secret.hint(),
        "old_secret_ends_at_ms": old_ends_at_ms,
    }));
    Ok(())
}
