//! Lists of models, as providers respond to `GET /models`: each wraps and names its members in a way of its own.

use serde_json::Value;

/// Bytes of a model's name, as a deployment takes it.
const ID_BYTES_MAX: usize = 200;
/// Per-token prices are shown per million.
const MILLION_ZEROS: usize = 6;

/// A model, as its provider lists it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ListedModel {
    pub(super) id: String,
    pub(super) display_name: Option<String>,
    pub(super) context_length: Option<u64>,
    pub(super) max_output_tokens: Option<u64>,
    /// Dollars per million tokens.
    pub(super) input_price: Option<String>,
    pub(super) output_price: Option<String>,
    pub(super) cache_read_price: Option<String>,
}

/// The models of a list; what is no model in it is left out. `None` if the text is no list of models.
pub(super) fn read(list: &[u8]) -> Option<Vec<ListedModel>> {
    let list: Value = serde_json::from_slice(list).ok()?;
    let rows = match &list {
        Value::Array(rows) => rows,
        list => ["data", "models", "modelSummaries"]
            .into_iter()
            .find_map(|name| list.get(name)?.as_array())?,
    };
    Some(rows.iter().filter_map(model).collect())
}

fn model(row: &Value) -> Option<ListedModel> {
    let id = text(row, &["id", "name", "modelId"])?;
    // Google's lists say where a model is; requests may leave that out.
    let id = id.strip_prefix("models/").unwrap_or(id);
    if id.is_empty() || id.len() > ID_BYTES_MAX || id.chars().any(char::is_control) {
        return None;
    }
    let price = |name| per_million(row.pointer(name)?.as_str()?);
    Some(ListedModel {
        id: id.to_owned(),
        display_name: text(row, &["display_name", "displayName", "name", "modelName"])
            .filter(|name| *name != id && !name.starts_with("models/"))
            .map(str::to_owned),
        context_length: number(
            row,
            &[
                "/context_length",
                "/context_window",
                "/max_context_length",
                "/max_model_len",
                "/inputTokenLimit",
                "/max_input_tokens",
            ],
        ),
        max_output_tokens: number(
            row,
            &[
                "/top_provider/max_completion_tokens",
                "/max_completion_tokens",
                "/outputTokenLimit",
                "/max_output_tokens",
                "/max_tokens",
            ],
        ),
        input_price: price("/pricing/prompt"),
        output_price: price("/pricing/completion"),
        cache_read_price: price("/pricing/input_cache_read"),
    })
}

fn text<'a>(row: &'a Value, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| row.get(name)?.as_str())
}

fn number(row: &Value, places: &[&str]) -> Option<u64> {
    let found = places.iter().find_map(|place| row.pointer(place)?.as_u64());
    found.filter(|number| *number > 0)
}

/// Dollars per token, as decimal text, for a million of them: the point moves, and no digit is lost. What is free in a list
/// may be a preview, and a price below zero says that it depends: both are no price.
fn per_million(per_token: &str) -> Option<String> {
    let (whole, fraction) = per_token.split_once('.').unwrap_or((per_token, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let fraction = format!("{fraction:0<MILLION_ZEROS$}");
    let (moved, rest) = fraction.split_at(MILLION_ZEROS);
    let whole = format!("{whole}{moved}");
    let (whole, rest) = (whole.trim_start_matches('0'), rest.trim_end_matches('0'));
    let whole = if whole.is_empty() { "0" } else { whole };
    match (whole, rest) {
        ("0", "") => None,
        (whole, "") => Some(whole.to_owned()),
        (whole, rest) => Some(format!("{whole}.{rest}")),
    }
}
