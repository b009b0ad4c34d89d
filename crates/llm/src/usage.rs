//! Token counts of a request: what a provider reports, in all its dialects, and what is made of it.

mod report;

pub use report::UsageReport;

/// Tokens of one request, by class. `cached` is a part of `input`, `reasoning` a part of `output`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    pub input_tokens: u64,
    pub output_tokens: u64,
    pub cached_tokens: u64,
    pub reasoning_tokens: u64,
}

/// What is assumed where a provider does not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UsageEstimate {
    pub input_tokens: u64,
    /// Of what was generated.
    pub output_tokens: u64,
    /// Whether the endpoint generates tokens at all.
    pub has_output: bool,
}

impl UsageReport {
    /// The tokens of each class, and whether all of them are the provider's own count. A class that is not
    /// reported, or is reported as zero although there is something, is made up from the total where
    /// that is known, and else estimated.
    pub fn resolve(&self, estimate: &UsageEstimate) -> (Usage, bool) {
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
        let usage = Usage {
            input_tokens: input,
            output_tokens: output,
            cached_tokens: self.cached_tokens.min(input),
            reasoning_tokens: self.reasoning_tokens.min(output),
        };
        (usage, is_exact)
    }

    /// What a total has beyond its parts is what the parts leave out: audio and pictures of the prompt
    /// (Mistral), or else reasoning (xAI, Gemini). Reasoning that is more than the output it should be a
    /// part of was left out too, of the total as well (Gemini behind Vercel, as its cost shows).
    fn with_what_the_total_adds(&self, input: u64, output: u64, total: Option<u64>) -> (u64, u64) {
        let excess = total
            .unwrap_or_default()
            .saturating_sub(input.saturating_add(output));
        if excess > 0 && excess == self.input_media_tokens {
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
