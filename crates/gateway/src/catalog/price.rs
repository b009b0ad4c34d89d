//! Prices as operators write them and clients read them. Inside they are integers.

use llm::Meter;
use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize, Serializer};

const NANOS_PER_UNIT: u64 = 1_000_000_000;
const DECIMALS: usize = 9;

/// The unit that the prices of a model are shown for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PricingUnit {
    #[default]
    PerMillionTokens,
    PerImage,
    PerSecond,
    PerRequest,
    PerMillionCharacters,
    PerSearch,
}

impl PricingUnit {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::PerMillionTokens,
        Self::PerImage,
        Self::PerSecond,
        Self::PerRequest,
        Self::PerMillionCharacters,
        Self::PerSearch,
    ];

    /// The word in files, in JSON and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PerMillionTokens => "per_million_tokens",
            Self::PerImage => "per_image",
            Self::PerSecond => "per_second",
            Self::PerRequest => "per_request",
            Self::PerMillionCharacters => "per_million_characters",
            Self::PerSearch => "per_search",
        }
    }

    /// The meter whose price is for this unit; `None` for tokens, which have several.
    pub const fn meter(self) -> Option<Meter> {
        match self {
            Self::PerMillionTokens => None,
            Self::PerImage => Some(Meter::Images),
            Self::PerSecond => Some(Meter::Seconds),
            Self::PerRequest => Some(Meter::Requests),
            Self::PerMillionCharacters => Some(Meter::Characters),
            Self::PerSearch => Some(Meter::Searches),
        }
    }

    /// The unit of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.as_str() == word)
    }

    /// The words, for a message.
    pub fn words() -> String {
        Self::ALL.map(Self::as_str).join(", ")
    }
}

/// A price per unit, in nano-dollars: `2.50` per million tokens is 2,500,000,000.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Price {
    pub nanos: u64,
}

impl Price {
    /// Reads a decimal number of dollars, exactly.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        if fraction.len() > DECIMALS || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        if whole.is_empty() || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let fraction: u64 = format!("{fraction:0<DECIMALS$}").parse().ok()?;
        let nanos = whole
            .parse::<u64>()
            .ok()?
            .checked_mul(NANOS_PER_UNIT)?
            .checked_add(fraction)?;
        // It must also fit the signed column of the database.
        i64::try_from(nanos).ok().map(|_| Self { nanos })
    }

    /// The decimal number, as short as it is exact.
    pub fn to_text(self) -> String {
        let (whole, fraction) = (self.nanos / NANOS_PER_UNIT, self.nanos % NANOS_PER_UNIT);
        if fraction == 0 {
            return whole.to_string();
        }
        format!("{whole}.{fraction:0>DECIMALS$}")
            .trim_end_matches('0')
            .to_owned()
    }
}

impl<'de> Deserialize<'de> for Price {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = match toml::Value::deserialize(deserializer)? {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Float(number) => number.to_string(),
            _ => {
                return Err(D::Error::custom(
                    "a price is a decimal number, such as \"2.50\"",
                ));
            }
        };
        Self::parse(&text).ok_or_else(|| {
            D::Error::custom(format!(
                "{text:?} is not a price: a decimal number of at most nine decimals"
            ))
        })
    }
}

/// As a JSON number with the digits that it has, not by way of a float.
impl Serialize for Price {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = serde_json::value::RawValue::from_string(self.to_text())
            .map_err(serde::ser::Error::custom)?;
        number.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::PricingUnit;

    #[test]
    fn the_word_of_a_unit_is_the_one_in_json() {
        for unit in PricingUnit::ALL {
            let json = serde_json::to_string(&unit).unwrap();
            assert_eq!(json, format!("\"{}\"", unit.as_str()));
            assert_eq!(PricingUnit::parse(unit.as_str()), Some(unit));
        }
    }
}
