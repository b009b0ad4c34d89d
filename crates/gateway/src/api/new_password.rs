//! Passwords that people choose, from a body to what is stored.

use store::users::PasswordHash;

use crate::app::App;
use crate::error::ApiError;
use crate::passwords::check_strength;

/// The hash of a password that is good enough for the user with this address.
pub(in crate::api) async fn hash_new_password(
    app: &App,
    field: &'static str,
    password: &str,
    email: &str,
) -> Result<PasswordHash, ApiError> {
    check_strength(password, email)
        .map_err(|weakness| ApiError::invalid_field(field, weakness.message()))?;
    Ok(app.passwords.hash(password).await?)
}
