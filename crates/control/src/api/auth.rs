//! Becoming somebody: signing up, in and out.

pub(crate) mod email_confirmation;
pub(crate) mod first_operator;
pub(crate) mod invites;
pub(crate) mod leaked_keys;
pub(crate) mod options;
pub(crate) mod password_reset;
pub(crate) mod providers;
pub(crate) mod session;
pub(crate) mod sign_in;
pub(crate) mod sign_up;
