//! `restore-fence`.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use gateway::rights_record;
use gateway::rights_record::RightsRecord;
use serde_json::json;

use super::output::Printer;
use super::session::CliSession;

/// After a backup was restored: take away again what was taken since it was made.
#[derive(Debug, Args)]
pub(super) struct RestoreFence {
    /// A record of revocations from another data folder (revocations-….jsonl), instead of the one in this.
    #[arg(long, value_name = "FILE", conflicts_with = "everything")]
    record: Option<PathBuf>,
    /// Without a record: suspend every account, revoke every management key, end all sessions and links.
    #[arg(long, requires = "yes")]
    everything: bool,
    /// Yes, everything.
    #[arg(long)]
    yes: bool,
}

impl RestoreFence {
    pub(super) async fn run(self, session: &CliSession, output: Printer) -> anyhow::Result<()> {
        if self.everything {
            return suspend_everything(session, output).await;
        }
        let behind = match &self.record {
            Some(path) => rights_record::find_behind(path, &session.db).await?,
            None => own_record(session).await?.find_behind(&session.db).await?,
        };
        let Some(behind) = behind else {
            output.object(&json!({ "is_behind": false }));
            output.text(
                "The database knows everything that the record knows. If it was restored on a machine without the record \
                 of the one before, give that by --record FILE; if there is none, see `yunxin restore-fence --help`.",
            );
            return Ok(());
        };
        let now_ms = session.clock.now_ms();
        let fenced = behind.enforce(&session.db, &session.actor, now_ms).await?;
        session.wait_until_applied(fenced.seq).await?;
        output.object(&json!({
            "is_behind": true,
            "rights": fenced.rights,
            "links": fenced.links,
        }));
        Ok(())
    }
}

async fn own_record(session: &CliSession) -> anyhow::Result<RightsRecord> {
    let folder = &session.config.server.data_dir;
    let master_key = session.master.fingerprint();
    let record = RightsRecord::open_existing(folder, &session.db, master_key).await?;
    record.with_context(|| {
        format!(
            "there is no record of revocations of this database in {} (server.data_dir); give one by --record FILE, or see --help",
            folder.display()
        )
    })
}

async fn suspend_everything(session: &CliSession, output: Printer) -> anyhow::Result<()> {
    let suspended = session.commands().suspend_everything().await?;
    session.wait_until_applied(suspended.seq).await?;
    output.object(&json!({
        "accounts": suspended.accounts,
        "management_keys": suspended.management_keys,
        "sessions": suspended.sessions,
        "links": suspended.links,
    }));
    output.text(
        "Look at each account before `yunxin account resume ID`: keys that were revoked after the backup work again then.",
    );
    Ok(())
}
