//! A wire language, in the face that it shows to those who pass its bytes on.

pub mod spans;
