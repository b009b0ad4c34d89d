//! Becoming somebody: signing up, in and out.

pub mod first_operator;
pub mod options;
pub mod sign_in;
pub mod sign_up;
