//! Meters: the classes of usage that a request is counted and priced by. This is the one list of them.
//!
//! Classes are disjoint: the input of a request is the sum of its input classes. The sums of a wire language
//! (`prompt_tokens`, which has the cached ones in it) are made when that language is written.

mod usage;

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::{Serialize, Serializer};

pub use usage::Usage;

/// The unit of a meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeterUnit {
    /// Tokens of the prompt.
    InputTokens,
    /// Generated tokens.
    OutputTokens,
    Images,
    Seconds,
    Characters,
    Requests,
    Searches,
}

impl MeterUnit {
    /// The amount that a price is for: a million of tokens and characters, one of everything else.
    pub const fn amount_per_price(self) -> u64 {
        match self {
            Self::InputTokens | Self::OutputTokens | Self::Characters => 1_000_000,
            Self::Images | Self::Seconds | Self::Requests | Self::Searches => 1,
        }
    }
}

macro_rules! meters {
    ($($(#[$doc:meta])* $meter:ident = $name:literal, $unit:ident $(, or $fallback:ident)?;)+) => {
        /// A class of usage.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Meter {
            $($(#[$doc])* $meter,)+
        }

        impl Meter {
            /// All of them, in the order of their index.
            pub const ALL: [Self; Self::COUNT] = [$(Self::$meter),+];
            /// The number of meters.
            pub const COUNT: usize = [$($name),+].len();

            /// The name in price lists, JSON, columns and locales.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$meter => $name,)+
                }
            }

            /// The unit.
            pub const fn unit(self) -> MeterUnit {
                match self {
                    $(Self::$meter => MeterUnit::$unit,)+
                }
            }

            /// The meter whose price applies where this one has no price of its own; `None`: free without one.
            pub const fn fallback(self) -> Option<Self> {
                match self {
                    $(Self::$meter => meters!(@fallback $($fallback)?),)+
                }
            }
        }
    };
    (@fallback) => { None };
    (@fallback $fallback:ident) => { Some(Self::$fallback) };
}

meters! {
    /// Tokens of the prompt that were neither read from a cache nor written to one.
    UncachedInput = "input", InputTokens;
    /// Tokens of the prompt that a cache of the provider had.
    CacheRead = "cache_read", InputTokens, or UncachedInput;
    /// Tokens of the prompt that were written to a cache for five minutes.
    CacheWrite5m = "cache_write_5m", InputTokens, or UncachedInput;
    /// Tokens of the prompt that were written to a cache for an hour.
    CacheWrite1h = "cache_write_1h", InputTokens, or CacheWrite5m;
    /// Generated tokens of text.
    Output = "output", OutputTokens;
    /// Generated tokens of reasoning.
    Reasoning = "reasoning", OutputTokens, or Output;
    /// Tokens of audio in the prompt.
    AudioInput = "audio_input", InputTokens, or UncachedInput;
    /// Generated tokens of audio.
    AudioOutput = "audio_output", OutputTokens, or Output;
    /// Generated images.
    Images = "images", Images;
    /// Seconds of audio or video.
    Seconds = "seconds", Seconds;
    /// Characters of a text that is spoken.
    Characters = "characters", Characters;
    /// Requests that a provider responded to.
    Requests = "requests", Requests;
    /// Searches, as providers that rank documents bill them: a query with so many documents.
    Searches = "searches", Searches;
    /// Tokens of pictures in the prompt of an operation that makes pictures.
    ImageInput = "image_input", InputTokens, or UncachedInput;
    /// Generated tokens of pictures.
    ImageOutput = "image_output", OutputTokens, or Output;
}

impl Meter {
    /// The meter of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|meter| meter.name() == name)
    }

    /// The place in an array of one value per meter.
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Meter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl Serialize for Meter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Meter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::parse(&name).ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            D::Error::custom(format!("{name:?} is no meter; it is one of {known}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Meter;

    #[test]
    fn each_meter_is_listed_once_at_its_index_and_found_by_its_name() {
        for (index, meter) in Meter::ALL.into_iter().enumerate() {
            assert_eq!(meter.index(), index);
            assert_eq!(Meter::parse(meter.name()), Some(meter));
        }
        let names: BTreeSet<&str> = Meter::ALL.into_iter().map(Meter::name).collect();
        assert_eq!(names.len(), Meter::COUNT);
        assert_eq!(Meter::parse("uncached"), None);
    }

    #[test]
    fn a_price_falls_back_to_one_of_the_same_unit_that_stands_before() {
        for meter in Meter::ALL {
            if let Some(fallback) = meter.fallback() {
                assert!(fallback < meter, "{meter}");
                assert_eq!(fallback.unit(), meter.unit(), "{meter}");
            }
        }
    }
}
