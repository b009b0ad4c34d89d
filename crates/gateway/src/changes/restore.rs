//! What a database that was restored from a backup is told of the time since.

use serde_json::json;
use store::audit_log::Subject;
use store::auth_log::{self, AuthChange};
use store::rights;

use super::{ChangeError, Changes, Note};
use crate::rights_record::{self, Behind};

/// What was enforced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fenced {
    /// Rights that were not as the record says.
    pub rights: u64,
    /// Links that work once, and are worthless now.
    pub links: u64,
    /// The line of the auth log that tells running servers.
    pub seq: i64,
}

/// What was suspended where no record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suspended {
    pub accounts: u64,
    pub management_keys: u64,
    pub sessions: u64,
    pub links: u64,
    /// The line of the auth log that tells running servers.
    pub seq: i64,
}

impl Changes<'_> {
    /// Enforces what a record knows and the database does not, and ends all open links. What was granted since the backup
    /// is gone; what was taken since is taken.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn enforce_record(&self, behind: &Behind) -> Result<Fenced, ChangeError> {
        let now_ms = self.clock.now_ms();
        let mut tx = self.db.begin().await?;
        // Numbers are not given twice: others may have records too.
        auth_log::skip_to(&mut tx, behind.last_seq).await?;
        let mut changed = 0;
        for line in &behind.lines {
            changed += rights::enforce(&mut tx, &line.rights, behind.standing, now_ms).await?;
        }
        let links = rights::end_links(&mut tx, now_ms).await?;
        rights_record::note_fenced(&mut tx, behind.last_seq).await?;
        let seq = auth_log::append(&mut tx, &AuthChange::Unknown, now_ms).await?;
        let after = json!({ "rights": changed, "links": links });
        self.note(&mut tx, fence_note("database.fenced", after))
            .await?;
        tx.commit().await?;
        Ok(Fenced {
            rights: changed,
            links,
            seq,
        })
    }

    /// Suspends every account, revokes every management key and ends all sessions and links: for a database that was
    /// restored where there is no record of what was revoked since.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn suspend_everything(&self) -> Result<Suspended, ChangeError> {
        let now_ms = self.clock.now_ms();
        let mut tx = self.db.begin().await?;
        let (accounts, management_keys) = rights::suspend_everything(&mut tx, now_ms).await?;
        let sessions = rights::end_sessions(&mut tx, now_ms).await?;
        let links = rights::end_links(&mut tx, now_ms).await?;
        let seq = auth_log::append(&mut tx, &AuthChange::Unknown, now_ms).await?;
        let after = json!({ "accounts": accounts, "management_keys": management_keys, "sessions": sessions, "links": links });
        self.note(&mut tx, fence_note("database.suspended", after))
            .await?;
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

fn fence_note(action: &'static str, after: serde_json::Value) -> Note<'static> {
    Note {
        account_id: None,
        action,
        subject: Subject {
            kind: "database",
            id: "database".to_owned(),
            label: "the database, after a restore".to_owned(),
        },
        before: None,
        after: Some(after),
    }
}
