//! The client's body is the upstream's body, but for the name of the model and of the bound on a ranking.

use bytes::Bytes;

use super::super::request::name_of;
use crate::json::{ValueSpan, quote, splice};
use crate::language::Encode;

pub(super) fn encode(request: &Encode<'_>) -> Bytes {
    let mut edits: Vec<(ValueSpan, String)> = Vec::new();
    edits.extend(model(request));
    edits.extend(ranked_max(request));
    if edits.is_empty() {
        return request.body.clone();
    }
    edits.sort_by_key(|(span, _)| span.start);
    splice(request.body, &edits)
}

/// The name of the model, in the place of the client's, or at the end where the client sent none.
fn model(request: &Encode<'_>) -> Option<(ValueSpan, String)> {
    let spans = &request.summary.spans;
    if spans.is_form {
        let is_same = request.summary.model == request.upstream_model;
        return (!is_same).then(|| (spans.model.clone(), request.upstream_model.to_owned()));
    }
    let name = quote(request.upstream_model);
    if spans.model.is_empty() {
        return Some((spans.end..spans.end, format!(r#","model":{name}"#)));
    }
    let is_same = request.body.get(spans.model.clone()) == Some(name.as_bytes());
    (!is_same).then(|| (spans.model.clone(), name))
}

/// The bound on the documents, by the name that the provider has for it.
fn ranked_max(request: &Encode<'_>) -> Option<(ValueSpan, String)> {
    let spans = &request.summary.spans;
    if spans.rank_dialect == request.rank_dialect {
        return None;
    }
    let name = name_of(request.body, spans.ranked_max.as_ref()?)?;
    Some((name, quote(request.rank_dialect.max_member())))
}
