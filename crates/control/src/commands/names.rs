//! Names that people give.

use super::CommandError;
use gateway::invisible::first_invisible;

const NAME_CHARS_MAX: usize = 100;

/// A name without the spaces around it.
///
/// # Errors
/// [`CommandError::Invalid`] if it is empty, too long or cannot be printed, or has invisible characters.
pub(crate) fn checked_name(field: &'static str, text: &str) -> Result<String, CommandError> {
    let name = text.trim();
    let is_sound = !name.is_empty()
        && name.chars().count() <= NAME_CHARS_MAX
        && !name.chars().any(char::is_control);
    if !is_sound {
        let message = format!("A name has 1 to {NAME_CHARS_MAX} printable characters.");
        return Err(CommandError::invalid(field, message));
    }
    check_visible(field, name)?;
    Ok(name.to_owned())
}

/// Refuses text with invisible characters (bidi controls, zero-width), which reads as another text.
///
/// # Errors
/// [`CommandError::Invalid`] if it has an invisible character; the message says which.
pub(super) fn check_visible(field: &'static str, text: &str) -> Result<(), CommandError> {
    match first_invisible(text) {
        None => Ok(()),
        Some(found) => {
            let message = format!(
                "The text has a character that nobody sees: {found}. Write it without; it could be taken for another."
            );
            Err(CommandError::invalid(field, message))
        }
    }
}
