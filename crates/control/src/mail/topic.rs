//! Topics of mails.

use std::time::Duration;

use store::key_events::{KeyEventAction, KeyEventKind};
use store::operator_notices::NoticeKind;

use gateway::invisible::is_invisible;

/// The lifetime of a mailed link for a new password.
pub(crate) const RESET_LINK_MS: u32 = 3_600_000;
/// Characters of names and other untrusted text in a mail.
const UNTRUSTED_CHARS_MAX: usize = 80;

/// The topic of a mail.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Topic {
    /// Finish the sign-up.
    ConfirmAddress {
        link: String,
    },
    /// A sign-up with an address that has a user.
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
    /// Something that operators are to know.
    OperatorNotice {
        link: String,
        notice: NoticeText,
    },
}

/// A notice for operators on its way into a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NoticeText {
    pub kind: NoticeKind,
    /// The deployment, provider or model, as operators know it.
    pub label: String,
    /// True for the end of it.
    pub is_over: bool,
    pub at: String,
}

impl Topic {
    /// The time after its first attempt in which the mail is of use: its link must still work.
    pub(crate) fn useful_for(&self) -> Duration {
        match self {
            Self::ResetPassword { .. } => Duration::from_millis(RESET_LINK_MS.into()),
            _ => Duration::MAX,
        }
    }

    /// Its name in logs.
    pub(crate) fn name(&self) -> &'static str {
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
            Self::OperatorNotice { .. } => "operator_notice",
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
            | Self::KeyEvent { link, .. }
            | Self::OperatorNotice { link, .. } => Some(link),
            Self::NewSignIn { .. }
            | Self::PasswordChanged { .. }
            | Self::TwoFactorOn { .. }
            | Self::TwoFactorOff { .. } => None,
        }
    }
}

/// Text of others in one short line.
pub(super) fn untrusted(text: &str) -> String {
    let is_shown = |email: &char| !email.is_control() && !is_invisible(*email);
    let line = text.chars().filter(is_shown);
    line.take(UNTRUSTED_CHARS_MAX).collect()
}
