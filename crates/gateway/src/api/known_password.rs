//! The password of whoever is signed in, asked for once more before something grave.

use store::users;

use crate::app::App;
use crate::auth::SignedIn;
use crate::error::ApiError;

/// Holds that `password` is the caller's; who has none needs to send none.
pub(in crate::api) async fn require_password(
    app: &App,
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
        return Err(ApiError::wrong_password(field));
    };
    let now_ms = app.clock.now_ms();
    let attempt = app.throttle.attempt(&user.email, caller.address, now_ms);
    let attempt = attempt.map_err(ApiError::too_many_attempts)?;
    match app.passwords.is_right(password, Some(&hash)).await {
        Ok(true) => {
            attempt.withdraw();
            Ok(())
        }
        Ok(false) => Err(ApiError::wrong_password(field)),
        Err(error) => {
            attempt.withdraw();
            Err(error.into())
        }
    }
}
