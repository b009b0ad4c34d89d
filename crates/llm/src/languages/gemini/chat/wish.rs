//! The wish for reasoning: `thinkingConfig`, a level with newer models and a number of tokens with older ones.

use crate::chat::{Losses, Reasoning, WriteOptions};
use crate::json::{Fields, Object, Value};

/// Models that do not think, by the begins of their names.
const WITHOUT_THOUGHTS: [&str; 5] = ["gemini-1", "gemini-2.0", "gemma", "learnlm", "gemini-pro"];
/// Models that are told how much to think by a number of tokens.
const WITH_BUDGETS: [Budgets; 3] = [
    Budgets::of("gemini-2.5-pro", 128, 128, 32_768),
    Budgets::of("gemini-2.5-flash-lite", 0, 512, 24_576),
    Budgets::of("gemini-2.5", 0, 1, 24_576),
];

/// The budgets that models take whose names have this begin.
struct Budgets {
    begin: &'static str,
    /// The budget that comes next to not thinking.
    off: u64,
    least: u64,
    most: u64,
}

impl Budgets {
    const UNKNOWN: Self = Self::of("", 0, 1, 32_768);

    const fn of(begin: &'static str, off: u64, least: u64, most: u64) -> Self {
        Self {
            begin,
            off,
            least,
            most,
        }
    }
}

/// True for models that are told how much to think by a level, and that want the proofs of their calls back.
pub(super) fn has_levels(model: &str) -> bool {
    let version = bare(model)
        .strip_prefix("gemini-")
        .and_then(|rest| rest.split(['.', '-']).next()?.parse::<u64>().ok());
    version.is_some_and(|version| version >= 3)
}

/// The name without the words before it.
fn bare(model: &str) -> &str {
    model.rsplit('/').next().unwrap_or(model)
}

/// Reads the wish.
pub(super) fn read(mut config: Fields) -> Option<Reasoning> {
    let budget = config.take("thinkingBudget");
    let level = config.text("thinkingLevel");
    let level = level.map(|level| level.to_ascii_lowercase());
    let wish = Reasoning {
        effort: level.filter(|level| level != "thinking_level_unspecified"),
        is_adaptive: budget.as_ref().and_then(Value::number) == Some(-1.0),
        budget: budget.and_then(|budget| budget.count()),
        summary: None,
    };
    (wish != Reasoning::default()).then_some(wish)
}

/// The `thinkingConfig` of a request; `None` where nothing is wished, or the model does not think.
pub(super) fn write(
    wish: Option<&Reasoning>,
    options: &WriteOptions<'_>,
    losses: &mut Losses,
) -> Option<Object> {
    let wish = wish?;
    let model = bare(options.upstream_model);
    let is_one_of = |begin: &str| model.starts_with(begin);
    if WITHOUT_THOUGHTS.iter().any(|begin| is_one_of(begin)) {
        losses.drop_if("reasoning_effort", !wish.is_off());
        return None;
    }
    let config = Object::new();
    let shows = !wish.is_off();
    if has_levels(model) {
        let level = wish.effort().map(|effort| level(effort, model));
        return Some(
            config
                .maybe("thinkingLevel", level)
                .with("includeThoughts", shows),
        );
    }
    let known = WITH_BUDGETS.iter().find(|known| is_one_of(known.begin));
    let taken = known.unwrap_or(&Budgets::UNKNOWN);
    let budget = match wish.budget() {
        Some(0) => Value::from(taken.off),
        Some(budget) => Value::from(budget.clamp(taken.least, taken.most)),
        // The model decides.
        None => Value::Number("-1".to_owned()),
    };
    Some(
        config
            .with("thinkingBudget", budget)
            .with("includeThoughts", shows),
    )
}

/// The level that stands for an effort: the larger models do not know all of them, and always think.
fn level(effort: &str, model: &str) -> &'static str {
    let is_small = model.contains("flash");
    match effort {
        "none" | "minimal" if is_small => "minimal",
        "none" | "minimal" | "low" => "low",
        "medium" if !model.starts_with("gemini-3-pro") => "medium",
        _ => "high",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::Quirks;

    fn written(model: &str, effort: &str) -> String {
        let wish = Reasoning {
            effort: Some(effort.to_owned()),
            ..Reasoning::default()
        };
        written_wish(model, &wish)
    }

    fn written_wish(model: &str, wish: &Reasoning) -> String {
        let options = WriteOptions {
            upstream_model: model,
            output_tokens_max: None,
            asks_usage: true,
            quirks: Quirks::NONE,
        };
        let config = write(Some(wish), &options, &mut Losses::of("openai"));
        config.map_or("none".to_owned(), |config| Value::from(config).to_json())
    }

    #[test]
    fn each_model_is_told_in_its_own_way_how_much_to_think() {
        for (model, effort, expected) in [
            (
                "gemini-2.5-flash",
                "none",
                r#"{"thinkingBudget":0,"includeThoughts":false}"#,
            ),
            (
                "gemini-2.5-pro",
                "none",
                r#"{"thinkingBudget":128,"includeThoughts":false}"#,
            ),
            (
                "gemini-2.5-flash",
                "max",
                r#"{"thinkingBudget":24576,"includeThoughts":true}"#,
            ),
            (
                "models/gemini-3-flash-preview",
                "none",
                r#"{"thinkingLevel":"minimal","includeThoughts":false}"#,
            ),
            (
                "gemini-3-pro-preview",
                "medium",
                r#"{"thinkingLevel":"high","includeThoughts":true}"#,
            ),
            (
                "google/gemini-3.1-pro",
                "medium",
                r#"{"thinkingLevel":"medium","includeThoughts":true}"#,
            ),
            ("gemini-2.0-flash", "high", "none"),
        ] {
            assert_eq!(written(model, effort), expected, "{model}, {effort}");
        }
    }

    #[test]
    fn a_budget_stays_within_what_the_model_takes() {
        for (model, budget, taken) in [
            ("gemini-2.5-pro", 128, 128),
            ("gemini-2.5-pro", 64, 128),
            ("gemini-2.5-flash", 64, 64),
            ("gemini-2.5-flash-lite", 64, 512),
            ("gemini-2.5-flash", 40_000, 24_576),
        ] {
            let wish = Reasoning {
                budget: Some(budget),
                ..Reasoning::default()
            };
            let expected = format!(r#"{{"thinkingBudget":{taken},"includeThoughts":true}}"#);
            assert_eq!(written_wish(model, &wish), expected, "{model}, {budget}");
        }
    }
}
