//! Users: people who sign in.

use crate::db::{Db, Row, Tx};
use crate::error::StoreError;
use crate::id::UserId;

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    /// In lower case.
    pub email: String,
    pub name: String,
    pub status: UserStatus,
    /// Whether they run the platform.
    pub is_operator: bool,
    pub has_password: bool,
    /// Whether a second factor is in force.
    pub has_two_factor: bool,
    /// `None`: whatever their browser prefers.
    pub language: Option<String>,
    /// `light`, `dark` or `system`.
    pub theme: String,
    pub notifies_rotation: bool,
    pub notifies_security: bool,
    pub email_confirmed_at_ms: Option<i64>,
    pub created_at_ms: i64,
    pub last_signed_in_at_ms: Option<i64>,
}

/// Whether a user may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserStatus {
    Active,
    Disabled,
}

impl UserStatus {
    /// The word in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }

    fn parse(text: &str) -> Result<Self, StoreError> {
        match text {
            "active" => Ok(Self::Active),
            "disabled" => Ok(Self::Disabled),
            other => Err(StoreError::Corrupt {
                table: "users",
                detail: format!("status {other:?}"),
            }),
        }
    }
}

/// A user to be added.
#[derive(Debug, Clone)]
pub struct NewUser {
    pub id: UserId,
    /// In lower case.
    pub email: String,
    pub name: String,
    pub is_operator: bool,
    /// In PHC form.
    pub password_hash: Option<String>,
    pub email_confirmed_at_ms: Option<i64>,
    pub created_at_ms: i64,
}

/// Adds a user.
///
/// # Errors
/// [`StoreError::Conflict`] when the address has a user.
pub async fn insert(tx: &mut Tx, user: &NewUser) -> Result<(), StoreError> {
    let values = vec![
        user.id.as_str().into(),
        user.email.clone().into(),
        user.name.clone().into(),
        user.is_operator.into(),
        user.password_hash.clone().into(),
        user.email_confirmed_at_ms.into(),
        user.created_at_ms.into(),
    ];
    tx.execute(
        "INSERT INTO users (id, email, name, status, is_operator, password_hash, notifies_rotation,
            notifies_security, email_confirmed_at_ms, created_at_ms)
         VALUES ($1, $2, $3, 'active', $4, $5, TRUE, TRUE, $6, $7)",
        values,
    )
    .await
    .map(drop)
}

/// The user, or an error when there is none.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn get_user(db: &Db, id: &UserId) -> Result<User, StoreError> {
    let sql = "SELECT * FROM users WHERE id = $1";
    let row = db.fetch_optional(sql, vec![id.as_str().into()]).await?;
    User::from_row(&row.ok_or(NO_USER)?)
}

/// The user with this address, which must be in lower case.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_by_email(db: &Db, email: &str) -> Result<Option<User>, StoreError> {
    let sql = "SELECT * FROM users WHERE email = $1";
    let row = db.fetch_optional(sql, vec![email.into()]).await?;
    row.as_ref().map(User::from_row).transpose()
}

/// How many users run the platform and may sign in.
///
/// # Errors
/// When the database cannot be read.
pub async fn count_operators(db: &Db) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(*) AS n FROM users WHERE is_operator = TRUE AND status = 'active'";
    db.fetch_one(sql, vec![]).await?.count("n")
}

const NO_USER: StoreError = StoreError::NotFound { what: "the user" };

impl User {
    pub(crate) fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text("id")?.into(),
            email: row.text("email")?,
            name: row.text("name")?,
            status: UserStatus::parse(&row.text("status")?)?,
            is_operator: row.bool("is_operator")?,
            has_password: row.opt_text("password_hash")?.is_some(),
            has_two_factor: row.opt_int("totp_confirmed_at_ms")?.is_some(),
            language: row.opt_text("language")?,
            theme: row.text("theme")?,
            notifies_rotation: row.bool("notifies_rotation")?,
            notifies_security: row.bool("notifies_security")?,
            email_confirmed_at_ms: row.opt_int("email_confirmed_at_ms")?,
            created_at_ms: row.int("created_at_ms")?,
            last_signed_in_at_ms: row.opt_int("last_signed_in_at_ms")?,
        })
    }
}
