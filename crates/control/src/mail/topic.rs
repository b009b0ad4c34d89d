//! What mails are about.

use std::time::Duration;

use store::key_events::{KeyEventAction, KeyEventKind};

use gateway::invisible::is_invisible;

/// How long a link for a new password works that was sent by mail.
pub const RESET_LINK_MS: u32 = 3_600_000;
/// Letters of names and other foreign text in a mail.
const FOREIGN_CHARS_MAX: usize = 80;

/// What a mail is about.
#[derive(Clone, PartialEq, Eq)]
pub enum Topic {
    /// Finish the sign-up.
    ConfirmAddress {
        link: String,
    },
    /// Somebody signed up with an address that has a user.
    AddressIsTaken {
        link: String,
    },
    ResetPassword {
        link: String,
    },
    /// Into an account.
    Invite {
        link: String,
        account: String,
        invited_by: String,
    },
    /// To sign up.
    SignUpInvite {
        link: String,
    },
    NewSignIn {
        at: String,
        address: String,
        agent: String,
    },
    PasswordChanged {
        at: String,
        address: String,
    },
    TwoFactorOn {
        at: String,
        address: String,
    },
    TwoFactorOff {
        at: String,
        address: String,
    },
    /// Something was noticed about an API key.
    KeyEvent {
        link: String,
        key: String,
        kind: KeyEventKind,
        action: KeyEventAction,
        at: String,
    },
}

impl Topic {
    /// How long after its first try the mail is of use: its link must still work.
    pub fn useful_for(&self) -> Duration {
        match self {
            Self::ResetPassword { .. } => Duration::from_millis(RESET_LINK_MS.into()),
            _ => Duration::MAX,
        }
    }

    /// Its name in logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::ConfirmAddress { .. } => "confirm_address",
            Self::AddressIsTaken { .. } => "address_is_taken",
            Self::ResetPassword { .. } => "reset_password",
            Self::Invite { .. } => "invite",
            Self::SignUpInvite { .. } => "sign_up_invite",
            Self::NewSignIn { .. } => "new_sign_in",
            Self::PasswordChanged { .. } => "password_changed",
            Self::TwoFactorOn { .. } => "two_factor_on",
            Self::TwoFactorOff { .. } => "two_factor_off",
            Self::KeyEvent { .. } => "key_event",
        }
    }

    /// The way out of the mail.
    pub(super) fn link(&self) -> Option<&str> {
        match self {
            Self::ConfirmAddress { link }
            | Self::AddressIsTaken { link }
            | Self::ResetPassword { link }
            | Self::Invite { link, .. }
            | Self::SignUpInvite { link }
            | Self::KeyEvent { link, .. } => Some(link),
            Self::NewSignIn { .. }
            | Self::PasswordChanged { .. }
            | Self::TwoFactorOn { .. }
            | Self::TwoFactorOff { .. } => None,
        }
    }
}

/// Text of others in one short line.
pub(super) fn foreign(text: &str) -> String {
    let is_shown = |letter: &char| !letter.is_control() && !is_invisible(*letter);
    let line = text.chars().filter(is_shown);
    line.take(FOREIGN_CHARS_MAX).collect()
}
