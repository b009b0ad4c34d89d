//! The wait that a provider asks for in its headers: in seconds, in milliseconds, as a date, or as
//! the time at which a limit begins anew.

use std::time::Duration;

use crate::refusal::{duration, from_seconds};

/// Longest value of such a header, in bytes.
const VALUE_BYTES_MAX: usize = 64;
/// Limits of one provider that are looked at.
const LIMITS_MAX: usize = 16;
/// Plain numbers from here on are seconds since the Unix epoch, and milliseconds since then.
const EPOCH_SECONDS_MIN: f64 = 1e9;
const EPOCH_MILLIS_MIN: f64 = 1e11;

/// The length of a limit's window, by Azure: what is used up is there again within that.
const PERIOD: &str = "renewalperiod";
/// The words in the names of headers that say something of a limit.
const KINDS: [&str; 3] = ["remaining", "reset", PERIOD];

/// The headers of a response that name a time to wait.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RetryHeaders {
    after: Option<Wait>,
    after_millis: Option<Duration>,
    limits: Vec<Limit>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wait {
    For(Duration),
    /// Since the Unix epoch.
    Until(Duration),
}

/// One limit of several: of requests, of tokens, of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Limit {
    name: String,
    is_used_up: bool,
    reset: Option<Wait>,
}

impl RetryHeaders {
    /// Takes a header into account if it is one of these.
    pub fn note(&mut self, name: &str, value: &[u8]) {
        let name = name.to_ascii_lowercase();
        let Some(value) = std::str::from_utf8(value).ok().map(str::trim) else {
            return;
        };
        if value.is_empty() || value.len() > VALUE_BYTES_MAX {
            return;
        }
        match name.as_str() {
            "retry-after" => self.after = wait(value),
            "retry-after-ms" | "x-ms-retry-after-ms" => {
                let millis = value.parse::<f64>().ok();
                self.after_millis = millis.and_then(|millis| from_seconds(millis / 1_000.0));
            }
            _ if name.contains("ratelimit") || name.contains("rate-limit") => {
                self.note_limit(&name, value);
            }
            _ => {}
        }
    }

    /// The wait that is asked for; of milliseconds and seconds the more exact, unless it is none.
    pub fn asked(&self, now: Option<Duration>) -> Option<Duration> {
        let millis = self.after_millis.filter(|wait| !wait.is_zero());
        millis.or_else(|| self.after.and_then(|wait| wait.from(now)))
    }

    /// The time until the limits that are used up begin anew; if none is known to be, until the first does.
    pub fn reset(&self, now: Option<Duration>) -> Option<Duration> {
        let resets = |used_up: bool| {
            let limits = self
                .limits
                .iter()
                .filter(move |limit| limit.is_used_up || !used_up);
            limits
                .filter_map(move |limit| limit.reset?.from(now))
                .filter(|wait| !wait.is_zero())
        };
        resets(true).max().or_else(|| resets(false).min())
    }

    fn note_limit(&mut self, name: &str, value: &str) {
        let is_remaining = name.contains("remaining");
        let Some(kind) = KINDS.into_iter().find(|kind| name.contains(kind)) else {
            return;
        };
        let name = name.replacen(kind, "", 1);
        let limit = match self.limits.iter().position(|limit| limit.name == name) {
            Some(at) => self.limits.get_mut(at),
            None if self.limits.len() < LIMITS_MAX => {
                self.limits.push(Limit {
                    name,
                    is_used_up: false,
                    reset: None,
                });
                self.limits.last_mut()
            }
            None => None,
        };
        let Some(limit) = limit else { return };
        if is_remaining {
            // -1 is Azure's word for no limit.
            let is_none_left = value.parse::<f64>().is_ok_and(|left| left <= 0.0);
            limit.is_used_up = is_none_left && value != "-1";
        } else if kind == PERIOD {
            limit.reset = limit.reset.or_else(|| wait(value));
        } else {
            limit.reset = wait(value);
        }
    }
}

impl Wait {
    /// A time that is over is no wait; one that is absolute needs a clock.
    fn from(self, now: Option<Duration>) -> Option<Duration> {
        match self {
            Self::For(wait) => Some(wait),
            Self::Until(time) => {
                let wait = time.checked_sub(now?).unwrap_or_default();
                from_seconds(wait.as_secs_f64())
            }
        }
    }
}

fn wait(value: &str) -> Option<Wait> {
    if let Ok(number) = value.parse::<f64>() {
        return if number >= EPOCH_MILLIS_MIN {
            Duration::try_from_secs_f64(number / 1_000.0)
                .ok()
                .map(Wait::Until)
        } else if number >= EPOCH_SECONDS_MIN {
            Duration::try_from_secs_f64(number).ok().map(Wait::Until)
        } else {
            from_seconds(number).map(Wait::For)
        };
    }
    duration(value)
        .map(Wait::For)
        .or_else(|| date(value).map(Wait::Until))
}

/// A date of HTTP or of RFC 3339, since the Unix epoch.
fn date(value: &str) -> Option<Duration> {
    if let Ok(time) = httpdate::parse_http_date(value) {
        return time.duration_since(std::time::UNIX_EPOCH).ok();
    }
    let time: jiff::Timestamp = value.parse().ok()?;
    Duration::try_from_secs_f64(time.as_duration().as_secs_f64()).ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::RetryHeaders;

    /// Sunday, 6 November 1994, 08:49:00.
    const NOW: Duration = Duration::from_secs(784_111_740);

    fn headers(lines: &[(&str, &str)]) -> RetryHeaders {
        let mut headers = RetryHeaders::default();
        for (name, value) in lines {
            headers.note(name, value.as_bytes());
        }
        headers
    }

    fn asked(lines: &[(&str, &str)]) -> Option<u128> {
        headers(lines).asked(Some(NOW)).map(|wait| wait.as_millis())
    }

    fn reset(lines: &[(&str, &str)]) -> Option<u128> {
        headers(lines).reset(Some(NOW)).map(|wait| wait.as_millis())
    }

    #[test]
    fn retry_after_is_read_in_every_form() {
        for (value, millis) in [
            ("7", Some(7_000)),
            ("2.5", Some(2_500)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(37_000)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(37_000)),
            ("Sun Nov  6 08:49:37 1994", Some(37_000)),
            ("Sun, 06 Nov 1994 08:48:00 GMT", Some(0)),
            ("1m30s", Some(90_000)),
            ("999999", Some(3_600_000)),
            ("-1", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(asked(&[("Retry-After", value)]), millis, "{value}");
        }
        let date = headers(&[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")]);
        assert_eq!(
            date.asked(None),
            None,
            "a date says nothing without a clock"
        );
    }

    #[test]
    fn milliseconds_are_more_exact_than_seconds_unless_they_are_none() {
        let both = |millis| asked(&[("retry-after", "1"), ("retry-after-ms", millis)]);
        assert_eq!(both("4500"), Some(4_500));
        assert_eq!(both("0"), Some(1_000));
        assert_eq!(asked(&[("retry-after-ms", "4500.5")]), Some(4_500));
    }

    #[test]
    fn the_limit_that_is_used_up_says_how_long() {
        let openai = [
            ("x-ratelimit-remaining-requests", "59"),
            ("x-ratelimit-reset-requests", "120ms"),
            ("x-ratelimit-remaining-tokens", "0"),
            ("x-ratelimit-reset-tokens", "6m0s"),
        ];
        assert_eq!(reset(&openai), Some(360_000));
        let anthropic = [
            ("anthropic-ratelimit-requests-remaining", "0"),
            ("anthropic-ratelimit-requests-reset", "1994-11-06T08:49:20Z"),
            ("anthropic-ratelimit-tokens-remaining", "1000"),
            ("anthropic-ratelimit-tokens-reset", "1994-11-06T08:50:00Z"),
        ];
        assert_eq!(reset(&anthropic), Some(20_000));
        assert_eq!(
            reset(&[("X-RateLimit-Reset", "784111750000")]),
            Some(10_000)
        );
        assert_eq!(
            reset(&[
                ("x-ratelimit-reset-requests", "2m"),
                ("x-ratelimit-reset-tokens", "3s")
            ]),
            Some(3_000)
        );
        assert_eq!(asked(&openai), None, "a reset is no request to wait");
    }
}
