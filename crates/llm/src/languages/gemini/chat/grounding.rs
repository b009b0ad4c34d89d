//! Pages that a text is grounded in: `groundingMetadata`. Places in the text are counted in bytes here.

use super::super::NAME;
use crate::chat::Citation;
use crate::json::{Object, Value};

/// The citations of a text: a page with each of the words that it supports, where that is said.
pub(super) fn read(grounding: &Value, text: &str) -> Vec<Citation> {
    let list = |name: &str| grounding.get(name).map(Value::items).unwrap_or_default();
    let chunks = list("groundingChunks");
    let mut citations = Vec::new();
    for support in list("groundingSupports") {
        let segment = support.get("segment");
        let places = support.get("groundingChunkIndices").map(Value::items);
        let places = places.unwrap_or_default().iter().filter_map(Value::count);
        let found = places.filter_map(|place| chunks.get(usize::try_from(place).ok()?));
        citations.extend(found.filter_map(|chunk| page(chunk, segment, text)));
    }
    if citations.is_empty() {
        citations.extend(chunks.iter().filter_map(|chunk| page(chunk, None, text)));
    }
    citations
}

fn page(chunk: &Value, segment: Option<&Value>, text: &str) -> Option<Citation> {
    let web = chunk.get("web").or(chunk.get("retrievedContext"))?;
    let place = |name: &str| {
        let bytes = segment?
            .get(name)
            .and_then(Value::count)
            .unwrap_or_default();
        let before = text.get(..usize::try_from(bytes).ok()?)?;
        Some(before.chars().count() as u64)
    };
    Some(Citation {
        url: web.text_of("uri").map(str::to_owned),
        title: web.text_of("title").map(str::to_owned),
        quote: segment
            .and_then(|segment| segment.text_of("text"))
            .map(str::to_owned),
        span: place("startIndex").zip(place("endIndex")),
        native: Some((NAME, chunk.clone())),
    })
}

/// The citations of a text; `None` without any.
pub(super) fn write(citations: &[Citation], text: &str) -> Option<Object> {
    let mut pages: Vec<(Option<&str>, Object)> = Vec::new();
    let mut supports = Vec::new();
    for citation in citations {
        let url = citation.url.as_deref();
        let known = pages.iter().position(|(page, _)| *page == url);
        let place = known.unwrap_or_else(|| {
            let web = Object::new()
                .maybe("uri", url)
                .maybe("title", citation.title.as_deref());
            pages.push((url, Object::new().with("web", web)));
            pages.len() - 1
        });
        if let Some(segment) = segment(citation, text) {
            let support = Object::new().with("segment", segment);
            supports.push(support.with("groundingChunkIndices", vec![Value::from(place as u64)]));
        }
    }
    if pages.is_empty() {
        return None;
    }
    let chunks: Vec<Object> = pages.into_iter().map(|(_, page)| page).collect();
    let grounding = Object::new().with("groundingChunks", chunks);
    Some(grounding.maybe(
        "groundingSupports",
        (!supports.is_empty()).then_some(supports),
    ))
}

fn segment(citation: &Citation, text: &str) -> Option<Object> {
    let (start, end) = citation.span.filter(|(start, end)| start < end)?;
    let bytes = |characters: u64| {
        let characters = usize::try_from(characters).ok()?;
        let mut places = text
            .char_indices()
            .map(|(place, _)| place)
            .chain([text.len()]);
        places.nth(characters)
    };
    let (start, end) = (bytes(start)?, bytes(end)?);
    Some(
        Object::new()
            .with("startIndex", start as u64)
            .with("endIndex", end as u64)
            .with("text", text.get(start..end)?),
    )
}
