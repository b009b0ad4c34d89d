//! Lists of names in the wishes of a client.

use crate::error::TranslateError;
use crate::json::Value;

/// Models that a client may list.
const MODELS_MAX: usize = 8;
/// Names that a client may give in one list.
const NAMES_MAX: usize = 32;

/// The names of the list of models.
pub(super) fn models(value: &Value) -> Result<Vec<String>, TranslateError> {
    names(value, "models", MODELS_MAX)
}

/// The names of a list in the `provider` object.
pub(super) fn of_provider(
    value: &Value,
    param: &'static str,
) -> Result<Vec<String>, TranslateError> {
    names(value, param, NAMES_MAX)
}

fn names(value: &Value, param: &'static str, most: usize) -> Result<Vec<String>, TranslateError> {
    let expected = "an array of names";
    let Value::List(items) = value else {
        return Err(TranslateError::WrongType { param, expected });
    };
    if items.len() > most {
        return Err(TranslateError::Wish {
            param,
            problem: "the list has too many names: 'models' takes 8, and a list of 'provider' 32",
        });
    }
    let name = |item: &Value| {
        item.text()
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
    };
    let named: Option<Vec<String>> = items.iter().map(name).collect();
    named.ok_or(TranslateError::WrongType { param, expected })
}
