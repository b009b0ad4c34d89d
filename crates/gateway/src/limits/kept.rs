//! The counts of a key as they are kept in a file.

use super::timekeeper::Moment;
use super::window::{DAY, MINUTE, WindowEnd};
use crate::counts_file::CONTENT_BYTES;

/// The counts that are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) minute: WindowEnd,
    pub(super) day: WindowEnd,
    pub(super) requests: u64,
    pub(super) tokens: u64,
    pub(super) requests_today: u64,
}

impl Kept {
    pub(super) fn to_bytes(self) -> [u8; CONTENT_BYTES] {
        let requests = u32::try_from(self.requests).unwrap_or(u32::MAX);
        let mut bytes = [0; CONTENT_BYTES];
        let parts: [&[u8]; 7] = [
            &self.minute.ends_up_ms.to_le_bytes(),
            &self.minute.ends_wall_ms.to_le_bytes(),
            &self.day.ends_up_ms.to_le_bytes(),
            &self.day.ends_wall_ms.to_le_bytes(),
            &self.tokens.to_le_bytes(),
            &self.requests_today.to_le_bytes(),
            &requests.to_le_bytes(),
        ];
        let mut rest = bytes.as_mut_slice();
        for part in parts {
            let (place, after) = rest.split_at_mut(part.len());
            place.copy_from_slice(part);
            rest = after;
        }
        bytes
    }

    pub(super) fn from_bytes(bytes: &[u8; CONTENT_BYTES]) -> Self {
        let number = |index: usize| {
            let at = index * 8;
            let eight = bytes.get(at..at + 8).and_then(|part| part.try_into().ok());
            u64::from_le_bytes(eight.unwrap_or_default())
        };
        let time = |index| number(index).cast_signed();
        let four = bytes.get(48..).and_then(|part| part.try_into().ok());
        Self {
            minute: WindowEnd {
                ends_up_ms: time(0),
                ends_wall_ms: time(1),
            },
            day: WindowEnd {
                ends_up_ms: time(2),
                ends_wall_ms: time(3),
            },
            tokens: number(4),
            requests_today: number(5),
            requests: u32::from_le_bytes(four.unwrap_or_default()).into(),
        }
    }

    /// The counts that still hold at `now`; `None` if none does.
    pub(super) fn at(mut self, now: Moment, is_of_this_boot: bool) -> Option<Self> {
        self.minute = self.minute.anchored(now, MINUTE, is_of_this_boot);
        self.day = self.day.anchored(now, DAY, is_of_this_boot);
        if self.minute.is_over(now) {
            (self.minute, self.requests, self.tokens) = (WindowEnd::default(), 0, 0);
        }
        if self.day.is_over(now) {
            (self.day, self.requests_today) = (WindowEnd::default(), 0);
        }
        (self.requests > 0 || self.requests_today > 0).then_some(self)
    }
}

/// The span that ends later.
pub(super) fn later(one: WindowEnd, other: WindowEnd) -> WindowEnd {
    if one.ends_up_ms >= other.ends_up_ms {
        one
    } else {
        other
    }
}
