//! Directives: a request asks for a response that is slow, odd or missing.
//!
//! Three places, a later one wins: after `@` in the model's name, the `x-sandbox` header, and
//! `[[sandbox: ...]]` in a text. The table of names and meanings is in the README.

use std::str::FromStr;

use http::{HeaderMap, StatusCode};

use crate::errors::ApiError;

const HEADER: &str = "x-sandbox";
const PHRASE_START: &str = "[[sandbox:";
const PHRASE_END: &str = "]]";

const WORDS_MAX: usize = 100_000;
const WORDS_PER_SECOND_MAX: f64 = 1_000_000.0;
const DELAY_MS_MAX: u64 = 600_000;
const BYTES_MAX: usize = 64 << 20;

const KNOWN: &str = "words, wps, ttft_ms, slow_headers_ms, status, retry_after, fault, after, \
     bytes, cached, tool, finish, content_filter";
const FAULTS: &[(&str, Fault)] = &[
    ("hang", Fault::Hang),
    ("reset", Fault::Reset),
    ("reset_mid", Fault::ResetMid),
    ("half_frame", Fault::HalfFrame),
    ("truncate", Fault::Truncate),
    ("stall", Fault::Stall),
    ("no_done", Fault::NoDone),
    ("no_usage", Fault::NoUsage),
    ("wrong_usage", Fault::WrongUsage),
    ("garbage", Fault::Garbage),
    ("error_event", Fault::ErrorEvent),
    ("huge_line", Fault::HugeLine),
    ("chatter", Fault::Chatter),
    ("split", Fault::Split),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Hang,
    Reset,
    ResetMid,
    HalfFrame,
    Truncate,
    Stall,
    NoDone,
    NoUsage,
    WrongUsage,
    Garbage,
    ErrorEvent,
    HugeLine,
    Chatter,
    Split,
}

#[derive(Debug, Clone)]
pub(crate) struct Directives {
    pub(crate) words: Option<usize>,
    pub(crate) words_per_second: f64,
    pub(crate) ttft_ms: u64,
    pub(crate) slow_headers_ms: u64,
    pub(crate) status: Option<StatusCode>,
    pub(crate) retry_after: Option<u32>,
    pub(crate) fault: Option<Fault>,
    pub(crate) after: u64,
    pub(crate) bytes: usize,
    pub(crate) cached: u64,
    pub(crate) tool: Option<String>,
    pub(crate) finish: Option<String>,
    pub(crate) content_filter: bool,
    /// Errors have Google's envelope.
    pub(crate) is_google: bool,
}

impl Default for Directives {
    fn default() -> Self {
        Self {
            words: None,
            words_per_second: 0.0,
            ttft_ms: 0,
            slow_headers_ms: 0,
            status: None,
            retry_after: None,
            fault: None,
            after: 3,
            bytes: 8 << 20,
            cached: 0,
            tool: None,
            finish: None,
            content_filter: false,
            is_google: false,
        }
    }
}

impl Directives {
    /// Gathers the directives of a whole request: the model's suffix, the header, then its texts.
    pub(crate) fn gather<'a>(
        suffix: &str,
        headers: &HeaderMap,
        texts: impl Iterator<Item = &'a str>,
    ) -> Result<Self, ApiError> {
        let mut directives = Self::default();
        directives.apply(suffix)?;
        for value in headers.get_all(HEADER) {
            directives.apply(&String::from_utf8_lossy(value.as_bytes()))?;
        }
        for text in texts {
            directives.apply_phrases(text)?;
        }
        Ok(directives)
    }

    /// Applies what a model's suffix or the header says: `name=value`, comma or space between.
    fn apply(&mut self, text: &str) -> Result<(), ApiError> {
        for directive in text.split([',', ' ', '\t', '\r', '\n']) {
            if !directive.is_empty() {
                let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
                self.set(name, value)?;
            }
        }
        Ok(())
    }

    /// Applies every phrase in a prompt, message or input.
    fn apply_phrases(&mut self, text: &str) -> Result<(), ApiError> {
        let mut rest = text;
        while let Some((_, phrase, after)) = next_phrase(rest) {
            self.apply(phrase)?;
            rest = after;
        }
        Ok(())
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), ApiError> {
        match name {
            "words" => self.words = Some(number(name, value, 0, WORDS_MAX)?),
            "wps" => self.words_per_second = number(name, value, 0.0, WORDS_PER_SECOND_MAX)?,
            "ttft_ms" => self.ttft_ms = number(name, value, 0, DELAY_MS_MAX)?,
            "slow_headers_ms" => self.slow_headers_ms = number(name, value, 0, DELAY_MS_MAX)?,
            "status" => {
                let status = number(name, value, 400, 599)?;
                self.status = StatusCode::from_u16(status).ok();
            }
            "retry_after" => self.retry_after = Some(number(name, value, 0, u32::MAX)?),
            "fault" => self.fault = Some(fault(value)?),
            "after" => self.after = number(name, value, 0, u64::MAX)?,
            "bytes" => self.bytes = number(name, value, 0, BYTES_MAX)?,
            "cached" => self.cached = number(name, value, 0, u64::MAX)?,
            "tool" if !value.is_empty() => self.tool = Some(value.to_owned()),
            "finish" if !value.is_empty() => self.finish = Some(value.to_owned()),
            "tool" | "finish" => return Err(invalid(&format!("'{name}' needs a value"))),
            "content_filter" => self.content_filter = true,
            unknown => return Err(invalid(&format!("unknown directive '{unknown}'"))),
        }
        Ok(())
    }
}

/// The parts of a text which are not directives.
pub(crate) fn without_phrases(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let current = rest?;
        match next_phrase(current) {
            Some((before, _, after)) => {
                rest = Some(after);
                Some(before)
            }
            None => rest.take(),
        }
    })
}

/// Before, inside and after the first phrase.
fn next_phrase(text: &str) -> Option<(&str, &str, &str)> {
    let start = memchr::memmem::find(text.as_bytes(), PHRASE_START.as_bytes())?;
    let (before, phrase) = text.split_at(start);
    let (inside, after) = phrase.get(PHRASE_START.len()..)?.split_once(PHRASE_END)?;
    Some((before, inside, after))
}

fn number<T: FromStr + PartialOrd + Copy + std::fmt::Display>(
    name: &str,
    value: &str,
    min: T,
    max: T,
) -> Result<T, ApiError> {
    match value.parse() {
        Ok(number) if number >= min && number <= max => Ok(number),
        _ => Err(invalid(&format!(
            "'{name}' takes a number from {min} to {max}, not '{value}'"
        ))),
    }
}

fn fault(value: &str) -> Result<Fault, ApiError> {
    if let Some((_, fault)) = FAULTS.iter().find(|(name, _)| *name == value) {
        return Ok(*fault);
    }
    let names: Vec<&str> = FAULTS.iter().map(|(name, _)| *name).collect();
    Err(invalid(&format!(
        "'fault' takes one of {}, not '{value}'",
        names.join(", ")
    )))
}

fn invalid(problem: &str) -> ApiError {
    ApiError::invalid(format!(
        "Sandbox: {problem}. The known directives are: {KNOWN}."
    ))
    .param("sandbox")
    .code("invalid_directive")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_of_a_text_is_applied_in_order() {
        let mut directives = Directives::default();
        let text = "a [[sandbox: wps=5 words=7]] b [[sandbox: wps=6,status=503]] c [[sandbox: x";
        directives.apply_phrases(text).expect("they are known");
        assert!((directives.words_per_second - 6.0).abs() < f64::EPSILON);
        assert_eq!(directives.words, Some(7));
        assert_eq!(directives.status, Some(StatusCode::SERVICE_UNAVAILABLE));
        assert_eq!(
            without_phrases(text).collect::<String>(),
            "a  b  c [[sandbox: x"
        );
    }

    #[test]
    fn values_out_of_range_are_refused() {
        for text in [
            "status=200",
            "words=100001",
            "wps=-1",
            "wps=nan",
            "wps=inf",
            "fault=fire",
            "tool=",
            "fast",
        ] {
            assert!(Directives::default().apply(text).is_err(), "{text}");
        }
    }
}
