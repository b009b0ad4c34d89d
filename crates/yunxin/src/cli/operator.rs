//! `operator`.

use anyhow::bail;
use clap::Subcommand;
use control::Time;
use serde_json::json;

use super::output::Printer;
use super::session::CliSession;

#[derive(Debug, Subcommand)]
pub(super) enum OperatorCommand {
    /// Print the one-time link by which the first operator signs up.
    Link,
}

impl OperatorCommand {
    pub(super) async fn run(self, session: &CliSession, output: Printer) -> anyhow::Result<()> {
        match self {
            Self::Link => {
                let Some((link, expires_at_ms)) = first_operator_link(session).await? else {
                    bail!(
                        "there is an operator already; `yunxin user list` shows who, `yunxin user reset-link EMAIL` gives them a new password"
                    );
                };
                output
                    .object(&json!({ "link": link, "expires_at": Time(expires_at_ms).to_text() }));
            }
        }
        Ok(())
    }
}

/// The link by which the first operator signs up, and when it ends; `None` when there is an operator.
pub(super) async fn first_operator_link(
    session: &CliSession,
) -> anyhow::Result<Option<(String, i64)>> {
    let made = session.commands().create_first_operator_link().await?;
    Ok(made.map(|made| {
        let link = made.address(&base_url(session), "first-operator");
        (link, made.expires_at_ms)
    }))
}

/// The public address of the server, as far as the configuration says.
pub(super) fn base_url(session: &CliSession) -> String {
    let configured = session.config.accounts.public_url();
    configured.map_or_else(
        || format!("http://{}", session.config.server.listen),
        str::to_owned,
    )
}
