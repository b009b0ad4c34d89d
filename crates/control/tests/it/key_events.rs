//! Key events, and what they do to keys.

mod holds;
mod telling;
