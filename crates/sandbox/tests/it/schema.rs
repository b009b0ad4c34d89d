//! Responses which satisfy a JSON schema.

use serde_json::{Value, json};

use crate::support::{TestSandbox, content, prompt};

async fn response(schema: &Value) -> Value {
    let sandbox = TestSandbox::start().await;
    let mut body = prompt("fill it in", false);
    body["response_format"] =
        json!({"type": "json_schema", "json_schema": {"name": "form", "schema": schema}});
    let response = sandbox.chat(&body).await.json();
    serde_json::from_str(content(&response)).expect("the content is JSON")
}

#[tokio::test]
async fn every_type_is_filled_in() {
    let value = response(&json!({
        "type": "object",
        "properties": {
            "text": {"type": "string", "minLength": 20, "maxLength": 22},
            "when": {"type": "string", "format": "date-time"},
            "count": {"type": "integer", "minimum": 5, "exclusiveMaximum": 7},
            "even": {"type": "integer", "multipleOf": 2},
            "ratio": {"type": "number", "minimum": 0.0, "maximum": 1.0},
            "flag": {"type": "boolean"},
            "colour": {"type": "string", "enum": ["red", "green"]},
            "fixed": {"const": {"a": 1}},
            "list": {"type": "array", "items": {"type": "integer"}, "minItems": 3},
            "maybe": {"type": ["null", "string"]},
            "either": {"anyOf": [{"type": "null"}, {"type": "integer"}]},
            "person": {"$ref": "#/$defs/person"},
        },
        "required": ["text", "untyped"],
        "$defs": {"person": {"type": "object", "properties": {"name": {"type": "string"}}}},
    }))
    .await;
    let length = value["text"].as_str().unwrap().len();
    assert!((20..=22).contains(&length));
    assert_eq!(value["when"], "2025-06-15T12:00:00Z");
    assert!((5..=6).contains(&value["count"].as_i64().unwrap()));
    assert_eq!(value["even"].as_i64().unwrap() % 2, 0);
    assert!((0.0..=1.0).contains(&value["ratio"].as_f64().unwrap()));
    assert!(value["flag"].is_boolean());
    assert!(["red", "green"].contains(&value["colour"].as_str().unwrap()));
    assert_eq!(value["fixed"], json!({"a": 1}));
    assert_eq!(value["list"].as_array().map(Vec::len), Some(3));
    assert!(value["list"][2].is_i64() && value["maybe"].is_string() && value["either"].is_i64());
    assert!(value["person"]["name"].is_string() && value["untyped"].is_string());
}

#[tokio::test]
async fn a_recursive_schema_comes_to_an_end() {
    let node = json!({
        "type": "object",
        "properties": {
            "value": {"type": "integer"},
            "children": {"type": "array", "items": {"$ref": "#"}, "minItems": 1_000_000},
        },
        "required": ["value", "children"],
    });
    assert!(response(&node).await["value"].is_i64());
    let endless = json!({"$ref": "#"});
    assert!(response(&endless).await.is_null());
}
