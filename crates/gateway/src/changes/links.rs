//! Links that work once. Their secret is in the part of the address that browsers do not send.

use store::UserId;
use store::audit_log::Subject;
use store::one_time_links::{self, LinkKind, NewLink};
use store::secret::{PlainKey, SecretKind};
use store::users;

use super::{ChangeError, Changes, Note};

const HOUR_MS: i64 = 3_600_000;
/// How long the first operator may take.
const FIRST_OPERATOR_MS: i64 = 24 * HOUR_MS;

/// A link that was just made.
#[derive(Debug)]
pub struct MadeLink {
    pub secret: PlainKey,
    pub expires_at_ms: i64,
}

impl MadeLink {
    /// The address that the link is, on a server at `base_url`.
    pub fn address(&self, base_url: &str, page: &str) -> String {
        format!("{base_url}/{page}#{}", self.secret.reveal())
    }
}

impl Changes<'_> {
    /// Makes a link by which somebody becomes the first operator; `None` when there is an operator. Each
    /// server that starts makes one; when one is used, the others are worth nothing.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn create_first_operator_link(&self) -> Result<Option<MadeLink>, ChangeError> {
        if users::count_operators(self.db).await? > 0 {
            return Ok(None);
        }
        let subject = Subject {
            kind: "platform",
            id: "platform".to_owned(),
            label: "platform".to_owned(),
        };
        let note = Note {
            account_id: None,
            action: "operator.link_created",
            subject,
            before: None,
            after: None,
        };
        let made = self
            .create_link(
                LinkKind::FirstOperator,
                None,
                None,
                FIRST_OPERATOR_MS,
                Some(note),
            )
            .await?;
        Ok(Some(made))
    }

    /// Whether a link that was given out could be used now.
    ///
    /// # Errors
    /// [`ChangeError::InvalidLink`] when not.
    pub async fn require_open_link(&self, kind: LinkKind, token: &str) -> Result<(), ChangeError> {
        if !SecretKind::Link.is_shape_of(token) {
            return Err(ChangeError::InvalidLink);
        }
        let digest = self.master.pepper().digest(token);
        let now_ms = self.clock.now_ms();
        if one_time_links::is_open(self.db, kind, digest, now_ms).await? {
            Ok(())
        } else {
            Err(ChangeError::InvalidLink)
        }
    }

    /// Makes a link, in place of those that the same user had for the same.
    pub(super) async fn create_link(
        &self,
        kind: LinkKind,
        user_id: Option<&UserId>,
        payload: Option<String>,
        lasts_ms: i64,
        note: Option<Note<'_>>,
    ) -> Result<MadeLink, ChangeError> {
        let now_ms = self.clock.now_ms();
        let made = MadeLink {
            secret: PlainKey::generate_for(SecretKind::Link)?,
            expires_at_ms: now_ms + lasts_ms,
        };
        let link = NewLink {
            kind,
            user_id: user_id.cloned(),
            payload,
            created_at_ms: now_ms,
            expires_at_ms: made.expires_at_ms,
        };
        let digest = self.master.pepper().digest(made.secret.reveal());
        let mut tx = self.db.begin().await?;
        if let Some(user_id) = user_id {
            one_time_links::end_all(&mut tx, kind, user_id, now_ms).await?;
        }
        one_time_links::insert(&mut tx, &link, digest).await?;
        if let Some(note) = note {
            self.note(&mut tx, note).await?;
        }
        tx.commit().await?;
        Ok(made)
    }
}
