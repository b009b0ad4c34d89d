//! Losses of translation: what a language cannot say is listed by name, or refused where it changes the response.

use bytes::Bytes;

use crate::error::TranslateError;

/// A request as it was written for an upstream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    pub body: Bytes,
    /// The names of the parameters that were left out, in the client's language.
    pub dropped: Vec<String>,
}

/// The losses of one request, by the names of the client's language.
#[derive(Debug)]
pub struct Losses {
    language: &'static str,
    dropped: Vec<String>,
}

/// Parameters with other names in a language than in OpenAI's.
const NAMES: [(&str, &str, &str); 24] = [
    ("anthropic", "stop", "stop_sequences"),
    ("anthropic", "reasoning_effort", "thinking"),
    ("anthropic", "response_format", "output_config.format"),
    (
        "anthropic",
        "parallel_tool_calls",
        "tool_choice.disable_parallel_tool_use",
    ),
    ("anthropic", "user", "metadata.user_id"),
    ("responses", "response_format", "text.format"),
    ("responses", "verbosity", "text.verbosity"),
    ("responses", "reasoning_effort", "reasoning"),
    ("responses", "max_tokens", "max_output_tokens"),
    ("gemini", "stop", "generationConfig.stopSequences"),
    ("gemini", "n", "generationConfig.candidateCount"),
    (
        "gemini",
        "reasoning_effort",
        "generationConfig.thinkingConfig",
    ),
    (
        "gemini",
        "response_format",
        "generationConfig.responseSchema",
    ),
    ("gemini", "seed", "generationConfig.seed"),
    ("gemini", "logprobs", "generationConfig.responseLogprobs"),
    ("gemini", "tool_choice", "toolConfig"),
    ("gemini", "temperature", "generationConfig.temperature"),
    ("gemini", "top_p", "generationConfig.topP"),
    ("gemini", "top_k", "generationConfig.topK"),
    (
        "gemini",
        "frequency_penalty",
        "generationConfig.frequencyPenalty",
    ),
    (
        "gemini",
        "presence_penalty",
        "generationConfig.presencePenalty",
    ),
    ("gemini", "max_tokens", "generationConfig.maxOutputTokens"),
    ("gemini", "image", "contents.parts.inlineData"),
    ("gemini", "file", "contents.parts.fileData"),
];

impl Losses {
    /// No losses yet, of a request in this language.
    pub fn of(language: &'static str) -> Self {
        Self {
            language,
            dropped: Vec::new(),
        }
    }

    /// Lists a parameter, by OpenAI's name, if it is given.
    pub fn drop_if(&mut self, param: &str, is_given: bool) {
        if is_given {
            self.drop_named(self.name(param));
        }
    }

    /// Lists a parameter by the name that the client wrote.
    pub fn drop_named(&mut self, name: String) {
        if !self.dropped.contains(&name) {
            self.dropped.push(name);
        }
    }

    /// Lists every member that no language shares.
    pub fn drop_extras(&mut self, extras: &[(String, crate::json::Value)]) {
        for (name, _) in extras {
            self.drop_named(name.clone());
        }
    }

    /// Refuses a parameter, by OpenAI's name, if it is given: without it the response would mean something else.
    ///
    /// # Errors
    /// If it is given.
    pub fn refuse_if(&self, param: &str, is_given: bool) -> Result<(), TranslateError> {
        if is_given {
            return Err(self.refusal(param));
        }
        Ok(())
    }

    /// The refusal of a parameter, by OpenAI's name.
    pub fn refusal(&self, param: &str) -> TranslateError {
        TranslateError::Unsupported {
            param: self.name(param),
        }
    }

    /// The body with what it lost.
    pub fn into_written(self, body: String) -> Written {
        Written {
            body: body.into(),
            dropped: self.dropped,
        }
    }

    fn name(&self, param: &str) -> String {
        let own = NAMES
            .iter()
            .find(|(language, name, _)| *language == self.language && *name == param);
        own.map_or(param, |(_, _, own)| own).to_owned()
    }
}
