//! The kind of a file, by its first bytes, and what its head says of it. Names and declared types of uploads are not
//! believed.

mod by_bytes;
mod kind;
mod picture;
mod sound;

pub use by_bytes::ByBytes;
pub use kind::{MediaKind, media_type_of};
pub(crate) use picture::picture;
pub use sound::SoundRate;
pub(crate) use sound::{is_sound, seconds};

/// Longest side of a picture that is taken.
pub(crate) const SIDE_MAX: u32 = 16_384;
/// Pixels of a picture that is taken: a small file may say that it is huge.
pub(crate) const PIXELS_MAX: u64 = 64 << 20;
