//! `POST /v1/images/generations`, `/v1/images/edits` and `/v1/images/variations`.

use serde_json::json;

use crate::support::{Caller, Script, TestApp, TestResponse};

/// Priced by image, and by token where the provider counts them.
const CATALOG: &str = r#"
[[providers]]
name = "first"
kind = "openai"
base_url = "STUB"
credential.file = "CREDENTIAL"

[[providers]]
name = "second"
kind = "openai"
base_url = "SECOND"
credential.file = "CREDENTIAL"

[[models]]
id = "by-image"
model_type = "image_generation"
min_tier = "free"
pricing_unit = "per_image"
prices.images = "0.04"

[[deployments]]
model = "by-image"
provider = "first"
upstream_model = "dall-e-3"

[[models]]
id = "by-token"
model_type = "image_generation"
min_tier = "free"
prices.input = "5"
prices.image_input = "10"
prices.image_output = "40"

[[deployments]]
model = "by-token"
provider = "first"

[[models]]
id = "falls-back"
model_type = "image_generation"
min_tier = "free"
fallbacks = ["by-image"]

[[deployments]]
model = "falls-back"
provider = "second"
"#;

const GENERATIONS: &str = "/v1/images/generations";
const EDITS: &str = "/v1/images/edits";
const TWO: &str =
    r#"{"created":1,"data":[{"url":"https://images.example/1"},{"b64_json":"AAAA"}]}"#;
const COUNTED: &str = r#"{"created":1,"data":[{"b64_json":"AAAA"}],"usage":{"input_tokens":50,"input_tokens_details":{"image_tokens":40,"text_tokens":10},"output_tokens":272,"total_tokens":322}}"#;
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x04\0\0\0\x04\0\x08\x06\0\0\0";

async fn app() -> (TestApp, Caller) {
    let app = TestApp::builder().catalog(CATALOG).start().await;
    let caller = app.key("enterprise").await;
    (app, caller)
}

/// A form of texts and one file.
fn form(texts: &[(&str, &str)], file: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, text) in texts {
        body.extend_from_slice(
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
                .as_bytes(),
        );
    }
    body.extend_from_slice(
        b"--x\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\n",
    );
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--x--\r\n");
    body
}

async fn send(caller: &Caller, path: &str, content_type: &str, body: Vec<u8>) -> TestResponse {
    caller
        .with("content-type", content_type)
        .post(path, body)
        .await
}

async fn edit(caller: &Caller, texts: &[(&str, &str)], file: &[u8]) -> TestResponse {
    let content_type = "multipart/form-data; boundary=x";
    send(caller, EDITS, content_type, form(texts, file)).await
}

#[tokio::test]
async fn images_are_charged_one_by_one_and_pass_as_data_or_as_links() {
    let (app, caller) = app().await;
    app.stub.once(Script::json(TWO));
    let request =
        r#"{"model":"by-image","prompt":"a boat","n":2,"size":"1024x1024","quality":"hd"}"#;
    let response = caller.post(GENERATIONS, request).await;
    assert_eq!((response.status, response.text()), (200, TWO.to_owned()));
    assert_eq!(response.header("x-ratelimit-resource"), Some("images"));
    assert_eq!(response.header("x-yunxin-cost"), Some("0.08"));
    assert_eq!(
        app.stub.last().body,
        request.replace("by-image", "dall-e-3")
    );
    assert_eq!(app.bill().await["charge"], 2 * 40_000_000);
    let event = app.event(1).await;
    assert_eq!(
        (&event["endpoint"], &event["counted_by"]),
        (&"images".into(), &"upstream".into())
    );
}

#[tokio::test]
async fn tokens_of_pictures_have_prices_of_their_own() {
    let (app, caller) = app().await;
    app.stub.once(Script::json(COUNTED));
    let request = r#"{"model":"by-token","prompt":"a boat"}"#;
    assert_eq!(caller.post(GENERATIONS, request).await.status, 200);
    let nanos = 10 * 5_000 + 40 * 10_000 + 272 * 40_000;
    assert_eq!(app.bill().await["charge"], nanos);
}

#[tokio::test]
async fn partial_images_pass_as_they_come_and_the_last_event_is_metered() {
    let (app, caller) = app().await;
    let partial = "event: image_generation.partial_image\ndata: {\"type\":\"image_generation.partial_image\",\"b64_json\":\"AA\",\"partial_image_index\":0}\n\n";
    let last = "event: image_generation.completed\ndata: {\"type\":\"image_generation.completed\",\"b64_json\":\"AAAA\",\"usage\":{\"input_tokens\":10,\"output_tokens\":272,\"total_tokens\":282}}\n\n";
    app.stub.once(Script::stream([partial, last]));
    let request = r#"{"model":"by-token","prompt":"a boat","stream":true,"partial_images":1}"#;
    let response = caller.post(GENERATIONS, request).await;
    let text = response.text();
    assert!(text.starts_with(partial), "{text}");
    assert!(
        text.contains("event: image_generation.completed\n"),
        "{text}"
    );
    assert!(text.contains("\"total_tokens\":282"), "{text}");
    assert!(text.ends_with("data: [DONE]\n\n"), "{text}");
    assert_eq!(app.stub.last().body, request);
    assert_eq!(app.bill().await["charge"], 10 * 5_000 + 272 * 40_000);
}

#[tokio::test]
async fn an_edit_passes_byte_for_byte_but_for_the_models_name() {
    let (app, caller) = app().await;
    app.stub.once(Script::json(TWO));
    let file = [PNG, b"\r\n--y\0\xff"].concat();
    let response = edit(
        &caller,
        &[("model", "by-image"), ("prompt", "a boat")],
        &file,
    )
    .await;
    assert_eq!(response.status, 200, "{}", response.text());
    let sent = app.stub.last();
    assert!(sent.head.starts_with("POST /v1/images/edits "));
    assert!(
        sent.head
            .contains("\r\ncontent-type: multipart/form-data; boundary=x\r\n")
    );
    let expected = form(&[("model", "dall-e-3"), ("prompt", "a boat")], &file);
    assert_eq!(
        sent.body.as_bytes(),
        String::from_utf8_lossy(&expected).as_bytes()
    );
    assert_eq!(app.bill().await["charge"], 2 * 40_000_000);
}

#[tokio::test]
async fn another_model_gets_the_same_form_under_its_own_name() {
    let (app, caller) = app().await;
    app.second.once(Script::status(503, "", "{}"));
    app.stub.once(Script::json(TWO));
    let response = edit(&caller, &[("model", "falls-back"), ("prompt", "p")], PNG).await;
    assert_eq!(response.status, 200, "{}", response.text());
    assert!(app.stub.last().body.contains("\r\n\r\ndall-e-3\r\n"));
}

#[tokio::test]
async fn a_form_that_cannot_be_is_refused_in_words_before_anything_is_sent() {
    let (app, caller) = app().await;
    let texts = [("model", "by-image"), ("prompt", "p")];
    let huge = [&PNG[..16], b"\0\0\xff\xff\0\0\xff\xff"].concat();
    for (texts, file, param) in [
        (&texts[..], &b"%PDF-1.7"[..], "image"),
        (&texts[..], &huge, "image"),
        (&texts[1..], PNG, "model"),
        (&texts[..1], PNG, "prompt"),
    ] {
        let response = edit(&caller, texts, file).await;
        assert!(matches!(response.status, 400 | 422), "{param}");
        assert_eq!(response.json()["error"]["param"], param);
    }
    let sound = form(&texts, PNG);
    let cut = sound[..sound.len() - 9].to_vec();
    for (content_type, body) in [
        ("multipart/form-data; boundary=other", sound.clone()),
        ("multipart/form-data", sound.clone()),
        ("text/plain", sound),
        ("multipart/form-data; boundary=x", cut),
        ("multipart/form-data; boundary=x", Vec::new()),
    ] {
        let response = send(&caller, EDITS, content_type, body).await;
        assert!(matches!(response.status, 400 | 422), "{content_type}");
        assert_eq!(response.json()["error"]["param"], "body", "{content_type}");
    }
    assert!(app.stub.requests().is_empty());
}

#[tokio::test]
async fn an_edit_may_name_its_pictures_in_json() {
    let (app, caller) = app().await;
    app.stub.once(Script::json(TWO));
    let request = json!({"model": "by-image", "prompt": "p", "images": [{"image_url": "https://a.example/1.png"}]});
    let body = request.to_string().into_bytes();
    let response = send(&caller, EDITS, "application/json", body).await;
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(app.stub.last().json()["model"], "dall-e-3");
}

#[tokio::test]
async fn a_variation_needs_no_words() {
    let (app, caller) = app().await;
    app.stub.once(Script::json(TWO));
    let body = form(&[("model", "by-image"), ("n", "2")], PNG);
    let content_type = "multipart/form-data; boundary=x";
    let response = send(&caller, "/v1/images/variations", content_type, body).await;
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(app.event(1).await["endpoint"], "image_variations");
}

#[tokio::test]
async fn an_upload_beyond_the_named_bound_is_refused() {
    let builder = TestApp::builder().catalog(CATALOG);
    let builder = builder.set("server.body_bytes_max", "1024");
    let builder = builder.set("server.media_body_bytes_max", "4096");
    let app = builder.start().await;
    let caller = app.key("enterprise").await;
    let file = [PNG, &[0; 5_000]].concat();
    let response = edit(&caller, &[("model", "by-image"), ("prompt", "p")], &file).await;
    assert_eq!(response.status, 413);
    let message = response.json()["error"]["message"].to_string();
    assert!(message.contains("server.media_body_bytes_max"), "{message}");
}
