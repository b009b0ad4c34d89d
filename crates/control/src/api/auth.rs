//! Becoming somebody: signing up, in and out.

pub mod email_confirmation;
pub mod first_operator;
pub mod invites;
pub mod leaked_keys;
pub mod options;
pub mod password_reset;
pub mod providers;
pub mod session;
pub mod sign_in;
pub mod sign_up;
