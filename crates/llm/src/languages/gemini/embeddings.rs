//! Embeddings: `embedContent` and `batchEmbedContents`, by way of OpenAI's language, in which every provider of vectors
//! takes texts.

use super::chat::spelling;
use crate::chat::{Losses, Written};
use crate::error::TranslateError;
use crate::json::{Cursor, Fields, Object, Value};

/// Hints of a request that OpenAI's language has no place for.
const HINTS: [&str; 2] = ["taskType", "title"];

/// The body that asks for the same vectors in OpenAI's language.
///
/// # Errors
/// If the body is no request for vectors of texts.
pub fn embeddings_as_openai(body: &[u8], model: &str) -> Result<Written, TranslateError> {
    let mut cursor = Cursor::new(body);
    cursor.skip()?;
    cursor.finish()?;
    let value = Value::read(body).unwrap_or(Value::Null);
    let mut fields = Fields::of(spelling::normal(value.clone()));
    let requests = match fields.take("requests") {
        Some(Value::List(requests)) => requests,
        _ => vec![spelling::normal(value)],
    };
    let mut losses = Losses::of(super::NAME);
    let (mut texts, mut dimensions) = (Vec::new(), None);
    for request in requests {
        let mut fields = Fields::of(request);
        let mut config = fields.fields("embedContentConfig");
        for name in HINTS {
            let is_given = fields.take(name).or(config.take(name)).is_some();
            losses.drop_if(name, is_given);
        }
        let size = fields.count("outputDimensionality");
        dimensions = dimensions.or(size).or(config.count("outputDimensionality"));
        texts.push(Value::Text(text_of(fields.take("content"))?));
    }
    let asked = Object::new()
        .with("model", model)
        .with("input", texts)
        .with("encoding_format", "float")
        .maybe("dimensions", dimensions);
    Ok(losses.into_written(Value::from(asked).to_json()))
}

fn text_of(content: Option<Value>) -> Result<String, TranslateError> {
    let content = content.ok_or(TranslateError::Missing { param: "content" })?;
    let mut text = String::new();
    for part in Fields::of(content).list("parts") {
        match part.text_of("text") {
            Some(said) => text.push_str(said),
            None => {
                return Err(TranslateError::Unsupported {
                    param: "content.parts".to_owned(),
                });
            }
        }
    }
    Ok(text)
}

/// The response of OpenAI's language as this one has it; `None` for a body without vectors.
pub fn embeddings_as_gemini(body: &[u8], is_batch: bool) -> Option<String> {
    let mut fields = Fields::of(Value::read(body)?);
    let vectors = fields.list("data").into_iter().map(|item| {
        let values = Fields::of(item).take("embedding")?;
        Some(Object::new().with("values", values))
    });
    let mut vectors: Vec<Object> = vectors.collect::<Option<_>>()?;
    let response = if is_batch {
        Object::new().with("embeddings", vectors)
    } else {
        Object::new().with("embedding", vectors.pop()?)
    };
    Some(Value::from(response).to_json())
}

#[cfg(test)]
mod tests {
    use super::{embeddings_as_gemini, embeddings_as_openai};

    #[test]
    fn texts_become_inputs_and_vectors_come_back() {
        let one = br#"{"model":"models/m","content":{"parts":[{"text":"a"},{"text":"b"}]},"taskType":"CLUSTERING","output_dimensionality":3}"#;
        let written = embeddings_as_openai(one, "m").unwrap();
        assert_eq!(
            written.body,
            r#"{"model":"m","input":["ab"],"encoding_format":"float","dimensions":3}"#
        );
        assert_eq!(written.dropped, ["taskType"]);
        let two = br#"{"requests":[{"content":{"parts":[{"text":"a"}]}},{"content":{"parts":[{"text":"b"}]}}]}"#;
        let written = embeddings_as_openai(two, "m").unwrap();
        assert_eq!(
            written.body,
            r#"{"model":"m","input":["a","b"],"encoding_format":"float"}"#
        );
        let vectors = br#"{"data":[{"embedding":[0.5,-1]},{"embedding":[2]}]}"#;
        assert_eq!(
            embeddings_as_gemini(vectors, true).unwrap(),
            r#"{"embeddings":[{"values":[0.5,-1]},{"values":[2]}]}"#
        );
        let vector = br#"{"data":[{"embedding":[0.5,-1]}]}"#;
        assert_eq!(
            embeddings_as_gemini(vector, false).unwrap(),
            r#"{"embedding":{"values":[0.5,-1]}}"#
        );
    }

    #[test]
    fn what_is_no_text_is_refused_by_name() {
        let picture = br#"{"content":{"parts":[{"inlineData":{"data":"eA=="}}]}}"#;
        let error = embeddings_as_openai(picture, "m").unwrap_err();
        assert_eq!(error.param(), Some("content.parts"));
        assert!(embeddings_as_openai(b"{}", "m").is_err());
        assert!(embeddings_as_openai(b"{", "m").is_err());
    }
}
