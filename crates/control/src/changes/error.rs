//! Errors of commands.

use gateway::error::ApiError;
use store::StoreError;
use store::secret::NoRandomness;

use crate::refusal;

/// The reason why a change is not made; with [`ChangeError::NotSpread`] it is.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
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
    NotSpread(#[source] StoreError),
}

impl ChangeError {
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

impl From<ChangeError> for ApiError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Invalid { field, message } => Self::invalid_field(field, message),
            ChangeError::Conflict { code, message } => Self::conflict(code, message),
            ChangeError::AccountSuspended => Self::account_suspended(),
            ChangeError::MissingRole(role) => refusal::missing_role(role),
            ChangeError::WrongCode => refusal::wrong_code(),
            ChangeError::InvalidLink => refusal::invalid_link(),
            error @ ChangeError::Misconfigured(_) => Self::internal(error),
            ChangeError::Store(error) => Self::of_change(error),
            ChangeError::NoRandomness(error) => Self::internal(error),
            error @ ChangeError::NotSpread(_) => Self::unavailable(error),
        }
    }
}
