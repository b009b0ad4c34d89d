//! Embeddings.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::TestSandbox;

const PATH: &str = "/v1/embeddings";

fn floats(vector: &Value) -> Vec<f64> {
    vector
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_f64)
        .collect()
}

fn request(input: &Value) -> Value {
    json!({"model": "sandbox-embed", "input": input})
}

#[tokio::test]
async fn an_embedding_has_the_shape_of_openai() {
    let sandbox = TestSandbox::start().await;
    let mut body = request(&json!("two words"));
    body["dimensions"] = json!(4);
    insta::assert_json_snapshot!(sandbox.post(PATH, &body).await.json());
}

#[tokio::test]
async fn vectors_have_length_one_and_differ_by_input() {
    let sandbox = TestSandbox::start().await;
    let response = sandbox
        .post(PATH, &request(&json!(["one", "two", "one"])))
        .await
        .json();
    let vectors: Vec<Vec<f64>> = response["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| floats(&item["embedding"]))
        .collect();
    for vector in &vectors {
        assert_eq!(vector.len(), 256);
        let length: f64 = vector.iter().map(|part| part * part).sum();
        assert!((length - 1.0).abs() < 1e-5);
    }
    assert_eq!(vectors[0], vectors[2]);
    assert_ne!(vectors[0], vectors[1]);
}

#[tokio::test]
async fn base64_holds_the_same_numbers() {
    let sandbox = TestSandbox::start().await;
    let mut body = request(&json!("hello"));
    let plain = sandbox.post(PATH, &body).await.json();
    body["encoding_format"] = json!("base64");
    let encoded = sandbox.post(PATH, &body).await.json();
    let bytes = STANDARD
        .decode(encoded["data"][0]["embedding"].as_str().unwrap())
        .unwrap();
    let decoded: Vec<f32> = bytes
        .chunks_exact(4)
        .map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]]))
        .collect();
    let sent: Vec<f32> = serde_json::from_value(plain["data"][0]["embedding"].clone()).unwrap();
    assert_eq!(decoded, sent);
}

#[tokio::test]
async fn every_form_of_input_is_counted() {
    let sandbox = TestSandbox::start().await;
    let cases = [
        (json!("one two three"), 1, 3),
        (json!(["one", "two three"]), 2, 3),
        (json!([11, 12, 13, 14]), 1, 4),
        (json!([[11, 12], [13]]), 2, 3),
    ];
    for (input, vectors, tokens) in cases {
        let response = sandbox.post(PATH, &request(&input)).await.json();
        assert_eq!(response["data"].as_array().map(Vec::len), Some(vectors));
        assert_eq!(
            response["usage"],
            json!({"prompt_tokens": tokens, "total_tokens": tokens})
        );
    }
}

#[tokio::test]
async fn bad_embedding_requests_are_refused() {
    let sandbox = TestSandbox::start().await;
    let cases = [
        (json!({"input": "a"}), "missing_required_parameter", "model"),
        (
            json!({"model": "sandbox-embed"}),
            "missing_required_parameter",
            "input",
        ),
        (request(&json!("")), "empty_string", "input"),
        (request(&json!([])), "empty_array", "input"),
        (request(&json!(["a", 1])), "invalid_type", "input"),
        (request(&json!({})), "invalid_type", "input"),
        (
            json!({"model": "sandbox-embed", "input": "a", "dimensions": 4097}),
            "integer_above_max_value",
            "dimensions",
        ),
        (
            json!({"model": "sandbox-embed", "input": "a", "encoding_format": "hex"}),
            "invalid_value",
            "encoding_format",
        ),
    ];
    for (body, code, param) in cases {
        sandbox
            .post(PATH, &body)
            .await
            .assert_error(400, code, param);
    }
}

#[tokio::test]
async fn directives_are_read_from_the_input() {
    let sandbox = TestSandbox::start().await;
    let body = request(&json!(["a", "b [[sandbox: status=429]]"]));
    sandbox
        .post(PATH, &body)
        .await
        .assert_error(429, "rate_limit_exceeded", "");
}
