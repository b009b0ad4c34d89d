//! What is noticed about keys, and what that does to them.

mod holds;
mod telling;
