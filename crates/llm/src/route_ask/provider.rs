//! The members of the `provider` object.

use super::names::of_provider;
use super::{AskedSort, MaxPrice, RouteAsk};
use crate::error::TranslateError;
use crate::json::Value;

/// Members that ask for something that only a provider which routes by the object itself can keep.
const FOR_ROUTERS: [(&str, &str); 4] = [
    ("data_collection", "provider.data_collection"),
    ("zdr", "provider.zdr"),
    (
        "enforce_distillable_text",
        "provider.enforce_distillable_text",
    ),
    ("quantizations", "provider.quantizations"),
];
/// Members that such a provider knows, and that bind nobody.
const PREFERENCES: [&str; 2] = ["preferred_min_throughput", "preferred_max_latency"];
/// Characters that are kept of the name of a member that no list knows.
const UNKNOWN_CHARS_MAX: usize = 40;

/// Reads the members; one that is `null` asks nothing.
pub(super) fn read(ask: &mut RouteAsk, members: &[(String, Value)]) -> Result<(), TranslateError> {
    let said = members.iter().filter(|(_, value)| *value != Value::Null);
    for (name, value) in said {
        match name.as_str() {
            "order" => ask.order = of_provider(value, "provider.order")?,
            "only" => ask.only = of_provider(value, "provider.only")?,
            "ignore" => ask.ignore = of_provider(value, "provider.ignore")?,
            "allow_fallbacks" => {
                ask.allows_fallbacks = boolean(value, "provider.allow_fallbacks")?;
            }
            "require_parameters" => {
                ask.requires_parameters = boolean(value, "provider.require_parameters")?;
            }
            "sort" => ask.sort = Some(sort(value)?),
            "max_price" => ask.max_price = max_price(value)?,
            name => other(ask, name, value),
        }
    }
    Ok(())
}

/// A member that is not ours.
fn other(ask: &mut RouteAsk, name: &str, value: &Value) {
    let for_router = FOR_ROUTERS.iter().find(|(known, _)| *known == name);
    match for_router {
        Some((_, param)) if asks_something(value) => ask.for_router.push(param),
        None if !PREFERENCES.contains(&name) => {
            let shown = || name.chars().take(UNKNOWN_CHARS_MAX).collect();
            ask.unknown.get_or_insert_with(shown);
        }
        Some(_) | None => {}
    }
}

/// `false`, an empty list and the permission to collect data ask nothing.
fn asks_something(value: &Value) -> bool {
    !value.is_falsy() && value.text() != Some("allow")
}

fn boolean(value: &Value, param: &'static str) -> Result<bool, TranslateError> {
    match value {
        Value::Bool(value) => Ok(*value),
        _ => Err(TranslateError::WrongType {
            param,
            expected: "a boolean",
        }),
    }
}

/// The word, or an object that has it in `by`.
fn sort(value: &Value) -> Result<AskedSort, TranslateError> {
    let word = value.text().or_else(|| value.get("by")?.text());
    match word {
        Some("price") => Ok(AskedSort::Price),
        Some("throughput") => Ok(AskedSort::Throughput),
        Some("latency") => Ok(AskedSort::Latency),
        _ => Err(TranslateError::Wish {
            param: "provider.sort",
            problem: "expected \"price\", \"throughput\" or \"latency\"",
        }),
    }
}

fn max_price(value: &Value) -> Result<MaxPrice, TranslateError> {
    let invalid = |problem| TranslateError::Wish {
        param: "provider.max_price",
        problem,
    };
    let Value::Object(members) = value else {
        return Err(invalid("expected an object"));
    };
    let mut most = MaxPrice::default();
    for (name, value) in members {
        let place = match name.as_str() {
            "prompt" => &mut most.input,
            "completion" => &mut most.output,
            "request" => &mut most.request,
            "image" => &mut most.image,
            _ => {
                return Err(invalid(
                    "its members are 'prompt', 'completion', 'request' and 'image'",
                ));
            }
        };
        if *value == Value::Null {
            continue;
        }
        let dollars = value
            .number()
            .filter(|price| price.is_finite() && *price >= 0.0);
        let problem = "each price is a number of dollars, at least 0";
        *place = Some(dollars.ok_or_else(|| invalid(problem))?);
    }
    Ok(most)
}
