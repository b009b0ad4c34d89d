//! The fence: what a record knows is enforced in a database that was restored from an older backup.

use serde_json::json;
use store::audit_log::{self, Actor, Change, Subject};
use store::auth_log::{self, AuthChange};
use store::{Db, StoreError, instance_metadata, rights};

use super::{Behind, FENCED_SEQ};

/// The rights that were enforced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fenced {
    /// Rights that were not as the record says.
    pub rights: u64,
    /// Links that work once, and are worthless now.
    pub links: u64,
    /// The line of the auth log that tells running servers.
    pub seq: i64,
}

impl Behind {
    /// Enforces what the record knows and the database does not, and ends all open links. What was granted since the
    /// backup is gone; what was taken since is taken.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn enforce(&self, db: &Db, actor: &Actor, now_ms: i64) -> Result<Fenced, StoreError> {
        let mut tx = db.begin().await?;
        // Numbers are not given twice: others may have records too.
        auth_log::skip_to(&mut tx, self.last_seq).await?;
        let mut changed = 0;
        for line in &self.lines {
            changed += rights::enforce(&mut tx, &line.rights, self.age, now_ms).await?;
        }
        let links = rights::end_links(&mut tx, now_ms).await?;
        instance_metadata::replace(&mut tx, FENCED_SEQ, &self.last_seq.to_string()).await?;
        let seq = auth_log::append(&mut tx, &AuthChange::Unknown, now_ms).await?;
        let change = Change {
            at_ms: now_ms,
            account_id: None,
            actor,
            action: "database.fenced",
            subject: subject(),
            before: None,
            after: Some(json!({ "rights": changed, "links": links })),
        };
        audit_log::append(&mut tx, &change).await?;
        tx.commit().await?;
        Ok(Fenced {
            rights: changed,
            links,
            seq,
        })
    }
}

/// A database that was restored, as the audit log names it.
pub fn subject() -> Subject {
    Subject {
        kind: "database",
        id: "database".to_owned(),
        label: "the database, after a restore".to_owned(),
    }
}
