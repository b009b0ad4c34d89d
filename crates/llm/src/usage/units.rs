//! Amounts that are no tokens: what operations beside chat are counted and priced by.

use crate::meter::{Meter, Usage};

/// Amounts of things that are no tokens. Zero is none, or one that nothing is known of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Units {
    /// Pictures that were made.
    pub images: u64,
    /// Seconds of sound.
    pub seconds: u64,
    /// Characters of a text that is spoken.
    pub characters: u64,
    /// Searches among documents.
    pub searches: u64,
}

impl Units {
    /// True without any amount.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// These amounts, and in the place of those that are zero the other ones.
    #[must_use]
    pub(crate) fn or(self, other: Self) -> Self {
        let known = |own: u64, other: u64| if own > 0 { own } else { other };
        Self {
            images: known(self.images, other.images),
            seconds: known(self.seconds, other.seconds),
            characters: known(self.characters, other.characters),
            searches: known(self.searches, other.searches),
        }
    }

    /// Adds the amounts to their meters.
    pub(crate) fn add_to(self, usage: &mut Usage) {
        for (meter, amount) in [
            (Meter::Images, self.images),
            (Meter::Seconds, self.seconds),
            (Meter::Characters, self.characters),
            (Meter::Searches, self.searches),
        ] {
            usage[meter] = usage[meter].saturating_add(amount);
        }
    }
}
