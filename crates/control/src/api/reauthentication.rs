//! Step-up authentication: a user shows their password or a code once more.

use std::future::Future;

use gateway::error::ApiError;
use store::users::{self, User};

use crate::auth::SignedIn;
use crate::commands::CommandError;
use crate::refusal;
use crate::state::Control;

/// Checks that `password` is the caller's; a user without one needs to send none.
pub(in crate::api) async fn require_password(
    app: &Control,
    caller: &SignedIn,
    field: &'static str,
    password: Option<&str>,
) -> Result<(), ApiError> {
    let user = caller.user();
    let found = users::find_with_password(&app.db, &user.email).await?;
    let Some(hash) = found.and_then(|(_, hash)| hash) else {
        return Ok(());
    };
    let Some(password) = password else {
        return Err(refusal::wrong_password(field));
    };
    let now_ms = app.clock.now_ms();
    let attempt = app.throttle.attempt(&user.email, caller.address, now_ms);
    let attempt = attempt.map_err(refusal::too_many_attempts)?;
    match app.passwords.is_right(password, Some(&hash)).await {
        Ok(true) => {
            attempt.withdraw();
            Ok(())
        }
        Ok(false) => Err(refusal::wrong_password(field)),
        Err(error) => {
            attempt.withdraw();
            Err(error.into())
        }
    }
}

/// Does what needs a code of the user's second factor. Wrong ones are counted.
pub(in crate::api) async fn with_code_attempt<T>(
    app: &Control,
    user: &User,
    work: impl Future<Output = Result<T, CommandError>>,
) -> Result<T, ApiError> {
    let now_ms = app.clock.now_ms();
    let attempt = app.throttle.second_factor(user.id.as_str(), now_ms);
    let attempt = attempt.map_err(refusal::too_many_attempts)?;
    let done = work.await;
    if !matches!(done, Err(CommandError::WrongCode)) {
        attempt.withdraw();
    }
    Ok(done?)
}
