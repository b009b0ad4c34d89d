//! Request bodies of one key: bytes of them that are in memory.

use std::sync::atomic::{AtomicU32, Ordering};

/// Small, because every key in memory has one.
#[derive(Debug, Default)]
pub struct BodyUse(AtomicU32);

impl BodyUse {
    /// Looks whether so many bytes more stay within the maximum.
    pub fn has_room(&self, bytes: usize, max: usize) -> bool {
        (self.0.load(Ordering::Relaxed) as usize).saturating_add(bytes) <= max
    }

    /// Counts bytes; `false`, and nothing counted, when that would be too much.
    pub fn take(&self, bytes: usize, max: usize) -> bool {
        let more = u32::try_from(bytes).unwrap_or(u32::MAX);
        let max = u32::try_from(max).unwrap_or(u32::MAX);
        let add = |held: u32| held.checked_add(more).filter(|sum| *sum <= max);
        let counted = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
        counted.is_ok()
    }

    /// Gives back bytes that were counted.
    pub fn give_back(&self, bytes: usize) {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.0.fetch_sub(bytes, Ordering::Relaxed);
    }
}
