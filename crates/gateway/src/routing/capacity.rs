//! The concurrency of one deployment, learned from its refusals (additive increase, multiplicative decrease).
//!
//! Nothing is known at first, and nothing bounds it. A refusal says that so many at the same time are too many: from
//! then on the limit is below that. It grows again by what succeeds, and goes beyond what was refused only once in a
//! while, because that costs a refusal. Pure: the time is an argument.

/// The wait before a concurrency that was refused is tried again, doubled by each further refusal there.
const RETRY_MS: i64 = 1_000;
const RETRY_MS_MAX: i64 = 60_000;
/// The limit is never lowered below this.
const LIMIT_MIN: u32 = 1;
/// Limits from here on fall by a tenth when the first token takes too long.
const SLOW_LIMIT_MIN: u32 = 4;
/// The first token takes too long at so many times what is usual.
const SLOW_FACTOR: f64 = 3.0;
/// First tokens before anything is usual.
const USUAL_AFTER: u32 = 20;
/// The limit falls for slowness at most this often.
const SLOW_EVERY_MS: i64 = 1_000;
/// Sizes of prompts that are told apart, by their first tokens.
const SIZES: usize = 3;

/// A learned limit on concurrency.
#[derive(Debug, Default)]
pub(super) struct Capacity {
    limit: Option<u32>,
    /// The least concurrency that was refused, until it succeeds.
    refused: Option<u32>,
    retry_at_ms: i64,
    retry_wait_ms: i64,
    /// Successes at the limit since it was changed.
    successes: u32,
    first_tokens: [FirstTokens; SIZES],
    slowed_at_ms: Option<i64>,
}

/// The times to the first token, of prompts of one size.
#[derive(Debug, Clone, Copy, Default)]
struct FirstTokens {
    count: u32,
    /// Averages that forget quickly and slowly.
    recent_us: f64,
    usual_us: f64,
}

impl Capacity {
    /// The limit; `None` while nothing was refused.
    pub(super) fn limit(&self) -> Option<u32> {
        self.limit
    }

    /// Says that one more than `running` would be within the limit.
    pub(super) fn has_room(&self, running: u32) -> bool {
        self.limit.is_none_or(|limit| running < limit)
    }

    /// A request was refused that was one of `concurrency` when it was sent.
    pub(super) fn refuse(&mut self, concurrency: u32, now_ms: i64) {
        let is_known = self.refused.is_some_and(|refused| refused <= concurrency);
        if !is_known {
            self.retry_wait_ms = 0;
        }
        self.refused = Some(
            self.refused
                .map_or(concurrency, |refused| refused.min(concurrency)),
        );
        let below = concurrency.saturating_sub(1).max(LIMIT_MIN);
        if self.limit.is_none_or(|limit| limit > below) {
            self.limit = Some(below);
            self.successes = 0;
        }
        if now_ms >= self.retry_at_ms {
            self.retry_wait_ms = (self.retry_wait_ms * 2).clamp(RETRY_MS, RETRY_MS_MAX);
            self.retry_at_ms = now_ms + self.retry_wait_ms;
        }
    }

    /// A request succeeded that was one of `concurrency` when it was sent.
    pub(super) fn succeed(&mut self, concurrency: u32, now_ms: i64) {
        let Some(limit) = self.limit else { return };
        if self.refused.is_some_and(|refused| concurrency >= refused) {
            self.refused = Some(concurrency + 1);
            self.retry_wait_ms = 0;
        }
        if concurrency < limit {
            return;
        }
        self.successes += 1;
        let next = limit.saturating_add(1);
        let grows = if self.refused.is_some_and(|refused| next >= refused) {
            now_ms >= self.retry_at_ms
        } else {
            self.successes >= limit.div_ceil(2)
        };
        if grows {
            self.limit = Some(next);
            self.successes = 0;
            // The refusal that may follow waits from when it comes.
            self.retry_at_ms = now_ms;
        }
    }

    /// The first token of a prompt of so many tokens came after `us`, with `running` at the same time.
    pub(super) fn note_first_token(&mut self, tokens: u64, us: u64, running: u32, now_ms: i64) {
        #[expect(clippy::cast_precision_loss, reason = "a time, as an average")]
        let us = us as f64;
        let times = &mut self.first_tokens[size(tokens)];
        times.note(us);
        let was_slowed = self
            .slowed_at_ms
            .is_some_and(|at_ms| now_ms < at_ms + SLOW_EVERY_MS);
        if !times.are_slow() || was_slowed || running <= SLOW_LIMIT_MIN {
            return;
        }
        let lower = (running - running.div_ceil(10)).max(SLOW_LIMIT_MIN);
        if self.limit.is_none_or(|limit| limit > lower) {
            self.limit = Some(lower);
            self.successes = 0;
            self.slowed_at_ms = Some(now_ms);
        }
    }

    /// The usual time to the first token of a prompt of so many tokens, in microseconds; `None` before one came.
    pub(super) fn first_token_us(&self, tokens: u64) -> Option<f64> {
        let of_size = &self.first_tokens[size(tokens)];
        let any = || self.first_tokens.iter().find(|times| times.count > 0);
        let times = if of_size.count > 0 {
            Some(of_size)
        } else {
            any()
        };
        times.map(|times| times.recent_us)
    }
}

impl FirstTokens {
    fn note(&mut self, us: f64) {
        self.count = self.count.saturating_add(1);
        if self.count == 1 {
            (self.recent_us, self.usual_us) = (us, us);
            return;
        }
        self.recent_us += (us - self.recent_us) / 8.0;
        // Faster is believed sooner than slower: what is usual is what it can do.
        let smoothing = if us < self.usual_us { 16.0 } else { 256.0 };
        self.usual_us += (us - self.usual_us) / smoothing;
    }

    fn are_slow(&self) -> bool {
        self.count >= USUAL_AFTER && self.recent_us > SLOW_FACTOR * self.usual_us
    }
}

/// The class of a prompt's size.
fn size(tokens: u64) -> usize {
    match tokens {
        0..1_024 => 0,
        1_024..16_384 => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests;
