//! Beginning and ending sessions.

use serde_json::json;
use store::audit_log::{Actor, Subject};
use store::secret::{PlainKey, SecretKind};
use store::sessions::{self, Session};
use store::users::{self, User};
use store::{SessionId, StoreError, Tx, UserId};

use super::{CommandError, Commands, Note};

/// From where, and by what, a session is begun.
#[derive(Debug, Clone)]
pub struct Browser {
    pub address: String,
    pub agent: String,
    /// The session that goes on in it, which ends when another one begins there.
    pub session: Option<(UserId, SessionId)>,
}

/// A session that was just begun, with the secret of its cookie.
#[derive(Debug)]
pub struct NewSession {
    pub user: User,
    pub session: Session,
    pub secret: PlainKey,
}

impl<'a> Commands<'a> {
    /// These commands, made by `actor`.
    pub(super) fn by<'b>(&self, actor: &'b Actor) -> Commands<'b>
    where
        'a: 'b,
    {
        Commands { actor, ..*self }
    }

    /// As whom the audit log knows `user`, at the address of whoever acts now.
    pub(super) fn as_user(&self, user: &User) -> Actor {
        Actor {
            kind: "user",
            id: user.id.to_string(),
            label: user.email.clone(),
            address: self.actor.address.clone(),
        }
    }

    /// Begins a session of a user who has shown who they are.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn sign_in(&self, user: User, browser: &Browser) -> Result<NewSession, CommandError> {
        let mut tx = self.db.begin().await?;
        let begun = self.begin_session(&mut tx, user, browser).await?;
        self.commit(tx).await?;
        Ok(begun)
    }

    /// Begins a session within a transaction.
    pub(super) async fn begin_session(
        &self,
        tx: &mut Tx,
        user: User,
        browser: &Browser,
    ) -> Result<NewSession, CommandError> {
        let now_ms = self.clock.now_ms();
        let secret = PlainKey::generate_for(SecretKind::Session)?;
        let session = Session {
            id: SessionId::generate(),
            user_id: user.id.clone(),
            created_at_ms: now_ms,
            last_seen_at_ms: now_ms,
            expires_at_ms: now_ms + self.accounts.session_max_ms(user.is_operator),
            address: browser.address.clone(),
            agent: browser.agent.clone(),
        };
        let digest = self.master.pepper().digest(secret.reveal());
        sessions::insert(tx, &session, digest).await?;
        // Nobody can end it from this browser any more: its cookie is replaced.
        if let Some((user_id, former)) = &browser.session {
            match sessions::end(tx, user_id, former, now_ms).await {
                Err(StoreError::NotFound { .. }) => {}
                ended => ended?,
            }
        }
        users::update_last_signed_in(tx, &user.id, now_ms).await?;
        let actor = self.as_user(&user);
        let note = session_note(&user, "user.signed_in", &session.id);
        self.by(&actor).note(tx, note).await?;
        Ok(NewSession {
            user,
            session,
            secret,
        })
    }

    /// Ends a session of a user.
    ///
    /// # Errors
    /// If they have no such session that goes on.
    pub(crate) async fn end_session(
        &self,
        user: &User,
        id: &SessionId,
    ) -> Result<(), CommandError> {
        let mut tx = self.db.begin().await?;
        sessions::end(&mut tx, &user.id, id, self.clock.now_ms()).await?;
        self.note(&mut tx, session_note(user, "session.ended", id))
            .await?;
        self.commit(tx).await
    }

    /// Ends all sessions of a user but this one.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub(crate) async fn end_other_sessions(
        &self,
        user: &User,
        but: &SessionId,
    ) -> Result<(), CommandError> {
        let mut tx = self.db.begin().await?;
        let ended = sessions::end_all(&mut tx, &user.id, Some(but), self.clock.now_ms()).await?;
        if ended == 0 {
            return Ok(());
        }
        let note = Note {
            after: Some(json!({ "ended": ended })),
            ..user_note(user, "session.others_ended")
        };
        self.note(&mut tx, note).await?;
        self.commit(tx).await
    }

    /// Gives a session another secret, because of what its user may do now or has just proven; returns it.
    pub(super) async fn renew_session(
        &self,
        tx: &mut Tx,
        session: &Session,
    ) -> Result<PlainKey, CommandError> {
        let secret = PlainKey::generate_for(SecretKind::Session)?;
        let digest = self.master.pepper().digest(secret.reveal());
        sessions::update_digest(tx, &session.id, digest).await?;
        Ok(secret)
    }
}

fn session_note(user: &User, action: &'static str, id: &SessionId) -> Note<'static> {
    Note {
        after: Some(json!({ "session": id.as_str() })),
        ..user_note(user, action)
    }
}

/// An entry about a user, which is no account's.
pub(super) fn user_note(user: &User, action: &'static str) -> Note<'static> {
    Note {
        account_id: None,
        action,
        subject: Subject {
            kind: "user",
            id: user.id.to_string(),
            label: user.email.clone(),
        },
        before: None,
        after: None,
    }
}
