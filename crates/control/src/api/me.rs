//! A signed-in user's own affairs.

pub mod identities;
pub mod password;
pub mod profile;
pub mod sessions;
pub mod two_factor;
