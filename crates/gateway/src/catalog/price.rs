//! Prices as operators write them and clients read them. Inside they are integers.

use serde::de::{Deserialize, Deserializer, Error};
use serde::{Serialize, Serializer};

const NANOS_PER_UNIT: u64 = 1_000_000_000;
const DECIMALS: usize = 9;

/// What a price can be of. Only tokens are charged so far.
pub const PRICING_UNITS: [&str; 4] = [
    "per_million_tokens",
    "per_image",
    "per_second",
    "per_request",
];

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

/// What a million tokens cost, in nano-dollars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prices {
    pub input_nanos: u64,
    pub output_nanos: u64,
}

const TOKENS_PER_PRICE: u128 = 1_000_000;
const PERCENT: u128 = 100;

impl Prices {
    /// The charge for some tokens, in nano-dollars; a part of one counts whole.
    pub fn charge_nanos(
        self,
        input_tokens: u64,
        output_tokens: u64,
        price_factor_percent: u64,
    ) -> u64 {
        let input = u128::from(input_tokens) * u128::from(self.input_nanos);
        let output = u128::from(output_tokens) * u128::from(self.output_nanos);
        let charge = input
            .saturating_add(output)
            .saturating_mul(price_factor_percent.into());
        u64::try_from(charge.div_ceil(TOKENS_PER_PRICE * PERCENT)).unwrap_or(u64::MAX)
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
    use super::Prices;

    #[test]
    fn a_charge_is_exact_to_the_nano_dollar_and_never_less() {
        let prices = Prices {
            input_nanos: 2_500_000_000,
            output_nanos: 10_000_000_000,
        };
        assert_eq!(prices.charge_nanos(1_000, 200, 100), 2_500_000 + 2_000_000);
        assert_eq!(prices.charge_nanos(1_000, 200, 150), 6_750_000);
        assert_eq!(prices.charge_nanos(0, 0, 100), 0);
        let cheap = Prices {
            input_nanos: 1,
            output_nanos: 0,
        };
        assert_eq!(cheap.charge_nanos(1, 0, 100), 1);
        let dear = Prices {
            input_nanos: u64::MAX,
            output_nanos: u64::MAX,
        };
        assert_eq!(dear.charge_nanos(u64::MAX, u64::MAX, 100), u64::MAX);
    }
}
