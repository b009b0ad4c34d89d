//! Passwords that people choose, from a body to what is stored.

use gateway::error::ApiError;
use store::users::PasswordHash;

use crate::passwords::check_strength;
use crate::state::Control;

/// The hash of a password that is good enough for the user with this address.
pub(in crate::api) async fn hash_new_password(
    app: &Control,
    field: &'static str,
    password: &str,
    email: &str,
) -> Result<PasswordHash, ApiError> {
    check_strength(password, email)
        .map_err(|weakness| ApiError::invalid_field(field, weakness.message()))?;
    Ok(app.passwords.hash(password).await?)
}
