//! Key events, and what they do to keys.

mod quarantine;
mod telling;
