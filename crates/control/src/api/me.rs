//! A signed-in user's own affairs.

pub(crate) mod identities;
pub(crate) mod password;
pub(crate) mod profile;
pub(crate) mod sessions;
pub(crate) mod two_factor;
