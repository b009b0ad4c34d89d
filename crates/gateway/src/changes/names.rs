//! What people call things.

use super::ChangeError;

const NAME_CHARS_MAX: usize = 100;

/// A name without the spaces around it.
///
/// # Errors
/// [`ChangeError::Invalid`] when it is empty, too long or cannot be printed.
pub fn checked_name(field: &'static str, text: &str) -> Result<String, ChangeError> {
    let name = text.trim();
    let is_sound = !name.is_empty()
        && name.chars().count() <= NAME_CHARS_MAX
        && !name.chars().any(char::is_control);
    if is_sound {
        return Ok(name.to_owned());
    }
    let message = format!("A name has 1 to {NAME_CHARS_MAX} printable characters.");
    Err(ChangeError::invalid(field, message))
}
