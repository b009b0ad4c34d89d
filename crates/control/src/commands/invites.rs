//! Inviting people into an account, or to sign up.

use serde_json::json;
use store::audit_log::Subject;
use store::invites::{self, Invite};
use store::members::{self, Role};
use store::secret::{PlainKey, SecretKind};
use store::users::{self, User};
use store::{AccountId, InviteId, StoreError, Tx};

use super::{CommandError, Commands, Note, checked_email};
use crate::config::SignUp;

/// The lifetime of an invite.
const INVITE_MS: i64 = 7 * 86_400_000;
/// Open invites of an account, or of the platform.
const OPEN_MAX: u64 = 200;

/// An invite to be made.
#[derive(Debug, Clone)]
pub(crate) struct NewInvite {
    /// `None`: to sign up with an account of one's own.
    pub account_id: Option<AccountId>,
    pub email: String,
    pub role: Role,
    /// The role of whoever invites.
    pub by: Role,
}

impl Commands<'_> {
    /// Invites somebody, in place of what was open for the same address.
    ///
    /// # Errors
    /// If they are there already, too many invites are open, or whoever invites may not.
    pub(crate) async fn create_invite(
        &self,
        new: NewInvite,
    ) -> Result<(Invite, PlainKey), CommandError> {
        let email = checked_email("email", &new.email)?;
        if new.role == Role::Owner && new.by < Role::Owner {
            return Err(CommandError::MissingRole(Role::Owner.as_str()));
        }
        self.require_newcomer(new.account_id.as_ref(), &email)
            .await?;
        let now_ms = self.clock.now_ms();
        let secret = PlainKey::generate_for(SecretKind::Link)?;
        let invite = Invite {
            id: InviteId::generate(),
            account_id: new.account_id,
            email,
            role: new.role,
            invited_by: self.actor.label.clone(),
            created_at_ms: now_ms,
            expires_at_ms: now_ms + INVITE_MS,
        };
        let (account_id, digest) = (
            invite.account_id.as_ref(),
            self.master.pepper().digest(secret.reveal()),
        );
        let mut tx = self.db.begin().await?;
        if let Some(account_id) = account_id {
            self.require_active(&mut tx, account_id).await?;
        }
        invites::end_for(&mut tx, account_id, &invite.email, now_ms).await?;
        invites::insert(&mut tx, &invite, digest).await?;
        self.note(&mut tx, invite_note(&invite, "invite.created"))
            .await?;
        if invites::count_open_within(&mut tx, account_id, now_ms).await? > OPEN_MAX {
            let message = format!("There are {OPEN_MAX} open invites. Revoke some first.");
            return Err(CommandError::conflict("too_many_invites", message));
        }
        self.commit(tx).await?;
        Ok((invite, secret))
    }

    async fn require_newcomer(
        &self,
        account_id: Option<&AccountId>,
        email: &str,
    ) -> Result<(), CommandError> {
        let Some(account_id) = account_id else {
            if self.accounts.sign_up == SignUp::Closed {
                let message = "Sign-up is closed (accounts.sign_up): nobody could use the invite.";
                return Err(CommandError::conflict("sign_up_closed", message));
            }
            if users::find_by_email(self.db, email).await?.is_some() {
                let message = "This e-mail address has a user already.";
                return Err(CommandError::conflict("email_taken", message));
            }
            return Ok(());
        };
        if members::has_email(self.db, account_id, email).await? {
            return Err(already_member());
        }
        Ok(())
    }

    /// Ends an open invite into an account (`None`: to sign up).
    ///
    /// # Errors
    /// If there is no such invite that is open.
    pub(crate) async fn revoke_invite(
        &self,
        account_id: Option<&AccountId>,
        id: &InviteId,
    ) -> Result<(), CommandError> {
        let mut tx = self.db.begin().await?;
        let invite = invites::revoke(&mut tx, account_id, id, self.clock.now_ms()).await?;
        self.note(&mut tx, invite_note(&invite, "invite.revoked"))
            .await?;
        self.commit(tx).await
    }

    /// The invite with this secret, if it can still be accepted.
    ///
    /// # Errors
    /// [`CommandError::InvalidLink`] if it cannot.
    pub(crate) async fn open_invite(&self, token: &str) -> Result<Invite, CommandError> {
        if !SecretKind::Link.is_shape_of(token) {
            return Err(CommandError::InvalidLink);
        }
        let digest = self.master.pepper().digest(token);
        let found = invites::find_open(self.db, digest, self.clock.now_ms()).await?;
        found.ok_or(CommandError::InvalidLink)
    }

    /// Has a user join the account that they are invited to.
    ///
    /// # Errors
    /// If the invite is no good, or for somebody else.
    pub(crate) async fn accept_invite(
        &self,
        user: &User,
        invite: &Invite,
    ) -> Result<(), CommandError> {
        if invite.email != user.email {
            let message = "The invite is for another e-mail address. Sign in with that one, or ask for an invite to yours.";
            return Err(CommandError::conflict("invite_for_another", message));
        }
        if invite.account_id.is_none() {
            let message = "The invite is to sign up, which you have done already.";
            return Err(CommandError::conflict("already_signed_up", message));
        }
        let mut tx = self.db.begin().await?;
        self.use_invite(&mut tx, user, &invite.id).await?;
        self.commit(tx).await
    }

    /// Uses an invite up: if it is to an account, the user is a member of it from now on. Returns which.
    pub(super) async fn use_invite(
        &self,
        tx: &mut Tx,
        user: &User,
        id: &InviteId,
    ) -> Result<Option<AccountId>, CommandError> {
        let now_ms = self.clock.now_ms();
        let taken = invites::take(tx, id, now_ms).await?;
        let invite = taken.ok_or(CommandError::InvalidLink)?;
        if let Some(account_id) = &invite.account_id {
            self.require_active(tx, account_id).await?;
            match members::insert(tx, account_id, &user.id, invite.role, now_ms).await {
                Err(StoreError::Conflict { .. }) => return Err(already_member()),
                inserted => inserted?,
            }
        }
        let actor = self.as_user(user);
        self.by(&actor)
            .note(tx, invite_note(&invite, "invite.accepted"))
            .await?;
        Ok(invite.account_id)
    }
}

fn already_member() -> CommandError {
    CommandError::conflict(
        "already_member",
        "They are a member of the account already.",
    )
}

fn invite_note<'a>(invite: &'a Invite, action: &'static str) -> Note<'a> {
    Note {
        account_id: invite.account_id.as_ref(),
        action,
        subject: Subject {
            kind: "invite",
            id: invite.id.to_string(),
            label: invite.email.clone(),
        },
        before: None,
        after: Some(json!({ "role": invite.role.as_str() })),
    }
}
