//! Token counts of a request: a provider's report, in all its dialects, and the usage that is made of it.

mod report;
mod units;

pub use report::UsageReport;
pub(crate) use report::count;
pub use units::Units;

use crate::meter::{Meter, Usage};

/// The estimate that stands in where a provider does not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UsageEstimate {
    pub input_tokens: u64,
    /// Of what was generated.
    pub output_tokens: u64,
    /// True if the endpoint generates tokens at all.
    pub has_output: bool,
    /// The amounts that are no tokens, as the request says them.
    pub units: Units,
}

impl UsageReport {
    /// The usage, and whether all of it is the provider's own count. A provider that counts in units and says nothing
    /// of tokens uses none.
    pub fn resolve(&self, estimate: &UsageEstimate) -> (Usage, bool) {
        let (mut usage, is_exact) = if self.units.is_empty() || self.counts_tokens() {
            self.tokens(estimate)
        } else {
            (Usage::default(), true)
        };
        self.units.or(estimate.units).add_to(&mut usage);
        (usage, is_exact)
    }

    /// The tokens of each class, and whether all of them are the provider's own count. A class that is not
    /// reported, or is reported as zero although there is something, is made up from the total where
    /// that is known, and else estimated.
    fn tokens(&self, estimate: &UsageEstimate) -> (Usage, bool) {
        let input = self
            .input_tokens
            .filter(|tokens| *tokens > 0 || estimate.input_tokens == 0);
        let output = self
            .output_tokens
            .filter(|tokens| *tokens > 0 || estimate.output_tokens == 0);
        let output = output.or((!estimate.has_output).then_some(0));
        let total = self.total_tokens.filter(|total| *total > 0);
        let (input, output, is_exact) = match (input, output, total) {
            (Some(input), Some(output), total) => {
                let (input, output) = self.with_what_the_total_adds(input, output, total);
                (input, output, true)
            }
            (None, Some(output), Some(total)) => (total.saturating_sub(output), output, true),
            (Some(input), None, Some(total)) if total > input => (input, total - input, true),
            // The sum is the provider's, its parts are not.
            (None, None, Some(total)) => {
                let output = estimate.output_tokens.min(total);
                (total - output, output, false)
            }
            (input, output, _) => (
                input.unwrap_or(estimate.input_tokens),
                output.unwrap_or(estimate.output_tokens),
                false,
            ),
        };
        (self.by_class(input, output), is_exact)
    }

    /// The tokens of each class as far as they were reported: what was not counts as none.
    pub fn classes(&self) -> Usage {
        let estimate = UsageEstimate {
            has_output: true,
            ..UsageEstimate::default()
        };
        self.resolve(&estimate).0
    }

    /// The sums of this language, split into disjoint classes.
    fn by_class(&self, input: u64, output: u64) -> Usage {
        let mut usage = Usage::default();
        let for_an_hour = self.cache_write_1h_tokens;
        let of_input = [
            (Meter::CacheRead, self.cached_tokens),
            (Meter::CacheWrite1h, for_an_hour),
            (
                Meter::CacheWrite5m,
                self.cache_write_tokens.saturating_sub(for_an_hour),
            ),
            (Meter::AudioInput, self.audio_input_tokens),
            (Meter::ImageInput, self.split_picture_tokens[0]),
        ];
        usage.split(input, &of_input, Meter::UncachedInput);
        let of_output = [
            (Meter::Reasoning, self.reasoning_tokens),
            (Meter::AudioOutput, self.audio_output_tokens),
            (Meter::ImageOutput, self.split_picture_tokens[1]),
        ];
        usage.split(output, &of_output, Meter::Output);
        usage
    }

    /// Adds what a total has beyond its parts, which the parts leave out: audio and pictures of the prompt
    /// (Mistral), or else reasoning (xAI, Gemini). Reasoning that is more than the output it should be a
    /// part of was left out too, of the total as well (Gemini behind Vercel, as its cost shows).
    fn with_what_the_total_adds(&self, input: u64, output: u64, total: Option<u64>) -> (u64, u64) {
        let excess = total
            .unwrap_or_default()
            .saturating_sub(input.saturating_add(output));
        let media = self
            .audio_input_tokens
            .saturating_add(self.picture_input_tokens);
        if excess > 0 && excess == media {
            return (input + excess, output);
        }
        let output = output + excess;
        if self.reasoning_tokens > output {
            return (input, output + self.reasoning_tokens);
        }
        (input, output)
    }
}

#[cfg(test)]
mod tests;
