//! The quote: the most that a request may cost. Pure.

use llm::Meter;
use llm::meter::MeterUnit;

use super::PriceList;

/// The most that a request may use, by the unit of the meters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UsageMax {
    /// The meters that its operation is measured by.
    pub(crate) meters: &'static [Meter],
    pub(crate) input_tokens: u64,
    /// Of all choices together.
    pub(crate) output_tokens: u64,
    pub(crate) images: u64,
    /// Of a sound that is sent: how long one is that is made is known only once it is heard.
    pub(crate) seconds: u64,
    pub(crate) characters: u64,
    pub(crate) searches: u64,
}

impl UsageMax {
    fn of(&self, unit: MeterUnit) -> u64 {
        match unit {
            MeterUnit::InputTokens => self.input_tokens,
            MeterUnit::OutputTokens => self.output_tokens,
            MeterUnit::Images => self.images,
            MeterUnit::Characters => self.characters,
            MeterUnit::Requests => 1,
            MeterUnit::Seconds => self.seconds,
            MeterUnit::Searches => self.searches,
        }
    }
}

/// The units that amounts are known in before a request runs.
const UNITS: [MeterUnit; 7] = [
    MeterUnit::InputTokens,
    MeterUnit::OutputTokens,
    MeterUnit::Images,
    MeterUnit::Seconds,
    MeterUnit::Characters,
    MeterUnit::Requests,
    MeterUnit::Searches,
];

/// The most that `most` may cost, in nano-dollars: everything is charged at the dearest price of its unit. No usage
/// within `most` is charged more.
pub(crate) fn quote(most: &UsageMax, list: &PriceList, factor_percent: u64) -> u64 {
    let mut usage = llm::Usage::default();
    for unit in UNITS {
        let is_meant = |meter: &Meter| meter.unit() == unit;
        // Every request counts as one, whatever else its operation is measured by.
        let meters = most.meters.iter().chain(&[Meter::Requests]);
        let dearest = meters
            .filter(|meter| is_meant(meter))
            .max_by_key(|meter| list.nanos_of(**meter));
        if let Some(meter) = dearest {
            usage[*meter] = most.of(unit);
        }
    }
    super::charge(&usage, list, factor_percent)
}

#[cfg(test)]
mod tests {
    use llm::operation::{CHAT, EMBEDDINGS};
    use llm::{Meter, Usage};

    use super::{UsageMax, quote};
    use crate::catalog::{PriceList, Prices, charge};

    const MOST: UsageMax = UsageMax {
        meters: CHAT.meters,
        input_tokens: 1_000,
        output_tokens: 200,
        images: 0,
        seconds: 0,
        characters: 0,
        searches: 0,
    };

    fn list(text: &str) -> PriceList {
        let prices: Prices = serde_json::from_str(text).unwrap();
        PriceList::of(&prices).unwrap()
    }

    #[test]
    fn a_quote_is_the_charge_for_the_most_that_a_request_may_use() {
        let prices = list(r#"{"input":"2.50","output":"10","requests":"0.001"}"#);
        assert_eq!(
            quote(&MOST, &prices, 100),
            2_500_000 + 2_000_000 + 1_000_000
        );
        assert_eq!(quote(&MOST, &prices, 200), 11_000_000);
        assert_eq!(quote(&MOST, &list("{}"), 100), 0);
    }

    #[test]
    fn no_split_of_the_tokens_is_charged_more_than_the_quote() {
        let prices = list(
            r#"{"input":"1","cache_read":"0.1","cache_write_1h":"2","audio_input":"40","output":"5","audio_output":"80"}"#,
        );
        let quoted = quote(&MOST, &prices, 100);
        for input in Meter::ALL {
            for output in Meter::ALL {
                let mut usage = Usage::default();
                usage[Meter::UncachedInput] = 500;
                if CHAT.meters.contains(&input) && input.unit() == Meter::UncachedInput.unit() {
                    usage[input] += 500;
                }
                if CHAT.meters.contains(&output) && output.unit() == Meter::Output.unit() {
                    usage[output] = 200;
                }
                assert!(charge(&usage, &prices, 100) <= quoted, "{input} {output}");
            }
        }
    }

    #[test]
    fn a_meter_that_the_operation_has_not_is_no_part_of_its_quote() {
        let most = UsageMax {
            meters: EMBEDDINGS.meters,
            output_tokens: 0,
            ..MOST
        };
        let prices = list(r#"{"input":"1","audio_input":"40"}"#);
        assert_eq!(quote(&most, &prices, 100), 1_000_000);
    }
}
