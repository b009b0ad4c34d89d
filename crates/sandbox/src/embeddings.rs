//! `POST /v1/embeddings`: a vector of length one for each input, made from its hash.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::request::Parts;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::chat::check_context;
use crate::diagnose::{check_integer, empty_array, invalid_type, parse};
use crate::directives::Directives;
use crate::errors::{ApiError, json};
use crate::hash::Generator;
use crate::models::ModelName;
use crate::perform::{Content, Outcome};
use crate::request::{EmbeddingRequest, Entry};
use crate::usage::Usage;

const DIMENSIONS_DEFAULT: i64 = 256;
const DIMENSIONS_MAX: i64 = 4096;
const INPUTS_MAX: usize = 2048;

pub(crate) fn create(head: &Parts, body: &Bytes) -> Result<Outcome, ApiError> {
    let request: EmbeddingRequest<'_> = parse(body)?;
    let model = request
        .model
        .as_deref()
        .ok_or_else(|| ApiError::missing("model"))?;
    let model = ModelName::parse(model)?;
    let texts = request.input.iter().flat_map(|input| input.texts());
    let directives = Directives::gather(model.directives, &head.headers, texts)?;
    let content = response(&request, model.name, &directives);
    Ok(Outcome {
        directives,
        content,
    })
}

#[derive(Clone, Copy)]
enum Encoding {
    Float,
    Base64,
}

fn response(
    request: &EmbeddingRequest<'_>,
    model: &str,
    directives: &Directives,
) -> Result<Content, ApiError> {
    let inputs = validate(request)?;
    let encoding = encoding(request)?;
    check_integer("dimensions", request.dimensions, 1, DIMENSIONS_MAX)?;
    if directives.content_filter {
        return Err(ApiError::content_filter());
    }
    let mut usage = Usage::default();
    for input in &inputs {
        check_context(input.tokens(), None, "input")?;
        usage.prompt_tokens += input.tokens();
    }
    let dimensions = request.dimensions.unwrap_or(DIMENSIONS_DEFAULT);
    let dimensions = usize::try_from(dimensions).unwrap_or(1);
    let data = inputs.iter().enumerate().map(|(index, input)| Embedding {
        object: "embedding",
        index,
        embedding: encode(vector(input.hash(), dimensions), encoding),
    });
    let body = json(&List {
        object: "list",
        data: data.collect(),
        model,
        usage: usage.encode_input(directives),
    });
    Ok(Content::Json { body, words: 0 })
}

fn validate<'a>(request: &'a EmbeddingRequest<'_>) -> Result<Vec<Entry<'a>>, ApiError> {
    let input = request
        .input
        .as_ref()
        .ok_or_else(|| ApiError::missing("input"))?;
    let inputs = input
        .entries()
        .ok_or_else(|| invalid_type("input", "an array of strings or of tokens", "a mixture"))?;
    if inputs.is_empty() {
        return Err(empty_array("input"));
    }
    if inputs.len() > INPUTS_MAX {
        let message = format!("Invalid 'input': at most {INPUTS_MAX} inputs are allowed.");
        return Err(ApiError::invalid(message)
            .param("input")
            .code("array_above_max_length"));
    }
    let is_empty = |input: &Entry<'_>| match input {
        Entry::Text(text) => text.is_empty(),
        Entry::Tokens(tokens) => tokens.is_empty(),
    };
    if inputs.iter().any(is_empty) {
        let message = "Invalid 'input': input cannot be an empty string.";
        return Err(ApiError::invalid(message)
            .param("input")
            .code("empty_string"));
    }
    Ok(inputs)
}

fn encoding(request: &EmbeddingRequest<'_>) -> Result<Encoding, ApiError> {
    match request.encoding_format.as_deref() {
        None | Some("float") => Ok(Encoding::Float),
        Some("base64") => Ok(Encoding::Base64),
        Some(other) => Err(ApiError::invalid(format!(
            "Invalid value: '{other}'. Supported values are: 'float' and 'base64'."
        ))
        .param("encoding_format")
        .code("invalid_value")),
    }
}

fn vector(seed: u64, dimensions: usize) -> Vec<f32> {
    let mut generator = Generator::new(seed);
    let parts: Vec<f64> = (0..dimensions)
        .map(|_| signed_unit(generator.next()))
        .collect();
    let length = parts.iter().map(|part| part * part).sum::<f64>().sqrt();
    parts.iter().map(|part| single(part / length)).collect()
}

/// A number between -1 and 1 which is never zero, so that every vector has a direction.
fn signed_unit(random: u64) -> f64 {
    let [a, b, c, d, ..] = random.to_le_bytes();
    let magnitude = (f64::from(u32::from_le_bytes([a, b, c, d])) + 1.0) / 4_294_967_296.0;
    if random >> 63 == 0 {
        magnitude
    } else {
        -magnitude
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "embeddings are single precision"
)]
fn single(number: f64) -> f32 {
    number as f32
}

fn encode(vector: Vec<f32>, encoding: Encoding) -> Vector {
    match encoding {
        Encoding::Float => Vector::Floats(vector),
        Encoding::Base64 => {
            let bytes: Vec<u8> = vector.iter().flat_map(|part| part.to_le_bytes()).collect();
            Vector::Base64(STANDARD.encode(bytes))
        }
    }
}

#[derive(Serialize)]
struct List<'a> {
    object: &'static str,
    data: Vec<Embedding>,
    model: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Box<RawValue>>,
}

#[derive(Serialize)]
struct Embedding {
    object: &'static str,
    index: usize,
    embedding: Vector,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Vector {
    Floats(Vec<f32>),
    Base64(String),
}
