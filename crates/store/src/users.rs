//! Users: people who sign in.

use std::fmt;

use crate::auth_log::{self, AuthChange};
use crate::db::{Db, Row, Tx};
use crate::error::StoreError;
use crate::id::{AccountId, UserId};
use crate::pattern;

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    /// In lower case.
    pub email: String,
    pub name: String,
    pub status: UserStatus,
    /// True if the user runs the platform.
    pub is_operator: bool,
    pub has_password: bool,
    /// True if a second factor is in force.
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

/// The status of a user, who may sign in or not.
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
    /// `None` for those who sign in elsewhere.
    pub password_hash: Option<PasswordHash>,
    pub email_confirmed_at_ms: Option<i64>,
    pub created_at_ms: i64,
}

/// Adds a user, and returns them.
///
/// # Errors
/// [`StoreError::Conflict`] if the address has a user.
pub async fn insert(tx: &mut Tx, user: &NewUser) -> Result<User, StoreError> {
    let values = vec![
        user.id.as_str().into(),
        user.email.clone().into(),
        user.name.clone().into(),
        user.is_operator.into(),
        user.password_hash.clone().map(|hash| hash.0).into(),
        user.email_confirmed_at_ms.into(),
        user.created_at_ms.into(),
    ];
    let sql =
        "INSERT INTO users (id, email, name, status, is_operator, password_hash, notifies_rotation,
                   notifies_security, email_confirmed_at_ms, created_at_ms)
               VALUES ($1, $2, $3, 'active', $4, $5, TRUE, TRUE, $6, $7) RETURNING *";
    let row = tx.fetch_optional(sql, values).await?;
    User::from_row(&row.ok_or(NO_USER)?)
}

/// The user, or an error when there is none.
///
/// # Errors
/// [`StoreError::NotFound`] if there is none.
pub async fn get_user(db: &Db, id: &UserId) -> Result<User, StoreError> {
    let sql = "SELECT * FROM users WHERE id = $1";
    let row = db.fetch_optional(sql, vec![id.as_str().into()]).await?;
    User::from_row(&row.ok_or(NO_USER)?)
}

/// The user with this address, which must be in lower case.
///
/// # Errors
/// If the database cannot be read.
pub async fn find_by_email(db: &Db, email: &str) -> Result<Option<User>, StoreError> {
    let sql = "SELECT * FROM users WHERE email = $1";
    let row = db.fetch_optional(sql, vec![email.into()]).await?;
    row.as_ref().map(User::from_row).transpose()
}

/// The user with this address, which must be in lower case, and the hash of their password.
///
/// # Errors
/// If the database cannot be read.
pub async fn find_with_password(
    db: &Db,
    email: &str,
) -> Result<Option<(User, Option<PasswordHash>)>, StoreError> {
    let sql = "SELECT * FROM users WHERE email = $1";
    let row = db.fetch_optional(sql, vec![email.into()]).await?;
    let found = |row: &Row| {
        let hash = row.opt_text("password_hash")?.map(PasswordHash);
        Ok((User::from_row(row)?, hash))
    };
    row.as_ref().map(found).transpose()
}

/// The owners and admins of an account who may be written to, at most `limit`.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_responsible(
    db: &Db,
    account_id: &AccountId,
    limit: u32,
) -> Result<Vec<User>, StoreError> {
    let sql = "SELECT u.* FROM members m JOIN users u ON u.id = m.user_id
               WHERE m.account_id = $1 AND m.role IN ('owner', 'admin') AND u.status = 'active'
                   AND u.email_confirmed_at_ms IS NOT NULL
               ORDER BY m.joined_at_ms, u.id LIMIT $2";
    let values = vec![account_id.as_str().into(), i64::from(limit).into()];
    let rows = db.fetch_all(sql, values).await?;
    rows.iter().map(User::from_row).collect()
}

/// The operators who may be written to, at most `limit`: for operators only.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_operators(db: &Db, limit: u32) -> Result<Vec<User>, StoreError> {
    let sql = "SELECT * FROM users WHERE is_operator = TRUE AND status = 'active'
                   AND email_confirmed_at_ms IS NOT NULL
               ORDER BY id LIMIT $1";
    let rows = db.fetch_all(sql, vec![i64::from(limit).into()]).await?;
    rows.iter().map(User::from_row).collect()
}

/// Users, newest first, `limit` of them, older than `before`, whose id, name or address contains `text`:
/// for operators only.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_for_operator(
    db: &Db,
    text: &str,
    before: Option<&UserId>,
    limit: u32,
) -> Result<Vec<User>, StoreError> {
    let sql = "SELECT * FROM users
               WHERE id < $1 AND ($2 = '' OR LOWER(name) LIKE $2 ESCAPE '!' OR email LIKE $2 ESCAPE '!'
                   OR id LIKE $2 ESCAPE '!')
               ORDER BY id DESC LIMIT $3";
    let values = vec![
        before.map_or("~", UserId::as_str).into(),
        pattern::containing(text).into(),
        i64::from(limit).into(),
    ];
    let rows = db.fetch_all(sql, values).await?;
    rows.iter().map(User::from_row).collect()
}

const COUNT_OPERATORS: &str =
    "SELECT COUNT(*) AS n FROM users WHERE is_operator = TRUE AND status = 'active'";

/// Counts the operators that may sign in.
///
/// # Errors
/// If the database cannot be read.
pub async fn count_operators(db: &Db) -> Result<u64, StoreError> {
    db.fetch_one(COUNT_OPERATORS, vec![]).await?.count("n")
}

/// Counts the operators that may sign in, as of within a transaction.
///
/// # Errors
/// If the database cannot be read.
pub async fn count_operators_within(tx: &mut Tx) -> Result<u64, StoreError> {
    let row = tx.fetch_optional(COUNT_OPERATORS, vec![]).await?;
    row.map_or(Ok(0), |row| row.count("n"))
}

/// Changes what a user chooses themselves: name, language, theme, notifications.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such user.
pub async fn update_profile(tx: &mut Tx, user: &User) -> Result<(), StoreError> {
    let sql = "UPDATE users SET name = $2, language = $3, theme = $4, notifies_rotation = $5, notifies_security = $6
               WHERE id = $1";
    let values = vec![
        user.id.as_str().into(),
        user.name.clone().into(),
        user.language.clone().into(),
        user.theme.clone().into(),
        user.notifies_rotation.into(),
        user.notifies_security.into(),
    ];
    changed(tx.execute(sql, values).await?)
}

/// Changes what operators decide: whether a user runs the platform, and whether they may sign in.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such user.
pub async fn update_rights(tx: &mut Tx, user: &User, now_ms: i64) -> Result<(), StoreError> {
    let sql = "UPDATE users SET is_operator = $2, status = $3 WHERE id = $1";
    let values = vec![
        user.id.as_str().into(),
        user.is_operator.into(),
        user.status.as_str().into(),
    ];
    changed(tx.execute(sql, values).await?)?;
    let change = AuthChange::User(user.id.clone());
    auth_log::append(tx, &change, now_ms).await.map(drop)
}

/// Gives a user another password.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such user.
pub async fn update_password(
    tx: &mut Tx,
    id: &UserId,
    hash: &PasswordHash,
    now_ms: i64,
) -> Result<(), StoreError> {
    let sql = "UPDATE users SET password_hash = $2 WHERE id = $1";
    let values = vec![id.as_str().into(), hash.0.clone().into()];
    changed(tx.execute(sql, values).await?)?;
    let change = AuthChange::Password(id.clone());
    auth_log::append(tx, &change, now_ms).await.map(drop)
}

/// Notes that a user signed in.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such user.
pub async fn update_last_signed_in(
    tx: &mut Tx,
    id: &UserId,
    now_ms: i64,
) -> Result<(), StoreError> {
    let sql = "UPDATE users SET last_signed_in_at_ms = $2 WHERE id = $1";
    changed(
        tx.execute(sql, vec![id.as_str().into(), now_ms.into()])
            .await?,
    )
}

/// Notes that a user's address is theirs.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such user.
pub async fn confirm_email(tx: &mut Tx, id: &UserId, now_ms: i64) -> Result<(), StoreError> {
    let sql = "UPDATE users SET email_confirmed_at_ms = COALESCE(email_confirmed_at_ms, $2) WHERE id = $1";
    changed(
        tx.execute(sql, vec![id.as_str().into(), now_ms.into()])
            .await?,
    )
}

fn changed(rows: u64) -> Result<(), StoreError> {
    if rows == 0 { Err(NO_USER) } else { Ok(()) }
}

/// The hash that is stored of a password: Argon2id in PHC form. Not printed, not serialised.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PasswordHash(..)")
    }
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
