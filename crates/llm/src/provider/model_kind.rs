//! Models of OpenAI's that reason, by their names: the one maker whose models of one language take other parameters.

/// The kind of a model, as far as requests depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ModelKind {
    /// A model of OpenAI's that reasons, which refuses `max_tokens`.
    pub(super) reasons_at_openai: bool,
    /// Temperatures and the like are refused, but for the defaults.
    pub(super) refuses_sampling: bool,
}

impl ModelKind {
    /// The kind of the model of that name, whatever stands before its last slash: `openai/o4-mini`.
    pub(super) fn of(model: &str) -> Self {
        let name = model.rsplit('/').next().unwrap_or(model);
        let name = name.to_ascii_lowercase();
        let is_older = is_numbered(&name, "o");
        let fifth = name.strip_prefix("gpt-5");
        // Later ones take settings of sampling where they do not reason, and say so where they do.
        let is_fifth = fifth.is_some_and(|rest| {
            let is_chat = rest.starts_with("-chat");
            (rest.is_empty() || rest.starts_with('-')) && !is_chat
        });
        Self {
            reasons_at_openai: is_older || fifth.is_some(),
            refuses_sampling: is_older || is_fifth,
        }
    }
}

/// A name that is this letter and a digit, and may go on behind a hyphen: `o3`, `o4-mini`.
fn is_numbered(name: &str, letter: &str) -> bool {
    let Some(rest) = name.strip_prefix(letter) else {
        return false;
    };
    let digits = rest.split('-').next().unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::ModelKind;

    #[test]
    fn models_that_reason_at_openai_are_known_by_their_names() {
        let told = |model| {
            let kind = ModelKind::of(model);
            (kind.reasons_at_openai, kind.refuses_sampling)
        };
        for model in [
            "o1",
            "o3-mini",
            "openai/o4-mini-2025-04-16",
            "gpt-5",
            "gpt-5-nano",
        ] {
            assert_eq!(told(model), (true, true), "{model}");
        }
        for model in ["gpt-5-chat-latest", "gpt-5.1", "openai/gpt-5.4-mini"] {
            assert_eq!(told(model), (true, false), "{model}");
        }
        for model in [
            "gpt-4o",
            "olmo-2",
            "o-model",
            "omni-3",
            "openai/gpt-oss-120b",
            "",
        ] {
            assert_eq!(told(model), (false, false), "{model}");
        }
    }
}
