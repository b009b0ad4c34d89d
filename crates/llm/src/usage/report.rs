//! Reading usage objects of the OpenAI language and its dialects.

use super::Units;
use crate::json::{Cursor, JsonError, Kind};

/// Counts above this are a fault of the upstream's, not a bill.
const TOKENS_MAX: u64 = 1_000_000_000;

/// A provider's report of a request's tokens. A count that is absent, `null`, or cannot be true
/// (negative, fractional, beyond a billion) is `None`: neither must become a charge, or the absence of one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UsageReport {
    pub input_tokens: Option<u64>,
    pub output_tokens: Option<u64>,
    pub total_tokens: Option<u64>,
    pub cached_tokens: u64,
    pub reasoning_tokens: u64,
    /// Tokens of the prompt that were written to a cache.
    pub cache_write_tokens: u64,
    /// The tokens that the cache keeps for an hour.
    pub cache_write_1h_tokens: u64,
    pub audio_input_tokens: u64,
    pub audio_output_tokens: u64,
    /// Tokens of images and videos of the prompt.
    pub picture_input_tokens: u64,
    /// Generated tokens of images.
    pub picture_output_tokens: u64,
    /// The tokens of images that have meters of their own, in the prompt and generated: those of operations that make
    /// images.
    pub split_picture_tokens: [u64; 2],
    /// The amounts that are no tokens.
    pub units: Units,
    /// The cost for the client, in nanos of a dollar, where it is told: no provider reports it.
    pub cost_nanos: Option<u64>,
}

impl UsageReport {
    /// Reads a usage object and adds it to what was reported before. A value that is no object, or has no
    /// count that can be true, leaves `report` as it is.
    pub(crate) fn read_into(
        cursor: &mut Cursor<'_>,
        report: &mut Option<Self>,
    ) -> Result<(), JsonError> {
        if cursor.kind()? != Kind::Object {
            return cursor.skip();
        }
        let mut read = Self::default();
        let mut missed_cache = None;
        cursor.object(|inner, key| match &*key.bytes() {
            b"prompt_tokens" | b"input_tokens" => larger(inner, &mut read.input_tokens),
            b"completion_tokens" | b"output_tokens" => larger(inner, &mut read.output_tokens),
            b"total_tokens" => larger(inner, &mut read.total_tokens),
            // DeepSeek; Together and Moonshot; proxies of Anthropic.
            b"prompt_cache_hit_tokens" | b"cached_tokens" | b"cache_read_input_tokens" => {
                part(inner, &mut read.cached_tokens)
            }
            b"prompt_cache_miss_tokens" => larger(inner, &mut missed_cache),
            // Proxies of Anthropic; the second says how much of the first is kept for how long.
            b"cache_creation_input_tokens" => part(inner, &mut read.cache_write_tokens),
            b"cache_creation" => read.cache_writes(inner),
            // Perplexity.
            b"reasoning_tokens" => part(inner, &mut read.reasoning_tokens),
            // Writer has the singular, and so do OpenAI's transcriptions.
            b"prompt_tokens_details"
            | b"prompt_token_details"
            | b"input_tokens_details"
            | b"input_token_details" => read.input_details(inner),
            b"completion_tokens_details"
            | b"completion_token_details"
            | b"output_tokens_details" => read.output_details(inner),
            _ => inner.skip(),
        })?;
        let parts = missed_cache.map(|missed| missed.saturating_add(read.cached_tokens));
        read.input_tokens = read.input_tokens.or(parts);
        if read.counts_tokens() {
            report.get_or_insert_default().update(read);
        }
        Ok(())
    }

    /// Takes a later report: counts grow while a stream lasts, so the last one says it all. A count that it
    /// lacks or has as zero is kept.
    pub fn update(&mut self, later: Self) {
        let newer = |new: Option<u64>, old: Option<u64>| new.filter(|new| *new > 0).or(old).or(new);
        let newer_part = |new: u64, old: u64| if new > 0 { new } else { old };
        *self = Self {
            input_tokens: newer(later.input_tokens, self.input_tokens),
            output_tokens: newer(later.output_tokens, self.output_tokens),
            total_tokens: newer(later.total_tokens, self.total_tokens),
            cached_tokens: newer_part(later.cached_tokens, self.cached_tokens),
            reasoning_tokens: newer_part(later.reasoning_tokens, self.reasoning_tokens),
            cache_write_tokens: newer_part(later.cache_write_tokens, self.cache_write_tokens),
            cache_write_1h_tokens: newer_part(
                later.cache_write_1h_tokens,
                self.cache_write_1h_tokens,
            ),
            audio_input_tokens: newer_part(later.audio_input_tokens, self.audio_input_tokens),
            audio_output_tokens: newer_part(later.audio_output_tokens, self.audio_output_tokens),
            picture_input_tokens: newer_part(later.picture_input_tokens, self.picture_input_tokens),
            picture_output_tokens: newer_part(
                later.picture_output_tokens,
                self.picture_output_tokens,
            ),
            split_picture_tokens: [
                newer_part(later.split_picture_tokens[0], self.split_picture_tokens[0]),
                newer_part(later.split_picture_tokens[1], self.split_picture_tokens[1]),
            ],
            units: later.units.or(self.units),
            cost_nanos: later.cost_nanos.or(self.cost_nanos),
        };
    }

    /// Returns whether the output is not counted, so that an estimate may be needed.
    pub(crate) fn lacks_output(&self) -> bool {
        self.output_tokens.is_none_or(|tokens| tokens == 0)
    }

    /// Returns whether tokens were counted at all.
    pub(crate) fn counts_tokens(&self) -> bool {
        self.input_tokens.is_some() || self.output_tokens.is_some() || self.total_tokens.is_some()
    }

    fn input_details(&mut self, cursor: &mut Cursor<'_>) -> Result<(), JsonError> {
        details(cursor, |inner, key| match key {
            b"cached_tokens" => part(inner, &mut self.cached_tokens),
            // OpenRouter.
            b"cache_write_tokens" => part(inner, &mut self.cache_write_tokens),
            b"audio_tokens" => part(inner, &mut self.audio_input_tokens),
            b"image_tokens" | b"video_tokens" => {
                let mut tokens = 0;
                part(inner, &mut tokens)?;
                self.picture_input_tokens = self.picture_input_tokens.saturating_add(tokens);
                Ok(())
            }
            _ => inner.skip(),
        })
    }

    fn output_details(&mut self, cursor: &mut Cursor<'_>) -> Result<(), JsonError> {
        details(cursor, |inner, key| match key {
            b"reasoning_tokens" => part(inner, &mut self.reasoning_tokens),
            b"audio_tokens" => part(inner, &mut self.audio_output_tokens),
            b"image_tokens" => part(inner, &mut self.picture_output_tokens),
            _ => inner.skip(),
        })
    }

    fn cache_writes(&mut self, cursor: &mut Cursor<'_>) -> Result<(), JsonError> {
        details(cursor, |inner, key| match key {
            b"ephemeral_1h_input_tokens" => part(inner, &mut self.cache_write_1h_tokens),
            _ => inner.skip(),
        })
    }
}

fn details<F>(cursor: &mut Cursor<'_>, mut on_field: F) -> Result<(), JsonError>
where
    F: FnMut(&mut Cursor<'_>, &[u8]) -> Result<(), JsonError>,
{
    if cursor.kind()? != Kind::Object {
        return cursor.skip();
    }
    cursor.object(|inner, key| on_field(inner, &key.bytes()))
}

/// Reads a count that has two names; of both, one may be a zero that means nothing.
fn larger(cursor: &mut Cursor<'_>, into: &mut Option<u64>) -> Result<(), JsonError> {
    *into = (*into).max(count(cursor)?);
    Ok(())
}

fn part(cursor: &mut Cursor<'_>, into: &mut u64) -> Result<(), JsonError> {
    *into = (*into).max(count(cursor)?.unwrap_or_default());
    Ok(())
}

/// Reads a count; `None` where it is absent, or cannot be true.
pub(crate) fn count(cursor: &mut Cursor<'_>) -> Result<Option<u64>, JsonError> {
    if cursor.kind()? != Kind::Number {
        cursor.skip()?;
        return Ok(None);
    }
    let digits = cursor.number()?;
    let tokens = digits.parse().ok().or_else(|| whole(digits));
    Ok(tokens.filter(|tokens| *tokens <= TOKENS_MAX))
}

/// A whole number that is written as a decimal: `3.0`.
fn whole(digits: &str) -> Option<u64> {
    let number: f64 = digits.parse().ok()?;
    let is_whole = number.fract() == 0.0 && number >= 0.0;
    is_whole
        .then(|| format!("{number:.0}").parse().ok())
        .flatten()
}
