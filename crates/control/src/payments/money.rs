//! Money of providers: integers in the minor unit of a currency, and never a float.

/// Currencies without a minor unit, and those with three decimals (ISO 4217).
const WHOLE: [&str; 15] = [
    "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF",
    "XOF", "XPF",
];
const THREE: [&str; 5] = ["BHD", "JOD", "KWD", "OMR", "TND"];
/// Billionths of a dollar in a dollar, and of a unit of price in one.
const NANOS: i128 = 1_000_000_000;

/// The decimals of a currency.
pub(crate) fn exponent_of(currency: &str) -> u32 {
    if WHOLE.contains(&currency) {
        0
    } else if THREE.contains(&currency) {
        3
    } else {
        2
    }
}

/// The price of credits in the minor unit, rounded up; `None` if it is beyond all bounds.
pub(super) fn price_minor(credits_nanos: i64, price_nanos: i64, exponent: u32) -> Option<i64> {
    let minor = i128::from(credits_nanos)
        .checked_mul(i128::from(price_nanos))?
        .checked_mul(10i128.checked_pow(exponent)?)?;
    let divisor = NANOS * NANOS;
    let rounded = minor.checked_add(divisor - 1)? / divisor;
    i64::try_from(rounded).ok().filter(|minor| *minor > 0)
}

/// The share of `whole` that `part` is of `of`, rounded down: what goes back of one for a part of the other.
pub(crate) fn share_of(whole: i64, part: i64, of: i64) -> i64 {
    let share = i128::from(whole) * i128::from(part) / i128::from(of.max(1));
    i64::try_from(share).unwrap_or(whole).clamp(0, whole)
}

/// An amount as a decimal number: 14600 with two decimals is `146.00`.
pub(crate) fn decimal(minor: i64, exponent: u32) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    let unit = 10u64.pow(exponent);
    let (whole, fraction) = (minor.unsigned_abs() / unit, minor.unsigned_abs() % unit);
    if exponent == 0 {
        return format!("{sign}{whole}");
    }
    let width = usize::try_from(exponent).unwrap_or_default();
    format!("{sign}{whole}.{fraction:0>width$}")
}

/// Reads a decimal number exactly; `None` if it is none, or has more decimals than the currency.
pub(super) fn parse_minor(text: &str, exponent: u32) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let width = usize::try_from(exponent).unwrap_or_default();
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > width {
        return None;
    }
    format!("{whole}{fraction:0<width$}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{decimal, exponent_of, parse_minor, price_minor, share_of};

    #[test]
    fn a_price_is_exact_and_rounded_up_to_the_minor_unit() {
        let dollars = |amount: i64| amount * 1_000_000_000;
        assert_eq!(
            price_minor(dollars(20), 7_300_000_000, exponent_of("CNY")),
            Some(14_600)
        );
        assert_eq!(price_minor(1, 7_300_000_000, 2), Some(1));
        assert_eq!(
            price_minor(dollars(10), dollars(150), exponent_of("JPY")),
            Some(1_500)
        );
        assert_eq!(
            price_minor(dollars(1), dollars(1), exponent_of("KWD")),
            Some(1_000)
        );
        assert_eq!(price_minor(i64::MAX, i64::MAX, 2), None);
        assert_eq!(price_minor(0, dollars(1), 2), None);
    }

    #[test]
    fn money_is_read_and_written_without_floats() {
        for (text, minor) in [
            ("146", 14_600),
            ("146.0", 14_600),
            ("0.01", 1),
            ("1.800", 180),
        ] {
            assert_eq!(parse_minor(text, 2), Some(minor), "{text}");
        }
        for text in [
            "", ".5", "1.801", "1e3", "-1", "+1", " 1", "1,00", "1.0.0", "９",
        ] {
            assert_eq!(parse_minor(text, 2), None, "{text}");
        }
        assert_eq!(parse_minor("99999999999999999999", 2), None);
        assert_eq!(
            (decimal(14_600, 2), decimal(5, 2)),
            ("146.00".into(), "0.05".into())
        );
        assert_eq!(
            (decimal(1_500, 0), decimal(-5, 3)),
            ("1500".into(), "-0.005".into())
        );
    }

    #[test]
    fn a_share_is_rounded_down_and_never_more_than_the_whole() {
        assert_eq!(share_of(14_600, 1, 3), 4_866);
        assert_eq!(share_of(14_600, 3, 3), 14_600);
        assert_eq!(share_of(i64::MAX, i64::MAX, 1), i64::MAX);
    }
}
