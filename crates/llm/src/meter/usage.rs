//! Amounts by meter.

use std::fmt;
use std::ops::{Index, IndexMut};

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Serialize, Serializer};

use super::{Meter, MeterUnit};

/// The usage of one request, or of many: an amount for each meter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage([u64; Meter::COUNT]);

impl Usage {
    /// Tokens of the prompt, of every class.
    pub fn input_tokens(&self) -> u64 {
        self.sum_of(MeterUnit::InputTokens)
    }

    /// Generated tokens, of every class.
    pub fn output_tokens(&self) -> u64 {
        self.sum_of(MeterUnit::OutputTokens)
    }

    /// Adds other amounts.
    pub fn add(&mut self, other: &Self) {
        for (own, added) in self.0.iter_mut().zip(other.0) {
            *own = own.saturating_add(added);
        }
    }

    /// Meters with an amount, in the order of the list.
    pub fn iter(&self) -> impl Iterator<Item = (Meter, u64)> {
        let amounts = Meter::ALL.into_iter().zip(self.0);
        amounts.filter(|(_, amount)| *amount > 0)
    }

    /// True where no meter has an amount.
    pub fn is_empty(&self) -> bool {
        self.0 == [0; Meter::COUNT]
    }

    /// Splits `whole` into `parts` and `rest`, so that classes stay disjoint: a part is never larger than what the
    /// parts before left of the whole.
    pub(crate) fn split(&mut self, whole: u64, parts: &[(Meter, u64)], rest: Meter) {
        let mut left = whole;
        for (meter, amount) in parts {
            let amount = left.min(*amount);
            self[*meter] = amount;
            left -= amount;
        }
        self[rest] = left;
    }

    fn sum_of(&self, unit: MeterUnit) -> u64 {
        let mut sum: u64 = 0;
        for meter in Meter::ALL {
            if meter.unit() == unit {
                sum = sum.saturating_add(self[meter]);
            }
        }
        sum
    }
}

impl Index<Meter> for Usage {
    type Output = u64;

    fn index(&self, meter: Meter) -> &u64 {
        &self.0[meter.index()]
    }
}

impl IndexMut<Meter> for Usage {
    fn index_mut(&mut self, meter: Meter) -> &mut u64 {
        &mut self.0[meter.index()]
    }
}

impl FromIterator<(Meter, u64)> for Usage {
    fn from_iter<I: IntoIterator<Item = (Meter, u64)>>(amounts: I) -> Self {
        let mut usage = Self::default();
        for (meter, amount) in amounts {
            usage[meter] = usage[meter].saturating_add(amount);
        }
        usage
    }
}

/// As an object of the amounts that are not zero.
impl Serialize for Usage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

/// A name that is no meter (a later version's) is passed over.
impl<'de> Deserialize<'de> for Usage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Amounts)
    }
}

struct Amounts;

impl<'de> Visitor<'de> for Amounts {
    type Value = Usage;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object of amounts by meter")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Usage, A::Error> {
        let mut usage = Usage::default();
        while let Some(name) = map.next_key::<String>()? {
            match Meter::parse(&name) {
                Some(meter) => usage[meter] = map.next_value()?,
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(usage)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Meter, Usage};

    #[test]
    fn amounts_are_written_by_name_without_zeros_and_unknown_names_are_passed_over() {
        let usage: Usage = [(Meter::CacheWrite1h, 7), (Meter::Images, 2)]
            .into_iter()
            .collect();
        let text = serde_json::to_string(&usage).unwrap();
        assert_eq!(text, r#"{"cache_write_1h":7,"images":2}"#);
        let later = r#"{"cache_write_1h":7,"video_frames":{"hd":1},"images":2}"#;
        assert_eq!(serde_json::from_str::<Usage>(later).unwrap(), usage);
        assert!(serde_json::from_str::<Usage>("{}").unwrap().is_empty());
    }

    proptest! {
        #[test]
        fn classes_are_disjoint_and_add_up_to_their_whole(
            whole in 0u64..1_000, read in 0u64..1_000, written in 0u64..1_000,
        ) {
            let mut usage = Usage::default();
            let parts = [(Meter::CacheRead, read), (Meter::CacheWrite5m, written)];
            usage.split(whole, &parts, Meter::UncachedInput);
            prop_assert_eq!(usage.input_tokens(), whole);
            prop_assert_eq!(usage.output_tokens(), 0);
            prop_assert_eq!(usage[Meter::CacheRead], read.min(whole));
        }
    }
}
