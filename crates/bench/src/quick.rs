//! The quick form: a few counts of any build of the program, held against those that a file expects.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};

use crate::case::Subject;
use crate::cases::counts::{self, QUICK, Table};
use crate::setup::{Setup, Wanted};

/// More than this beyond what is expected is a regression.
const TOLERATED_PERCENT: f64 = 5.0;
const RENEW: &str = "if that is meant, renew the file: make counts-renew";

type Counts = BTreeMap<&'static str, f64>;

/// Counts, and says whether each is within what the file expects.
///
/// # Errors
/// If there is nothing to count, or the file cannot be read or written.
pub(crate) async fn run(yunxin: &Path, expected: &Path, renews: bool) -> Result<bool> {
    let wanted = Wanted {
        yunxin: Some(yunxin),
        nginx: false,
        many_keys: 0,
    };
    let setup = Setup::new(&wanted).await?;
    let counted = named(&counts::count(&setup, Subject::Yunxin, QUICK).await?);
    if renews {
        let text = serde_json::to_string_pretty(&counted)? + "\n";
        std::fs::write(expected, text)?;
        println!("written to {}", expected.display());
        return Ok(true);
    }
    let text = std::fs::read_to_string(expected);
    let text = text.with_context(|| format!("cannot read {}", expected.display()))?;
    let expected: BTreeMap<String, f64> = serde_json::from_str(&text)?;
    Ok(compare(&counted, &expected))
}

fn named(table: &Table) -> Counts {
    let mut counts = Counts::from([
        ("instructions_per_request", table.short.instructions),
        ("instructions_per_byte_more", table.per_byte),
        ("instructions_per_chunk", table.chunk.instructions),
        ("allocations_per_request", table.short.allocations),
        ("allocations_per_chunk", table.chunk.allocations),
    ]);
    if let Some(translated) = table.translated {
        counts.insert(
            "instructions_per_translated_request",
            translated.instructions,
        );
    }
    // Two places are more than two runs agree in.
    for count in counts.values_mut() {
        *count = (*count * 100.0).round() / 100.0;
    }
    counts
}

/// Prints each count beside what is expected.
fn compare(counted: &Counts, expected: &BTreeMap<String, f64>) -> bool {
    let mut is_good = true;
    for (name, count) in counted {
        let Some(expected) = expected.get(*name) else {
            println!("{name}: {count:.2}, and nothing is expected; {RENEW}");
            is_good = false;
            continue;
        };
        let percent = percent_more(*count, *expected);
        let is_worse = percent.is_nan() || percent > TOLERATED_PERCENT;
        let verdict = match percent {
            _ if is_worse => "REGRESSION",
            percent if percent < -TOLERATED_PERCENT => "better: make counts-renew",
            _ => "good",
        };
        println!("{name}: {count:.2}, expected {expected:.2} ({percent:+.1} %): {verdict}");
        is_good &= !is_worse;
    }
    if !is_good {
        println!("more work than expected by more than {TOLERATED_PERCENT} %; {RENEW}");
    }
    is_good
}

/// By how much `count` is more than `expected`, in percent; infinite where nothing was expected and something was counted.
fn percent_more(count: f64, expected: f64) -> f64 {
    if count == 0.0 && expected == 0.0 {
        return 0.0;
    }
    (count / expected - 1.0) * 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_more_than_expected_is_a_regression() {
        let expected = BTreeMap::from([("instructions".to_owned(), 1_000.0)]);
        for (count, is_good) in [(1_049.0, true), (1_051.0, false), (1.0, true)] {
            let counted = Counts::from([("instructions", count)]);
            assert_eq!(compare(&counted, &expected), is_good, "{count}");
        }
        let nothing = BTreeMap::from([("allocations".to_owned(), 0.0)]);
        for (count, is_good) in [(0.0, true), (1.0, false)] {
            let counted = Counts::from([("allocations", count)]);
            assert_eq!(
                compare(&counted, &nothing),
                is_good,
                "{count} where nothing was"
            );
        }
        let counted = Counts::from([("instructions", f64::NAN)]);
        assert!(!compare(&counted, &expected), "nothing was counted");
        let counted = Counts::from([("allocations", 1.0)]);
        assert!(!compare(&counted, &expected), "nothing is expected of it");
    }
}
