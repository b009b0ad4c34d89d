//! Links that work once. Their secret is in the part of the address that browsers do not send.

use store::UserId;
use store::audit_log::Subject;
use store::invites::Invite;
use store::one_time_links::{self, LinkKind, NewLink};
use store::secret::{PlainKey, SecretKind};
use store::sessions;
use store::users::{self, PasswordHash, User};

use super::sessions::user_note;
use super::sign_up::PendingSignUp;
use super::{CommandError, Commands, NewPerson, Note};
use crate::mail::RESET_LINK_MS;

const HOUR_MS: i64 = 3_600_000;
/// The lifetime of the first operator's link.
const FIRST_OPERATOR_MS: i64 = 24 * HOUR_MS;
/// The lifetime of a link that confirms an address at sign-up.
const SIGN_UP_MS: i64 = 24 * HOUR_MS;
/// The lifetime of a reset link from an operator.
const RESET_MS: i64 = 24 * HOUR_MS;

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

impl Commands<'_> {
    /// Makes a link by which somebody becomes the first operator; `None` when there is an operator. Each
    /// server that starts makes one; when one is used, the others are worth nothing.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn create_first_operator_link(&self) -> Result<Option<MadeLink>, CommandError> {
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

    /// The purpose of a link that was given out, and its user, if it could be used now.
    ///
    /// # Errors
    /// [`CommandError::InvalidLink`] if it could not.
    pub(crate) async fn open_link(
        &self,
        token: &str,
    ) -> Result<(LinkKind, Option<UserId>), CommandError> {
        if !SecretKind::Link.is_shape_of(token) {
            return Err(CommandError::InvalidLink);
        }
        let digest = self.master.pepper().digest(token);
        let found = one_time_links::find_open(self.db, digest, self.clock.now_ms()).await?;
        found.ok_or(CommandError::InvalidLink)
    }

    /// Makes a link by which a user chooses a new password, for an operator to hand over.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn create_reset_link(&self, user: &User) -> Result<MadeLink, CommandError> {
        let note = user_note(user, "user.reset_link_created");
        self.create_link(
            LinkKind::PasswordReset,
            Some(&user.id),
            None,
            RESET_MS,
            Some(note),
        )
        .await
    }

    /// Makes the same link for a mail to the user, who asked for it.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub(crate) async fn create_mailed_reset_link(
        &self,
        user: &User,
    ) -> Result<MadeLink, CommandError> {
        let kind = LinkKind::MailedPasswordReset;
        self.create_link(kind, Some(&user.id), None, RESET_LINK_MS.into(), None)
            .await
    }

    /// Makes the link that finishes a sign-up: what it brings about waits in it.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub(crate) async fn create_sign_up_link(
        &self,
        person: &NewPerson,
        invite: Option<&Invite>,
    ) -> Result<MadeLink, CommandError> {
        let payload = PendingSignUp::of(person, invite).to_text();
        self.create_link(LinkKind::SignUp, None, Some(payload), SIGN_UP_MS, None)
            .await
    }

    /// Gives a user the password that they chose by a link. All their sessions end.
    ///
    /// # Errors
    /// If the link is no good.
    pub(crate) async fn reset_password(
        &self,
        token: &str,
        kind: LinkKind,
        hash: &PasswordHash,
    ) -> Result<User, CommandError> {
        let digest = self.master.pepper().digest(token);
        let now_ms = self.clock.now_ms();
        let mut tx = self.db.begin().await?;
        let link = one_time_links::take(&mut tx, kind, digest, now_ms).await?;
        let id = link.and_then(|link| link.user_id);
        let id = id.ok_or(CommandError::InvalidLink)?;
        users::update_password(&mut tx, &id, hash, now_ms).await?;
        if kind == LinkKind::MailedPasswordReset {
            users::confirm_email(&mut tx, &id, now_ms).await?;
        }
        for kind in [LinkKind::PasswordReset, LinkKind::MailedPasswordReset] {
            one_time_links::end_all(&mut tx, kind, &id, now_ms).await?;
        }
        sessions::end_all(&mut tx, &id, None, now_ms).await?;
        let user = users::get_user(self.db, &id).await?;
        let actor = self.as_user(&user);
        let note = user_note(&user, "user.password_reset");
        self.by(&actor).note(&mut tx, note).await?;
        self.commit(tx).await?;
        Ok(user)
    }

    /// Makes a link, in place of those that the same user had for the same.
    pub(super) async fn create_link(
        &self,
        kind: LinkKind,
        user_id: Option<&UserId>,
        payload: Option<String>,
        lasts_ms: i64,
        note: Option<Note<'_>>,
    ) -> Result<MadeLink, CommandError> {
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
        self.commit(tx).await?;
        Ok(made)
    }
}
