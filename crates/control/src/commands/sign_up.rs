//! Sign-up, and the first operator by a link from the terminal.

use serde::{Deserialize, Serialize};
use serde_json::json;
use store::accounts::{self, Account, AccountStatus};
use store::invites::Invite;
use store::limit_override::LimitOverride;
use store::members::{self, Role};
use store::one_time_links::{self, LinkKind};
use store::users::{self, NewUser, PasswordHash, User};
use store::{AccountId, InviteId, StoreError, Tx, UserId, tiers};

use super::sessions::user_note;
use super::{Browser, CommandError, Commands, NewSession, Note, checked_email, checked_name};

/// A person who wants to become a user.
#[derive(Debug, Clone)]
pub(crate) struct NewPerson {
    pub email: String,
    pub name: String,
    /// `None` for those who sign in elsewhere.
    pub password_hash: Option<PasswordHash>,
    /// True if the address was shown to be theirs.
    pub is_email_confirmed: bool,
}

impl NewPerson {
    /// A person with an address and a name that can be taken.
    ///
    /// # Errors
    /// If they cannot.
    pub(crate) fn checked(email: &str, name: Option<&str>) -> Result<Self, CommandError> {
        Ok(Self {
            email: checked_email("email", email)?,
            name: match name.map(str::trim) {
                None | Some("") => String::new(),
                Some(name) => checked_name("name", name)?,
            },
            password_hash: None,
            is_email_confirmed: false,
        })
    }
}

/// A sign-up that waits for its address to be confirmed, as the link to it holds it.
#[derive(Serialize, Deserialize)]
pub(super) struct PendingSignUp {
    email: String,
    name: String,
    password_hash: Option<String>,
    invite: Option<String>,
}

impl PendingSignUp {
    pub(super) fn of(person: &NewPerson, invite: Option<&Invite>) -> Self {
        Self {
            email: person.email.clone(),
            name: person.name.clone(),
            password_hash: person.password_hash.clone().map(|hash| hash.0),
            invite: invite.map(|invite| invite.id.to_string()),
        }
    }

    pub(super) fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Commands<'_> {
    /// Makes the user of a sign-up whose address is confirmed by the link of its mail.
    ///
    /// # Errors
    /// If the link is no good, or the address has got a user meanwhile.
    pub(crate) async fn confirm_sign_up(&self, token: &str) -> Result<User, CommandError> {
        self.open_link(token).await?;
        self.require_sign_up_tier().await?;
        let digest = self.master.pepper().digest(token);
        let mut tx = self.db.begin().await?;
        let now_ms = self.clock.now_ms();
        let link = one_time_links::take(&mut tx, LinkKind::SignUp, digest, now_ms).await?;
        let payload = link.and_then(|link| link.payload);
        let payload = payload.ok_or(CommandError::InvalidLink)?;
        let pending: PendingSignUp =
            serde_json::from_str(&payload).map_err(|_| CommandError::InvalidLink)?;
        let person = NewPerson {
            email: pending.email,
            name: pending.name,
            password_hash: pending.password_hash.map(PasswordHash),
            is_email_confirmed: true,
        };
        let invite = pending.invite.map(InviteId::from);
        let user = self
            .insert_newcomer(&mut tx, person, invite.as_ref())
            .await?;
        self.commit(tx).await?;
        Ok(user)
    }

    /// A user in the account that they are invited to, or in one of their own.
    pub(super) async fn insert_newcomer(
        &self,
        tx: &mut Tx,
        person: NewPerson,
        invite: Option<&InviteId>,
    ) -> Result<User, CommandError> {
        let user = self.insert_user(tx, person, false).await?;
        let account_id = match invite {
            Some(id) => self.use_invite(tx, &user, id).await?,
            None => None,
        };
        if account_id.is_none() {
            self.insert_own_account(tx, &user).await?;
        }
        Ok(user)
    }

    /// Makes a user and signs them in. They join the account that they are invited to, or get their own.
    ///
    /// # Errors
    /// If the address has a user, or the invite is no good any more.
    pub(crate) async fn sign_up(
        &self,
        person: NewPerson,
        invite: Option<&Invite>,
        browser: &Browser,
    ) -> Result<NewSession, CommandError> {
        self.require_sign_up_tier().await?;
        let mut tx = self.db.begin().await?;
        let invite = invite.map(|invite| &invite.id);
        let user = self.insert_newcomer(&mut tx, person, invite).await?;
        let begun = self.begin_session(&mut tx, user, browser).await?;
        self.commit(tx).await?;
        Ok(begun)
    }

    /// Makes the user who runs the platform, by the link that the terminal showed.
    ///
    /// # Errors
    /// If the link is no good, or the address has a user.
    pub(crate) async fn create_first_operator(
        &self,
        token: &str,
        person: NewPerson,
        browser: &Browser,
    ) -> Result<NewSession, CommandError> {
        self.require_sign_up_tier().await?;
        let digest = self.master.pepper().digest(token);
        let mut tx = self.db.begin().await?;
        let now_ms = self.clock.now_ms();
        one_time_links::take(&mut tx, LinkKind::FirstOperator, digest, now_ms)
            .await?
            .ok_or(CommandError::InvalidLink)?;
        let user = self.insert_user(&mut tx, person, true).await?;
        // After the entry in the audit log, which only one at a time can make.
        if users::count_operators_within(&mut tx).await? > 1 {
            return Err(CommandError::InvalidLink);
        }
        self.insert_own_account(&mut tx, &user).await?;
        let begun = self.begin_session(&mut tx, user, browser).await?;
        self.commit(tx).await?;
        Ok(begun)
    }

    /// A link from which a new account would come must not fail because of the configuration.
    pub(super) async fn require_sign_up_tier(&self) -> Result<(), CommandError> {
        let id = &self.accounts.sign_up_tier;
        match tiers::get_tier(self.db, id).await {
            Err(StoreError::NotFound { .. }) => Err(CommandError::Misconfigured(format!(
                "accounts.sign_up_tier names the tier {id:?}, which does not exist"
            ))),
            found => Ok(found.map(drop)?),
        }
    }

    pub(super) async fn insert_user(
        &self,
        tx: &mut Tx,
        person: NewPerson,
        is_operator: bool,
    ) -> Result<User, CommandError> {
        let now_ms = self.clock.now_ms();
        let new = NewUser {
            id: UserId::generate(),
            email: person.email,
            name: person.name,
            is_operator,
            password_hash: person.password_hash,
            email_confirmed_at_ms: person.is_email_confirmed.then_some(now_ms),
            created_at_ms: now_ms,
        };
        let user = match users::insert(tx, &new).await {
            Err(StoreError::Conflict { .. }) => {
                let message =
                    "This e-mail address has a user already. Sign in, or reset the password.";
                return Err(CommandError::conflict("email_taken", message));
            }
            inserted => inserted?,
        };
        let note = Note {
            after: Some(json!({ "is_operator": is_operator })),
            ..user_note(&user, "user.created")
        };
        let actor = self.as_user(&user);
        self.by(&actor).note(tx, note).await?;
        Ok(user)
    }

    pub(super) async fn insert_own_account(
        &self,
        tx: &mut Tx,
        user: &User,
    ) -> Result<(), CommandError> {
        let now_ms = self.clock.now_ms();
        let account = Account {
            id: AccountId::generate(),
            email: user.email.clone(),
            name: user.name.clone(),
            tier_id: self.accounts.sign_up_tier.clone(),
            status: AccountStatus::Active,
            notes: String::new(),
            key_rotation_days: Some(accounts::KEY_ROTATION_DAYS),
            budgets: vec![],
            operator_budgets: None,
            limits: LimitOverride::default(),
            created_at_ms: now_ms,
        };
        accounts::insert(tx, &account).await?;
        members::insert(tx, &account.id, &user.id, Role::Owner, now_ms).await?;
        let actor = self.as_user(user);
        let note = super::accounts::created_note(&account);
        self.by(&actor).note(tx, note).await
    }
}
