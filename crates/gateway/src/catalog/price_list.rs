//! Prices by meter: as operators write them, and as requests are charged by them.

use std::collections::BTreeMap;

use llm::meter::MeterUnit;
use llm::{Meter, Usage};
use serde::{Deserialize, Serialize, Serializer};
use store::usage_events::PricesShown;

use super::price::{Price, PricingUnit};

/// Prices of the meters that have one of their own, in dollars as decimal text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Prices(BTreeMap<Meter, Price>);

impl Prices {
    /// The prices that are charged: those of tokens only where the model is priced by them.
    pub fn charged(&self, unit: PricingUnit) -> Self {
        let is_charged = |meter: Meter| match meter.unit() {
            MeterUnit::InputTokens | MeterUnit::OutputTokens => {
                unit == PricingUnit::PerMillionTokens
            }
            MeterUnit::Images
            | MeterUnit::Seconds
            | MeterUnit::Characters
            | MeterUnit::Requests
            | MeterUnit::Searches => true,
        };
        Self(
            self.iter()
                .filter(|(meter, _)| is_charged(*meter))
                .collect(),
        )
    }

    /// True without any price.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The prices in a list that a receipt has; `None` if the text is no such list.
    pub fn of_receipt(shown: &PricesShown) -> Option<(String, Self)> {
        let list: PriceListShown = serde_json::from_str(shown.as_str()).ok()?;
        let price = |(meter, nanos)| (meter, Price { nanos });
        Some((
            list.version,
            Self(list.nanos.into_iter().map(price).collect()),
        ))
    }

    /// The price of a meter, if it has one of its own.
    pub fn get(&self, meter: Meter) -> Option<Price> {
        self.0.get(&meter).copied()
    }

    /// Gives a meter a price.
    pub fn set(&mut self, meter: Meter, price: Price) {
        self.0.insert(meter, price);
    }

    /// Meters with a price of their own, in the order of the list of meters.
    pub fn iter(&self) -> impl Iterator<Item = (Meter, Price)> {
        self.0.iter().map(|(meter, price)| (*meter, *price))
    }

    /// The price that applies to a meter: its own, or that of the meters it falls back to.
    pub fn applied(&self, meter: Meter) -> Price {
        let mut asked = Some(meter);
        while let Some(meter) = asked {
            if let Some(price) = self.get(meter) {
                return price;
            }
            asked = meter.fallback();
        }
        Price::default()
    }

    /// A number for these prices: the same on every replica and after every start, another one when a price changes.
    fn version(&self) -> String {
        let mut hash = FNV_OFFSET;
        for (meter, price) in self.iter() {
            let bytes = meter.name().bytes().chain([0]);
            for byte in bytes.chain(price.nanos.to_le_bytes()) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME);
            }
        }
        format!("{hash:016x}")
    }
}

/// FNV-1a, 64 bits (RFC 9923): versions are told apart by it, and nothing is guarded.
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;

impl Serialize for Prices {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(meter, price)| (meter, price.to_text())))
    }
}

/// A price list, as a receipt has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct PriceListShown {
    /// Another one when a price changes.
    version: String,
    /// Nano-dollars by meter, for those with a price of their own.
    nanos: BTreeMap<Meter, u64>,
}

/// The price list of a model, ready for charging: every meter has a price, and the list knows its version.
#[derive(Debug)]
pub struct PriceList {
    nanos_per_million: [u64; Meter::COUNT],
    shown: PricesShown,
}

const MILLION: u64 = 1_000_000;
const PERCENT: u128 = 100;

impl PriceList {
    /// The list of some prices.
    ///
    /// # Errors
    /// If a price is too large for the arithmetic of charges: what it is, in words.
    pub fn of(prices: &Prices) -> Result<Self, String> {
        let mut nanos_per_million = [0; Meter::COUNT];
        for meter in Meter::ALL {
            let per_million = MILLION / meter.unit().amount_per_price();
            let nanos = prices.applied(meter).nanos.checked_mul(per_million);
            nanos_per_million[meter.index()] =
                nanos.ok_or_else(|| format!("the price of {meter} is too large"))?;
        }
        let nanos = |(meter, price): (Meter, Price)| (meter, price.nanos);
        let shown = PriceListShown {
            version: prices.version(),
            nanos: prices.iter().map(nanos).collect(),
        };
        let shown = PricesShown::of(&shown).map_err(|error| error.to_string())?;
        Ok(Self {
            nanos_per_million,
            shown,
        })
    }

    /// The list in JSON, for receipts; read by [`Prices::of_receipt`].
    pub fn shown(&self) -> PricesShown {
        self.shown.clone()
    }

    /// True if the price of a meter is above zero: a model without prices has a list of zeros.
    pub fn has_price(&self) -> bool {
        self.nanos_per_million.iter().any(|nanos| *nanos > 0)
    }

    /// The price of a million of a meter's units.
    pub(super) fn nanos_of(&self, meter: Meter) -> u64 {
        self.nanos_per_million[meter.index()]
    }

    /// The price of a million tokens in and a million out, by which models are compared.
    pub fn in_and_out_nanos(&self) -> u64 {
        let input = self.nanos_per_million[Meter::UncachedInput.index()];
        input.saturating_add(self.nanos_per_million[Meter::Output.index()])
    }
}

/// The charge for an amount at a price, in nano-dollars, before any factor; a part of one counts whole.
pub fn charge_of(meter: Meter, amount: u64, price: Price) -> u64 {
    let product = u128::from(amount) * u128::from(price.nanos);
    let charge = product.div_ceil(meter.unit().amount_per_price().into());
    u64::try_from(charge).unwrap_or(u64::MAX)
}

/// The charge for some usage, in nano-dollars; a part of one counts whole.
pub fn charge(usage: &Usage, list: &PriceList, factor_percent: u64) -> u64 {
    let mut sum: u128 = 0;
    for meter in Meter::ALL {
        let price = list.nanos_per_million[meter.index()];
        sum = sum.saturating_add(u128::from(usage[meter]) * u128::from(price));
    }
    let charge = sum.saturating_mul(factor_percent.into());
    u64::try_from(charge.div_ceil(u128::from(MILLION) * PERCENT)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use llm::{Meter, Usage};

    use super::{Price, PriceList, Prices, PricingUnit, charge, charge_of};

    fn prices(text: &str) -> Prices {
        serde_json::from_str(text).unwrap()
    }

    fn list(text: &str) -> PriceList {
        PriceList::of(&prices(text)).unwrap()
    }

    fn usage(amounts: &[(Meter, u64)]) -> Usage {
        amounts.iter().copied().collect()
    }

    #[test]
    fn a_charge_is_exact_to_the_nano_dollar_and_never_less() {
        let used = usage(&[(Meter::UncachedInput, 1_000), (Meter::Output, 200)]);
        let prices = list(r#"{"input":"2.50","output":"10"}"#);
        assert_eq!(charge(&used, &prices, 100), 2_500_000 + 2_000_000);
        assert_eq!(charge(&used, &prices, 150), 6_750_000);
        assert_eq!(charge(&Usage::default(), &prices, 100), 0);
        let one = usage(&[(Meter::UncachedInput, 1)]);
        assert_eq!(charge(&one, &list(r#"{"input":"0.000000001"}"#), 100), 1);
        let costliest = list(r#"{"input":"9223372036.854775807"}"#);
        let most = usage(&[
            (Meter::UncachedInput, u64::MAX),
            (Meter::CacheRead, u64::MAX),
        ]);
        assert_eq!(charge(&most, &costliest, 100), u64::MAX);
    }

    #[test]
    fn each_meter_is_charged_at_its_own_price() {
        let all = r#"{"input":"1","cache_read":"2","cache_write_5m":"3","cache_write_1h":"4","output":"5",
            "reasoning":"6","audio_input":"7","audio_output":"8","images":"9","seconds":"10","characters":"11","requests":"12",
            "searches":"13","image_input":"14","image_output":"15"}"#;
        let prices = list(all);
        for (meter, dollars) in Meter::ALL.into_iter().zip(1..) {
            let amount = meter.unit().amount_per_price();
            let charged = charge(&usage(&[(meter, amount)]), &prices, 100);
            assert_eq!(charged, dollars * 1_000_000_000, "{meter}");
            let price = Price {
                nanos: dollars * 1_000_000_000,
            };
            assert_eq!(charge_of(meter, amount, price), charged, "{meter}");
        }
    }

    #[test]
    fn a_meter_without_a_price_falls_back() {
        let prices =
            prices(r#"{"input":"1","output":"5","cache_write_5m":"1.25","audio_output":"0"}"#);
        for (meter, price) in [
            (Meter::CacheRead, "1"),
            (Meter::CacheWrite1h, "1.25"),
            (Meter::AudioInput, "1"),
            (Meter::Reasoning, "5"),
            (Meter::AudioOutput, "0"),
            (Meter::Images, "0"),
            (Meter::Requests, "0"),
        ] {
            assert_eq!(prices.applied(meter).to_text(), price, "{meter}");
        }
    }

    #[test]
    fn tokens_are_charged_only_where_the_model_is_priced_by_them() {
        let all = prices(r#"{"input":"1","output":"5","images":"0.04"}"#);
        assert_eq!(all.charged(PricingUnit::PerMillionTokens), all);
        let by_image = all.charged(PricingUnit::PerImage);
        assert_eq!(by_image, prices(r#"{"images":"0.04"}"#));
    }

    #[test]
    fn a_version_changes_with_a_price_and_with_nothing_else() {
        let shown = |text: &str| Prices::of_receipt(&list(text).shown()).unwrap();
        let (version, read) = shown(r#"{"input":"1","output":"5"}"#);
        assert_eq!(
            (version.clone(), read),
            shown(r#"{"output":"5.00","input":1}"#)
        );
        assert_ne!(version, shown(r#"{"input":"1","output":"6"}"#).0);
        assert_ne!(version, shown(r#"{"output":"1","input":"5"}"#).0);
    }

    #[test]
    fn prices_read_back_as_they_are_written_and_a_slip_is_no_meter() {
        let read = prices(r#"{"output":"0.6","cache_read":"0.025"}"#);
        let text = serde_json::to_string(&read).unwrap();
        assert_eq!(text, r#"{"cache_read":"0.025","output":"0.6"}"#);
        let error = serde_json::from_str::<Prices>(r#"{"cached":"1"}"#).unwrap_err();
        assert!(
            error.to_string().contains("cache_read, cache_write_5m"),
            "{error}"
        );
        let mut large = Prices::default();
        large.set(
            Meter::Images,
            Price {
                nanos: u64::MAX / 1_000,
            },
        );
        assert_eq!(
            PriceList::of(&large).unwrap_err(),
            "the price of images is too large"
        );
    }
}
