//! `POST /v1/moderations`: a text is flagged for the words in it.

use bytes::Bytes;
use http::request::Parts;
use serde_json::{Map, Value, json};

use crate::diagnose::{empty_array, invalid_type, parse};
use crate::directives::{Directives, without_phrases};
use crate::errors::{ApiError, json as to_json};
use crate::hash;
use crate::models::ModelName;
use crate::perform::{Content, Outcome};

/// Categories, each with words that a text is flagged for.
const CATEGORIES: &[(&str, &[&str])] = &[
    ("harassment", &["idiot", "stupid"]),
    ("harassment/threatening", &[]),
    ("hate", &["hate"]),
    ("hate/threatening", &[]),
    ("illicit", &["steal", "smuggle"]),
    ("illicit/violent", &[]),
    ("self-harm", &[]),
    ("self-harm/instructions", &[]),
    ("self-harm/intent", &[]),
    ("sexual", &[]),
    ("sexual/minors", &[]),
    ("violence", &["kill", "attack", "hurt"]),
    ("violence/graphic", &[]),
];
const FLAGGED_SCORE: f64 = 0.97;

pub(crate) fn create(head: &Parts, body: &Bytes) -> Result<Outcome, ApiError> {
    let request: Value = parse(body)?;
    let model = request["model"]
        .as_str()
        .ok_or_else(|| ApiError::missing("model"))?;
    let model = ModelName::parse(model)?;
    let inputs = inputs(&request["input"])?;
    let texts = inputs.iter().map(String::as_str);
    let directives = Directives::gather(model.directives, &head.headers, texts)?;
    let results: Vec<Value> = inputs.iter().map(|input| judge(input)).collect();
    let id = format!("modr-{:016x}", hash::of(inputs.join("\n").as_bytes()));
    let body = json!({"id": id, "model": model.name, "results": results});
    Ok(Outcome {
        directives,
        content: Ok(Content::Json {
            body: to_json(&body),
            words: 0,
        }),
    })
}

/// The texts to be judged one by one. Parts are one input together, and pictures in it are nothing to object to.
fn inputs(input: &Value) -> Result<Vec<String>, ApiError> {
    let items = match input {
        Value::Null => return Err(ApiError::missing("input")),
        Value::String(text) => return Ok(vec![text.clone()]),
        Value::Array(items) if items.is_empty() => return Err(empty_array("input")),
        Value::Array(items) => items,
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => {
            return Err(invalid_type(
                "input",
                "a string or an array",
                "another type",
            ));
        }
    };
    if items.iter().all(Value::is_string) {
        let texts = items.iter().filter_map(Value::as_str);
        return Ok(texts.map(str::to_owned).collect());
    }
    let texts: Vec<&str> = items
        .iter()
        .filter_map(|item| item["text"].as_str())
        .collect();
    Ok(vec![texts.join("\n")])
}

fn judge(text: &str) -> Value {
    let plain: String = without_phrases(text).collect();
    let plain = plain.to_lowercase();
    let mut is_flagged = false;
    let (mut categories, mut scores, mut types) = (Map::new(), Map::new(), Map::new());
    for (name, words) in CATEGORIES {
        let of_category = plain
            .split(|letter: char| !letter.is_alphanumeric())
            .any(|word| words.contains(&word));
        is_flagged |= of_category;
        let score = if of_category {
            FLAGGED_SCORE
        } else {
            low_score(name, &plain)
        };
        categories.insert((*name).to_owned(), of_category.into());
        scores.insert((*name).to_owned(), json!(score));
        types.insert((*name).to_owned(), json!(["text"]));
    }
    json!({
        "flagged": is_flagged,
        "categories": categories,
        "category_scores": scores,
        "category_applied_input_types": types,
    })
}

/// A number below a hundredth, the same for the same text.
fn low_score(category: &str, text: &str) -> f64 {
    let seed = hash::combine(hash::of(category.as_bytes()), hash::of(text.as_bytes()));
    let [low, high, ..] = seed.to_le_bytes();
    f64::from(u16::from_le_bytes([low, high])) / 10_000_000.0
}
