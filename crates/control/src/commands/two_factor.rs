//! Second factors of users.

use store::Tx;
use store::second_factors::{self, Totp};
use store::secret::PlainKey;
use store::sessions::{self, Session};
use store::users::User;
use zeroize::Zeroizing;

use super::sessions::user_note;
use super::{CommandError, Commands};
use crate::two_factor::{
    TypedCode, new_recovery_codes, new_secret, recovery_text, sealing_place, step_of,
};

impl Commands<'_> {
    /// Gives a user a secret for their app. It is not in force before a first code of it is right.
    ///
    /// # Errors
    /// If a second factor is in force.
    pub(crate) async fn begin_two_factor(
        &self,
        user: &User,
    ) -> Result<Zeroizing<String>, CommandError> {
        if user.has_two_factor {
            let message = "Two-factor authentication is on. Turn it off first.";
            return Err(CommandError::conflict("two_factor_on", message));
        }
        let secret = new_secret()?;
        let sealed = self.master.seal(&sealing_place(&user.id), &secret)?;
        let mut tx = self.db.begin().await?;
        second_factors::begin_totp(&mut tx, &user.id, &sealed).await?;
        self.commit(tx).await?;
        Ok(secret)
    }

    /// Puts the secret of a user in force, ends their other sessions and gives this one another secret.
    /// Returns the recovery codes, which are shown once.
    ///
    /// # Errors
    /// If the code is wrong ([`CommandError::WrongCode`]), or there is nothing to confirm.
    pub(crate) async fn confirm_two_factor(
        &self,
        user: &User,
        session: &Session,
        code: &str,
    ) -> Result<(Vec<String>, PlainKey), CommandError> {
        let totp = second_factors::find_totp(self.db, &user.id).await?;
        let Some(totp) = totp.filter(|totp| !totp.is_confirmed) else {
            let message = "There is nothing to confirm. Begin with a new secret.";
            return Err(CommandError::conflict("two_factor_not_begun", message));
        };
        let TypedCode::App(code) = TypedCode::read(code) else {
            return Err(CommandError::WrongCode);
        };
        let mut tx = self.db.begin().await?;
        self.use_app_code(&mut tx, user, &totp, &code).await?;
        let now_ms = self.clock.now_ms();
        second_factors::confirm_totp(&mut tx, &user.id, now_ms).await?;
        let codes = self.replace_recovery_codes(&mut tx, user).await?;
        sessions::end_all(&mut tx, &user.id, Some(&session.id), now_ms).await?;
        let secret = self.renew_session(&mut tx, session).await?;
        self.note(&mut tx, user_note(user, "user.two_factor_enabled"))
            .await?;
        self.commit(tx).await?;
        Ok((codes, secret))
    }

    /// Uses up a code of a user: of their app, or a recovery code.
    ///
    /// # Errors
    /// [`CommandError::WrongCode`] if it is wrong or was used.
    pub(crate) async fn use_second_factor(
        &self,
        user: &User,
        code: &str,
    ) -> Result<(), CommandError> {
        let mut tx = self.db.begin().await?;
        self.take_second_factor(&mut tx, user, code).await?;
        self.commit(tx).await
    }

    /// Turns the second factor of a user off.
    ///
    /// # Errors
    /// [`CommandError::WrongCode`] if the code is wrong or was used.
    pub(crate) async fn disable_two_factor(
        &self,
        user: &User,
        code: &str,
    ) -> Result<(), CommandError> {
        let mut tx = self.db.begin().await?;
        self.take_second_factor(&mut tx, user, code).await?;
        second_factors::clear(&mut tx, &user.id).await?;
        self.note(&mut tx, user_note(user, "user.two_factor_disabled"))
            .await?;
        self.commit(tx).await
    }

    /// Gives a user new recovery codes in place of those that they have.
    ///
    /// # Errors
    /// [`CommandError::WrongCode`] if the code is wrong or was used.
    pub(crate) async fn renew_recovery_codes(
        &self,
        user: &User,
        code: &str,
    ) -> Result<Vec<String>, CommandError> {
        let mut tx = self.db.begin().await?;
        self.take_second_factor(&mut tx, user, code).await?;
        let codes = self.replace_recovery_codes(&mut tx, user).await?;
        self.note(&mut tx, user_note(user, "user.recovery_codes_renewed"))
            .await?;
        self.commit(tx).await?;
        Ok(codes)
    }

    /// Takes the second factor from a user who has lost it. Their sessions end.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn remove_two_factor(&self, user: &User) -> Result<(), CommandError> {
        let mut tx = self.db.begin().await?;
        second_factors::clear(&mut tx, &user.id).await?;
        sessions::end_all(&mut tx, &user.id, None, self.clock.now_ms()).await?;
        self.note(&mut tx, user_note(user, "user.two_factor_removed"))
            .await?;
        self.commit(tx).await
    }

    async fn take_second_factor(
        &self,
        tx: &mut Tx,
        user: &User,
        code: &str,
    ) -> Result<(), CommandError> {
        let totp = second_factors::find_totp(self.db, &user.id).await?;
        let Some(totp) = totp.filter(|totp| totp.is_confirmed) else {
            let message = "Two-factor authentication is off.";
            return Err(CommandError::conflict("two_factor_off", message));
        };
        match TypedCode::read(code) {
            TypedCode::App(code) => self.use_app_code(tx, user, &totp, &code).await,
            TypedCode::Recovery(code) => self.use_recovery_code(tx, user, &code).await,
        }
    }

    async fn use_app_code(
        &self,
        tx: &mut Tx,
        user: &User,
        totp: &Totp,
        code: &str,
    ) -> Result<(), CommandError> {
        let secret = self.master.open(&sealing_place(&user.id), &totp.sealed)?;
        let step = step_of(&secret, code, self.clock.now_ms());
        let step = step.ok_or(CommandError::WrongCode)?;
        if second_factors::use_totp_step(tx, &user.id, step).await? {
            Ok(())
        } else {
            Err(CommandError::WrongCode)
        }
    }

    async fn use_recovery_code(
        &self,
        tx: &mut Tx,
        user: &User,
        code: &str,
    ) -> Result<(), CommandError> {
        let text = recovery_text(&user.id, code);
        let digest = self.master.pepper().digest(&text);
        if !second_factors::take(tx, &user.id, digest, self.clock.now_ms()).await? {
            return Err(CommandError::WrongCode);
        }
        let actor = self.as_user(user);
        self.by(&actor)
            .note(tx, user_note(user, "user.recovery_code_used"))
            .await
    }

    async fn replace_recovery_codes(
        &self,
        tx: &mut Tx,
        user: &User,
    ) -> Result<Vec<String>, CommandError> {
        let codes = new_recovery_codes()?;
        let digest = |code: &String| match TypedCode::read(code) {
            TypedCode::App(code) | TypedCode::Recovery(code) => {
                let text = recovery_text(&user.id, &code);
                self.master.pepper().digest(&text)
            }
        };
        let digests: Vec<_> = codes.iter().map(digest).collect();
        second_factors::replace(tx, &user.id, &digests).await?;
        Ok(codes)
    }
}
