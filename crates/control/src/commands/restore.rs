//! The fence of a restored database: what was revoked after the backup is enforced.

use gateway::rights_record;
use serde_json::json;
use store::auth_log::{self, AuthChange};
use store::rights;

use super::{CommandError, Commands, Note};

/// The things that were suspended where no record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suspended {
    pub accounts: u64,
    pub management_keys: u64,
    pub sessions: u64,
    pub links: u64,
    /// The line of the auth log that tells running servers.
    pub seq: i64,
}

impl Commands<'_> {
    /// Suspends every account, revokes every management key and ends all sessions and links: for a database that was
    /// restored where there is no record of what was revoked since.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn suspend_everything(&self) -> Result<Suspended, CommandError> {
        let now_ms = self.clock.now_ms();
        let mut tx = self.db.begin().await?;
        let (accounts, management_keys) = rights::suspend_everything(&mut tx, now_ms).await?;
        let sessions = rights::end_sessions(&mut tx, now_ms).await?;
        let links = rights::end_links(&mut tx, now_ms).await?;
        let seq = auth_log::append(&mut tx, &AuthChange::Unknown, now_ms).await?;
        let after = json!({ "accounts": accounts, "management_keys": management_keys, "sessions": sessions, "links": links });
        let note = Note {
            account_id: None,
            action: "database.suspended",
            subject: rights_record::subject(),
            before: None,
            after: Some(after),
        };
        self.note(&mut tx, note).await?;
        tx.commit().await?;
        Ok(Suspended {
            accounts,
            management_keys,
            sessions,
            links,
            seq,
        })
    }
}
