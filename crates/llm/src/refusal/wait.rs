//! The time to wait, in the ways in which providers say it.

use std::time::Duration;

/// Longest wait that a provider can ask for.
const WAIT_MAX: Duration = Duration::from_secs(3_600);

/// Phrases that stand before a time to wait in a sentence.
const PHRASES: [&str; 6] = [
    "try again in ",
    "retry in ",
    "retry after ",
    "again after ",
    "wait for ",
    "wait ",
];

/// Units in seconds, the longer names first.
const UNITS: [(&str, f64); 17] = [
    ("milliseconds", 0.001),
    ("millisecond", 0.001),
    ("seconds", 1.0),
    ("second", 1.0),
    ("minutes", 60.0),
    ("minute", 60.0),
    ("hours", 3_600.0),
    ("hour", 3_600.0),
    ("days", 86_400.0),
    ("day", 86_400.0),
    ("secs", 1.0),
    ("sec", 1.0),
    ("ms", 0.001),
    ("s", 1.0),
    ("m", 60.0),
    ("h", 3_600.0),
    ("d", 86_400.0),
];

/// Reads `7`, `2.5`, `120ms`, `6m0s`, `1h2m3.5s`. Numbers without a unit are seconds.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let (seconds, rest) = leading_seconds(text.trim())?;
    rest.is_empty().then_some(())?;
    from_seconds(seconds)
}

/// The time that a sentence such as "Please try again in 1.5s." names.
pub(crate) fn in_words(words: &str) -> Option<Duration> {
    let words = words.to_ascii_lowercase();
    PHRASES.iter().find_map(|phrase| {
        let (_, behind) = words.split_once(phrase)?;
        let (seconds, _) = leading_seconds(behind)?;
        from_seconds(seconds)
    })
}

/// A time to wait out of seconds, no longer than anybody should.
pub(crate) fn from_seconds(seconds: f64) -> Option<Duration> {
    let wait = Duration::try_from_secs_f64(seconds).ok()?;
    Some(wait.min(WAIT_MAX))
}

/// The seconds that `text` begins with, and what follows them.
fn leading_seconds(text: &str) -> Option<(f64, &str)> {
    let (mut seconds, mut rest) = leading_part(text)?;
    while let Some((more, behind)) = leading_part(rest.trim_start_matches([' ', ','])) {
        seconds += more;
        rest = behind;
    }
    Some((seconds, rest))
}

/// One number with its unit.
fn leading_part(text: &str) -> Option<(f64, &str)> {
    let digits = text
        .bytes()
        .take_while(|byte| byte.is_ascii_digit() || *byte == b'.')
        .count();
    // The full stop of a sentence is none of the number's.
    let number = text.get(..digits)?.trim_end_matches('.');
    let value: f64 = number.parse().ok()?;
    let rest = text.get(number.len()..)?;
    let spaced = rest.trim_start_matches(' ');
    for (unit, factor) in UNITS {
        if let Some(behind) = spaced.strip_prefix(unit)
            && !behind.starts_with(|letter: char| letter.is_alphabetic())
        {
            return Some((value * factor, behind));
        }
    }
    Some((value, rest))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{duration, in_words};

    #[test]
    fn durations_are_read_in_every_form() {
        for (text, millis) in [
            ("7", 7_000),
            (" 2.5 ", 2_500),
            ("120ms", 120),
            ("6m0s", 360_000),
            ("2m59.56s", 179_560),
            ("1h2m3.5s", 3_600_000),
            ("15m50.4s", 950_400),
            ("7s", 7_000),
            ("0", 0),
        ] {
            assert_eq!(
                duration(text),
                Some(Duration::from_millis(millis)),
                "{text}"
            );
        }
        for text in ["", "soon", "-5", "7x", "1.2.3", "NaN", "inf", "s"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn a_sentence_says_how_long() {
        for (words, millis) in [
            ("Please try again in 1.5s. Visit https://example.com", 1_500),
            ("Please try again in 20ms.", 20),
            ("Please try again in 6m0s.", 360_000),
            ("Please retry after 24 seconds.", 24_000),
            ("Please retry in 48.939935699s.", 48_939),
            ("Try again in 2 minutes, 3 seconds", 123_000),
            ("Wait 3 sec and send it again", 3_000),
        ] {
            let wait = in_words(words).unwrap();
            assert_eq!(wait.as_millis(), millis, "{words}");
        }
        assert_eq!(in_words("Please try again in a while."), None);
        assert_eq!(in_words("Try again later. Limit 30 per 5 minutes."), None);
    }
}
