//! Specs of providers, models and deployments: one type per noun, for the catalogue file, the management API,
//! the audit log and the database. An attribute that is added here is in all four; see `docs/decisions/0027`.

mod credential;
mod deployment;
mod fields;
mod model;
mod provider;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::invisible::first_invisible;

#[cfg(test)]
use credential::CredentialSource;
pub use credential::CredentialSpec;
pub use deployment::{DeploymentSpec, WEIGHT_MAX};
pub(super) use fields::field_names;
pub use model::ModelSpec;
pub use provider::ProviderSpec;

/// A noun of the catalogue.
pub trait Spec: Clone + Serialize + DeserializeOwned {
    /// Checks everything that can be told from the spec alone.
    ///
    /// # Errors
    /// If a member cannot be taken.
    fn validate(&self) -> Result<(), SpecError>;
}

/// A member that cannot be taken, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SpecError {
    pub field: &'static str,
    pub message: String,
}

impl SpecError {
    fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self {
            field,
            message: message.into(),
        }
    }
}

/// Characters of a word that describes something, and words of a list.
const WORD_CHARS_MAX: usize = 200;
const WORDS_MAX: usize = 40;

fn check_word(field: &'static str, text: &str) -> Result<(), SpecError> {
    if text.is_empty() || !is_word(text) {
        let message = format!("{field} has 1 to {WORD_CHARS_MAX} printable characters.");
        return Err(SpecError::new(field, message));
    }
    check_visible(field, text)
}

fn check_words(field: &'static str, list: &[String]) -> Result<(), SpecError> {
    if list.len() > WORDS_MAX || list.iter().any(|word| word.is_empty() || !is_word(word)) {
        let message = format!(
            "{field} has at most {WORDS_MAX} entries of 1 to {WORD_CHARS_MAX} printable characters."
        );
        return Err(SpecError::new(field, message));
    }
    list.iter().try_for_each(|word| check_visible(field, word))
}

fn is_word(text: &str) -> bool {
    text.chars().count() <= WORD_CHARS_MAX && !text.chars().any(char::is_control)
}

fn check_visible(field: &'static str, text: &str) -> Result<(), SpecError> {
    match first_invisible(text) {
        None => Ok(()),
        Some(found) => {
            let message = format!("{field} has a character that nobody sees: {found}.");
            Err(SpecError::new(field, message))
        }
    }
}

/// Longest name of a provider, and of a deployment among those of one provider and model.
const NAME_BYTES_MAX: usize = 60;

/// Names stand in paths, metrics and logs.
fn check_name(name: &str) -> Result<(), SpecError> {
    let is_sound = !matches!(name, "" | "." | "..")
        && name.len() <= NAME_BYTES_MAX
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    if is_sound {
        return Ok(());
    }
    let message =
        format!("A name has 1 to {NAME_BYTES_MAX} letters, digits, dots, hyphens and underscores.");
    Err(SpecError::new("name", message))
}

#[cfg(test)]
mod tests;
