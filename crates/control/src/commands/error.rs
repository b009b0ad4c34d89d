//! Errors of commands.

use gateway::error::ApiError;
use store::StoreError;
use store::secret::NoRandomness;

use crate::payments::ProviderFault;
use crate::refusal;

/// The reason why a change is not made; with [`CommandError::NotPropagated`] it is.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// A value cannot be taken.
    #[error("{message}")]
    Invalid {
        field: &'static str,
        message: String,
    },
    /// A contradiction to what is there.
    #[error("{message}")]
    Conflict { code: &'static str, message: String },
    /// The account may not have more than it has.
    #[error("the account is suspended")]
    AccountSuspended,
    /// The caller lacks the role for it.
    #[error("this needs the role {0}")]
    MissingRole(&'static str),
    /// The code of a second factor is wrong, or was used.
    #[error("the code is wrong or was used already")]
    WrongCode,
    /// A payment provider did not do what it was asked.
    #[error(transparent)]
    Payment(ProviderFault),
    /// A link that works once was used, is too old, or is none.
    #[error("the link was used already or has expired")]
    InvalidLink,
    /// The configuration names something that does not exist.
    #[error("{0}")]
    Misconfigured(String),
    /// The thing to change is not there, or the database cannot do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    #[error("the change is made, but it is not known whether every server acts on it yet")]
    NotPropagated(#[source] StoreError),
}

impl CommandError {
    pub(super) fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid {
            field,
            message: message.into(),
        }
    }

    pub(super) fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::Conflict {
            code,
            message: message.into(),
        }
    }
}

impl From<CommandError> for ApiError {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Invalid { field, message } => Self::invalid_field(field, message),
            CommandError::Conflict { code, message } => Self::conflict(code, message),
            CommandError::AccountSuspended => Self::account_suspended(),
            CommandError::MissingRole(role) => refusal::missing_role(role),
            CommandError::WrongCode => refusal::wrong_code(),
            CommandError::InvalidLink => refusal::invalid_link(),
            CommandError::Payment(fault) => {
                tracing::warn!("a payment provider did not do what was asked: {fault}");
                refusal::payment_provider_unavailable()
            }
            error @ CommandError::Misconfigured(_) => Self::internal(error),
            CommandError::Store(error) => Self::of_change(error),
            CommandError::NoRandomness(error) => Self::internal(error),
            error @ CommandError::NotPropagated(_) => Self::unavailable(error),
        }
    }
}
