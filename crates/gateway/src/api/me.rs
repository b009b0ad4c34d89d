//! A signed-in user's own affairs.

pub mod profile;
