//! Profiles that users change, and rights that operators change.

use serde_json::{Map, Value, json};
use store::UserId;
use store::secret::PlainKey;
use store::sessions::{self, Session};
use store::users::{self, PasswordHash, User, UserStatus};

use super::sessions::user_note;
use super::{CommandError, Commands, Note, checked_name};

/// The languages of the Dashboard.
const LANGUAGES: [&str; 3] = ["en", "zh-CN", "zh-TW"];
const THEMES: [&str; 3] = ["light", "dark", "system"];

/// An edit of a profile; `None` leaves a value.
#[derive(Debug, Clone, Default)]
pub(crate) struct ProfileEdit {
    pub name: Option<String>,
    pub language: Option<Option<String>>,
    pub theme: Option<String>,
    pub notifies_rotation: Option<bool>,
    pub notifies_security: Option<bool>,
}

impl Commands<'_> {
    /// Changes what a user chooses themselves.
    ///
    /// # Errors
    /// If a value cannot be taken.
    pub(crate) async fn edit_profile(
        &self,
        id: &UserId,
        edit: ProfileEdit,
    ) -> Result<User, CommandError> {
        let mut tx = self.begin_edit().await?;
        let before = users::get_user(self.db, id).await?;
        let mut user = before.clone();
        if let Some(name) = &edit.name {
            user.name = checked_name("name", name)?;
        }
        if let Some(language) = edit.language {
            if let Some(language) = &language {
                check_choice("language", language, &LANGUAGES)?;
            }
            user.language = language;
        }
        if let Some(theme) = edit.theme {
            check_choice("theme", &theme, &THEMES)?;
            user.theme = theme;
        }
        user.notifies_rotation = edit.notifies_rotation.unwrap_or(user.notifies_rotation);
        user.notifies_security = edit.notifies_security.unwrap_or(user.notifies_security);
        if user == before {
            return Ok(user);
        }
        users::update_profile(&mut tx, &user).await?;
        let (was, is) = difference(&before, &user);
        let note = Note {
            before: Some(was),
            after: Some(is),
            ..user_note(&user, "user.changed")
        };
        self.note(&mut tx, note).await?;
        self.commit(tx).await?;
        Ok(user)
    }

    /// Gives a user another password and ends their other sessions. This one gets a new secret.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub(crate) async fn change_password(
        &self,
        user: &User,
        session: &Session,
        hash: &PasswordHash,
    ) -> Result<PlainKey, CommandError> {
        let mut tx = self.db.begin().await?;
        let now_ms = self.clock.now_ms();
        users::update_password(&mut tx, &user.id, hash, now_ms).await?;
        sessions::end_all(&mut tx, &user.id, Some(&session.id), now_ms).await?;
        let secret = self.renew_session(&mut tx, session).await?;
        self.note(&mut tx, user_note(user, "user.password_changed"))
            .await?;
        self.commit(tx).await?;
        Ok(secret)
    }
}

/// An operator's edit of a user's rights; `None` leaves a value.
#[derive(Debug, Clone, Copy, Default)]
pub struct RightsEdit {
    pub is_operator: Option<bool>,
    pub status: Option<UserStatus>,
}

impl Commands<'_> {
    /// Changes a user's rights. Their sessions end: they sign in again.
    ///
    /// # Errors
    /// If there is no such user, or nobody would be left to run the platform.
    pub async fn edit_rights(&self, id: &UserId, edit: RightsEdit) -> Result<User, CommandError> {
        let mut tx = self.begin_edit().await?;
        let before = users::get_user(self.db, id).await?;
        let user = User {
            is_operator: edit.is_operator.unwrap_or(before.is_operator),
            status: edit.status.unwrap_or(before.status),
            ..before.clone()
        };
        if user == before {
            return Ok(user);
        }
        let now_ms = self.clock.now_ms();
        users::update_rights(&mut tx, &user, now_ms).await?;
        sessions::end_all(&mut tx, id, None, now_ms).await?;
        let rights = |user: &User| json!({ "is_operator": user.is_operator, "status": user.status.as_str() });
        let note = Note {
            before: Some(rights(&before)),
            after: Some(rights(&user)),
            ..user_note(&user, rights_action(&before, &user))
        };
        self.note(&mut tx, note).await?;
        let was_running = before.is_operator && before.status == UserStatus::Active;
        // After the entry in the audit log, which only one at a time can make.
        if was_running && users::count_operators_within(&mut tx).await? == 0 {
            let message = "This is the last operator. Make somebody else one first.";
            return Err(CommandError::conflict("last_operator", message));
        }
        self.commit(tx).await?;
        Ok(user)
    }
}

fn rights_action(before: &User, after: &User) -> &'static str {
    match (before.status, after.status) {
        (UserStatus::Active, UserStatus::Disabled) => "user.disabled",
        (UserStatus::Disabled, UserStatus::Active) => "user.enabled",
        _ => "user.rights_changed",
    }
}

fn check_choice(field: &'static str, value: &str, choices: &[&str]) -> Result<(), CommandError> {
    if choices.contains(&value) {
        return Ok(());
    }
    let message = format!("Choose one of {}.", choices.join(", "));
    Err(CommandError::invalid(field, message))
}

fn difference(before: &User, after: &User) -> (Value, Value) {
    let fields = |user: &User| {
        [
            ("name", Value::from(user.name.clone())),
            ("language", user.language.clone().into()),
            ("theme", user.theme.clone().into()),
            ("notifies_rotation", user.notifies_rotation.into()),
            ("notifies_security", user.notifies_security.into()),
        ]
    };
    let (mut was, mut is) = (Map::new(), Map::new());
    for ((name, old), (_, new)) in fields(before).into_iter().zip(fields(after)) {
        if old != new {
            was.insert(name.to_owned(), old);
            is.insert(name.to_owned(), new);
        }
    }
    (was.into(), is.into())
}
