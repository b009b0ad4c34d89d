//! Users who sign in through a provider: who is known, who is linked, who is new.

use serde_json::json;
use store::identities::{self, Identity};
use store::users::{self, User, UserStatus};
use store::{StoreError, Tx, invites};

use super::sessions::user_note;
use super::{Browser, CommandError, Commands, NewPerson, NewSession, Note, checked_email};
use crate::config::SignUp;
use crate::sign_in_providers::ProviderPerson;
use gateway::invisible::is_invisible;

const NAME_CHARS_MAX: usize = 100;

/// The outcome of a sign-in through a provider of identities.
#[derive(Debug)]
pub(crate) enum ProviderSignIn {
    SignedIn(Box<NewSession>),
    /// The code of the reason.
    Refused(&'static str),
}

impl Commands<'_> {
    /// Signs in whom a provider knows: a user who is linked; one who has the same address, if both the provider
    /// and we have seen that it is theirs; or somebody new, where people may sign up.
    ///
    /// # Errors
    /// If the database cannot be used.
    pub(crate) async fn sign_in_by_provider(
        &self,
        provider: &str,
        person: &ProviderPerson,
        browser: &Browser,
    ) -> Result<ProviderSignIn, CommandError> {
        let linked = identities::find_user(self.db, provider, &person.subject).await?;
        if let Some(id) = linked {
            let user = users::get_user(self.db, &id).await?;
            if user.status != UserStatus::Active {
                return Ok(ProviderSignIn::Refused("user_disabled"));
            }
            let begun = self.sign_in(user, browser).await?;
            return Ok(ProviderSignIn::SignedIn(Box::new(begun)));
        }
        let email = person.email.as_deref().filter(|_| person.is_email_verified);
        let Some(email) = email.and_then(|email| checked_email("email", email).ok()) else {
            return Ok(ProviderSignIn::Refused("email_not_verified"));
        };
        match users::find_by_email(self.db, &email).await? {
            Some(user) => self.link_and_sign_in(user, provider, person, browser).await,
            None => {
                self.sign_up_by_provider(email, provider, person, browser)
                    .await
            }
        }
    }

    async fn link_and_sign_in(
        &self,
        user: User,
        provider: &str,
        person: &ProviderPerson,
        browser: &Browser,
    ) -> Result<ProviderSignIn, CommandError> {
        if user.status != UserStatus::Active {
            return Ok(ProviderSignIn::Refused("user_disabled"));
        }
        // Whoever signed up with somebody else's address must not wait for them here; and whoever set up a
        // second factor says themselves that a provider may stand in for it.
        if user.email_confirmed_at_ms.is_none() || user.has_two_factor {
            return Ok(ProviderSignIn::Refused("link_needs_sign_in"));
        }
        let mut tx = self.db.begin().await?;
        self.insert_identity(&mut tx, &user, provider, person)
            .await?;
        let begun = self.begin_session(&mut tx, user, browser).await?;
        self.commit(tx).await?;
        Ok(ProviderSignIn::SignedIn(Box::new(begun)))
    }

    async fn sign_up_by_provider(
        &self,
        email: String,
        provider: &str,
        person: &ProviderPerson,
        browser: &Browser,
    ) -> Result<ProviderSignIn, CommandError> {
        let invite = match self.accounts.sign_up {
            SignUp::Closed => None,
            SignUp::Open | SignUp::Invite => {
                invites::find_open_for(self.db, &email, self.clock.now_ms()).await?
            }
        };
        if self.accounts.sign_up != SignUp::Open && invite.is_none() {
            return Ok(ProviderSignIn::Refused("sign_up_closed"));
        }
        self.require_sign_up_tier().await?;
        let name = person.name.as_deref().unwrap_or_default();
        let new = NewPerson {
            email,
            name: printable(name),
            password_hash: None,
            is_email_confirmed: true,
        };
        let mut tx = self.db.begin().await?;
        let invite = invite.map(|invite| invite.id);
        let user = self.insert_newcomer(&mut tx, new, invite.as_ref()).await?;
        self.insert_identity(&mut tx, &user, provider, person)
            .await?;
        let begun = self.begin_session(&mut tx, user, browser).await?;
        self.commit(tx).await?;
        Ok(ProviderSignIn::SignedIn(Box::new(begun)))
    }

    /// Links a user who is signed in with whom a provider knows; `false` when that is somebody else's already.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub(crate) async fn link_provider(
        &self,
        user: &User,
        provider: &str,
        person: &ProviderPerson,
    ) -> Result<bool, CommandError> {
        if let Some(id) = identities::find_user(self.db, provider, &person.subject).await? {
            return Ok(id == user.id);
        }
        let mut tx = self.db.begin().await?;
        match self.insert_identity(&mut tx, user, provider, person).await {
            Err(CommandError::Store(StoreError::Conflict { .. })) => return Ok(false),
            inserted => inserted?,
        }
        self.commit(tx).await?;
        Ok(true)
    }

    /// Unlinks a user from a provider, if they can still sign in without it.
    ///
    /// # Errors
    /// If they could not, are not linked, or the database cannot be written.
    pub(crate) async fn unlink_provider(
        &self,
        user: &User,
        provider: &str,
    ) -> Result<(), CommandError> {
        let linked = identities::list(self.db, &user.id).await?;
        if !linked.iter().any(|identity| identity.provider == provider) {
            return Err(StoreError::NotFound { what: "provider" }.into());
        }
        let mut tx = self.db.begin().await?;
        if !identities::delete_unless_last(&mut tx, &user.id, provider).await? {
            return Err(CommandError::conflict(
                "last_sign_in",
                "This is the only way you sign in. Choose a password first, under Settings, Security.",
            ));
        }
        let note = Note {
            before: Some(json!({ "provider": provider })),
            ..user_note(user, "user.provider_unlinked")
        };
        self.note(&mut tx, note).await?;
        self.commit(tx).await?;
        Ok(())
    }

    async fn insert_identity(
        &self,
        tx: &mut Tx,
        user: &User,
        provider: &str,
        person: &ProviderPerson,
    ) -> Result<(), CommandError> {
        let identity = Identity {
            provider: provider.to_owned(),
            subject: person.subject.clone(),
            user_id: user.id.clone(),
            created_at_ms: self.clock.now_ms(),
        };
        identities::insert(tx, &identity).await?;
        let note = Note {
            after: Some(json!({ "provider": provider })),
            ..user_note(user, "user.provider_linked")
        };
        let actor = self.as_user(user);
        self.by(&actor).note(tx, note).await
    }
}

/// The name that a provider gives, as far as it can be shown.
fn printable(name: &str) -> String {
    let letters = name
        .trim()
        .chars()
        .filter(|letter| !letter.is_control() && !is_invisible(*letter));
    letters.take(NAME_CHARS_MAX).collect()
}
