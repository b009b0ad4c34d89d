//! `POST /v1/rerank`: documents in the order of how many words of the query they have.

use std::cmp::Reverse;

use bytes::Bytes;
use http::request::Parts;
use serde_json::{Value, json};

use crate::diagnose::{check_integer, empty_array, invalid_type, parse};
use crate::directives::{Directives, Fault, without_phrases};
use crate::errors::{ApiError, json as to_json};
use crate::hash;
use crate::models::ModelName;
use crate::perform::{Content, Outcome};
use crate::tokens;

const DOCUMENTS_MAX: usize = 1_000;
const DOCUMENTS_PER_SEARCH: usize = 100;

pub(crate) fn create(head: &Parts, body: &Bytes) -> Result<Outcome, ApiError> {
    let request: Value = parse(body)?;
    let model = request["model"]
        .as_str()
        .ok_or_else(|| ApiError::missing("model"))?;
    let model = ModelName::parse(model)?;
    let query = request["query"]
        .as_str()
        .ok_or_else(|| ApiError::missing("query"))?;
    let documents = documents(&request["documents"])?;
    let directives = Directives::gather(model.directives, &head.headers, std::iter::once(query))?;
    let query: String = without_phrases(query).collect();
    let content = response(&request, model.name, &query, &documents, &directives);
    Ok(Outcome {
        directives,
        content,
    })
}

fn documents(list: &Value) -> Result<Vec<&str>, ApiError> {
    let list = list
        .as_array()
        .ok_or_else(|| ApiError::missing("documents"))?;
    if list.is_empty() {
        return Err(empty_array("documents"));
    }
    if list.len() > DOCUMENTS_MAX {
        let message = format!("Invalid 'documents': at most {DOCUMENTS_MAX} are allowed.");
        return Err(ApiError::invalid(message)
            .param("documents")
            .code("array_above_max_length"));
    }
    let texts = list.iter().map(|item| match item {
        Value::String(text) => Some(text.as_str()),
        item => item["text"].as_str(),
    });
    let texts: Option<Vec<&str>> = texts.collect();
    texts.ok_or_else(|| invalid_type("documents", "texts", "something else"))
}

fn response(
    request: &Value,
    model: &str,
    query: &str,
    documents: &[&str],
    directives: &Directives,
) -> Result<Content, ApiError> {
    let most = i64::try_from(documents.len()).unwrap_or(i64::MAX);
    for name in ["top_n", "top_k"] {
        check_integer(name, request[name].as_i64(), 1, i64::MAX)?;
    }
    let top = request["top_n"].as_i64().or(request["top_k"].as_i64());
    let top = usize::try_from(top.unwrap_or(most)).unwrap_or(usize::MAX);
    let mut ranked: Vec<(usize, u32)> = documents
        .iter()
        .map(|document| score(query, document))
        .enumerate()
        .collect();
    ranked.sort_by_key(|(_, score)| Reverse(*score));
    let with_documents = request["return_documents"].as_bool().unwrap_or(false);
    let results = ranked.iter().take(top).map(|(index, score)| {
        let mut result = json!({"index": index, "relevance_score": f64::from(*score) / 1_000.0});
        if with_documents && let Some(text) = documents.get(*index) {
            result["document"] = json!({"text": text});
        }
        result
    });
    let results: Vec<Value> = results.collect();
    let of_documents: u64 = documents.iter().map(|text| tokens::count(text)).sum();
    let of_query = tokens::count(query) * documents.len() as u64;
    let id = format!("rank-{:016x}", hash::of(query.as_bytes()));
    let mut body = json!({"id": id, "model": model, "results": results});
    if directives.fault != Some(Fault::NoUsage) {
        body["usage"] = json!({
            "total_tokens": of_query + of_documents,
            "search_units": documents.len().div_ceil(DOCUMENTS_PER_SEARCH),
        });
    }
    Ok(Content::Json {
        body: to_json(&body),
        words: 0,
    })
}

/// The share of the query's words that a document has, in thousandths.
fn score(query: &str, document: &str) -> u32 {
    let (query, document) = (query.to_lowercase(), document.to_lowercase());
    let words = |text: &str| -> Vec<String> {
        text.split(|letter: char| !letter.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let (asked, there) = (words(&query), words(&document));
    let found = asked.iter().filter(|word| there.contains(word)).count();
    let share = (found * 1_000).checked_div(asked.len()).unwrap_or_default();
    u32::try_from(share).unwrap_or_default()
}
