//! Media that requests name by URL, for providers that take bytes alone.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::{Caller, Script, TestApp};

const CATALOG: &str = r#"
[[providers]]
name = "bedrock"
kind = "bedrock"
base_url = "STUB"
variables = { region = "eu-central-1" }
credential.file = "CREDENTIAL"

[[providers]]
name = "ollama"
kind = "ollama"
base_url = "SECOND"

[[providers]]
name = "plain"
kind = "openai_compatible"
base_url = "STUB"

[[providers]]
name = "bytes"
kind = "openai_compatible"
base_url = "STUB"
media_urls = "fetch"

[[models]]
id = "nova"
min_tier = "free"

[[deployments]]
model = "nova"
provider = "bedrock"
upstream_model = "us.amazon.nova-2-lite-v1:0"
group = 1

[[deployments]]
model = "nova"
provider = "ollama"
upstream_model = "qwen3:4b"
group = 2

[[models]]
id = "plain"
min_tier = "free"

[[deployments]]
model = "plain"
provider = "plain"

[[models]]
id = "bytes"
min_tier = "free"

[[deployments]]
model = "bytes"
provider = "bytes"
"#;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01";
const PDF: &[u8] = b"%PDF-1.7\n1 0 obj";
const NOVA: &str = r#"{"output":{"message":{"role":"assistant","content":[{"text":"A dot."}]}},"stopReason":"end_turn","usage":{"inputTokens":3,"outputTokens":2,"totalTokens":5}}"#;
const PLAIN: &str = r#"{"id":"1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"A dot."},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}"#;

async fn app() -> (TestApp, Caller) {
    let app = TestApp::builder()
        .catalog(CATALOG)
        .set("media.allow_private_networks", true)
        .set("media.bytes_per_item_max", 4096)
        .set("media.items_max", 3)
        .set("media.redirects_max", 2)
        .start()
        .await;
    let caller = app.key("enterprise").await;
    (app, caller)
}

fn file(content: &[u8], media_type: &str) -> Script {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\n\r\n",
        content.len()
    );
    Script::raw([head.as_bytes(), content].concat())
}

fn redirect(to: &str) -> Script {
    Script::raw(format!(
        "HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n"
    ))
}

fn ask(model: &str, parts: &Value) -> String {
    json!({"model": model, "messages": [{"role": "user", "content": parts}]}).to_string()
}

fn image(url: &str) -> Value {
    json!({"type": "image_url", "image_url": {"url": url, "detail": "low"}})
}

#[tokio::test]
async fn what_stands_at_a_url_reaches_a_provider_of_bytes_and_is_fetched_once_for_all_attempts() {
    let (app, caller) = app().await;
    // Its content is believed, not its declaration; a redirect is followed.
    app.stub.always_to("GET /v1/old.jpg", redirect("a.png"));
    app.stub.always_to("GET /v1/a.png", file(PNG, "image/jpeg"));
    app.stub
        .always_to("GET /v1/b.pdf", file(PDF, "application/pdf"));
    app.stub.always_to("POST", Script::status(500, "", "{}"));
    let local = r#"{"model":"qwen3:4b","message":{"role":"assistant","content":"A dot."},"done":true,"done_reason":"stop","prompt_eval_count":3,"eval_count":2}"#;
    app.second.always(Script::json(local));
    let url = format!("{}/old.jpg", app.stub.url());
    let parts = json!([{"type": "text", "text": "What?"}, image(&url), image(&url)]);
    let response = caller.chat(ask("nova", &parts)).await;
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(app.stub.requests_with("GET /v1/old.jpg"), 1);
    assert_eq!(app.stub.requests_with("GET /v1/a.png"), 1);
    let picture = json!({"image": {"format": "png", "source": {"bytes": STANDARD.encode(PNG)}}});
    assert_eq!(app.stub.last().json()["messages"][0]["content"][1], picture);
    // Ollama speaks the client's language too: its own text has the bytes.
    let content = &app.second.last().json()["messages"][0]["content"];
    let data = format!("data:image/png;base64,{}", STANDARD.encode(PNG));
    let text = json!({"type": "text", "text": "What?"});
    assert_eq!(*content, json!([text, image(&data), image(&data)]));

    // A document, from a client of another language.
    app.stub.always_to("POST", Script::json(NOVA));
    let source = json!({"type": "url", "url": format!("{}/b.pdf", app.stub.url())});
    let parts = json!([{"type": "document", "source": source, "title": "Q3.pdf"}]);
    let body =
        json!({"model": "nova", "max_tokens": 9, "messages": [{"role": "user", "content": parts}]});
    let response = caller.post("/v1/messages", body.to_string()).await;
    assert_eq!(response.status, 200, "{}", response.text());
    let document = json!({"document": {"format": "pdf", "name": "Q3", "source": {"bytes": STANDARD.encode(PDF)}}});
    assert_eq!(
        app.stub.last().json()["messages"][0]["content"][0],
        document
    );
    assert_eq!(
        app.metric(r#"yunxin_media_total{outcome="fetched"}"#).await,
        2.0
    );
}

#[tokio::test]
async fn a_provider_that_takes_urls_gets_them_and_one_of_bytes_gets_bytes_in_the_clients_own_text()
{
    let (app, caller) = app().await;
    app.stub.always_to("GET /v1/a.png", file(PNG, "image/png"));
    app.stub.always_to("POST", Script::json(PLAIN));
    let url = format!("{}/a.png", app.stub.url());
    let body = ask("plain", &json!([image(&url)])).replacen('{', r#"{"own":1.50,"#, 1);
    assert_eq!(caller.chat(body.clone()).await.status, 200);
    assert_eq!(app.stub.last().body, body);
    assert_eq!(app.stub.requests_with("GET"), 0);

    let body = body.replace(r#""plain""#, r#""bytes""#);
    assert_eq!(caller.chat(body.clone()).await.status, 200);
    let data = format!("data:image/png;base64,{}", STANDARD.encode(PNG));
    assert_eq!(app.stub.last().body, body.replace(&url, &data));
    assert_eq!(app.stub.requests_with("GET"), 1);
}

#[tokio::test]
async fn a_file_that_cannot_be_used_is_named_with_the_reason_and_nothing_is_sent() {
    let (app, caller) = app().await;
    let files = [
        ("gone", Script::status(404, "", "secret words")),
        ("page", file(b"<html>Sign in", "image/png")),
        ("program", file(b"\x7fELF\x02\x01\x01", "image/png")),
        ("large", file(&vec![b'x'; 5000], "image/png")),
        ("loop", redirect("loop")),
        ("away", redirect("ftp://127.0.0.1/a")),
        (
            "broken",
            Script::raw("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab").close(),
        ),
    ];
    for (name, script) in files {
        app.stub.always_to(&format!("GET /v1/{name} "), script);
    }
    let cases = [
        ("gone", "the server responded with status 404"),
        ("page", "its content is text/plain"),
        ("program", "its content is of no known type"),
        ("large", "it is larger than 4096 bytes"),
        (
            "loop",
            "it leads from one address to the next more than 2 times",
        ),
        ("away", "it does not begin with https://"),
        (
            "broken",
            "the connection broke before the file was complete",
        ),
    ];
    for (name, why) in cases {
        let url = format!("{}/{name}", app.stub.url());
        let response = caller.chat(ask("nova", &json!([image(&url)]))).await;
        let message = response.json()["error"]["message"].to_string();
        let expected = format!("The image at {url} cannot be used: {why}.");
        assert!(message.contains(&expected), "{name}: {message}");
        assert!(!message.contains("secret"), "{message}");
        assert_eq!(
            (response.status, &*response.code()),
            (400, "invalid_media"),
            "{name}"
        );
    }
    let many = ["a", "b", "c", "d"].map(|name| image(&format!("{}/{name}", app.stub.url())));
    let response = caller.chat(ask("nova", &json!(many))).await;
    assert!(
        response.text().contains("more than 3 files"),
        "{}",
        response.text()
    );
    assert_eq!(
        app.stub.requests_with("POST") + app.second.requests().len(),
        0
    );
}

#[tokio::test]
async fn bytes_that_a_request_has_with_it_are_looked_at_too() {
    let (app, caller) = app().await;
    app.stub.always_to("POST", Script::json(NOVA));
    let data = |media_type: &str, content: &[u8]| {
        image(&format!(
            "data:{media_type};base64,{}",
            STANDARD.encode(content)
        ))
    };
    let cases = [
        (
            data("image/png", b"%PDF-1.7 ...."),
            "its content is application/pdf",
        ),
        (
            data("image/png", b"\x7fELF\x02\x01"),
            "its content is of no known type",
        ),
        (
            data("image/png", &[PNG, &[0; 5000]].concat()),
            "it is larger than 4096 bytes",
        ),
    ];
    for (part, why) in cases {
        let response = caller.chat(ask("nova", &json!([part]))).await;
        assert_eq!(response.status, 400, "{why}");
        assert!(response.text().contains(why), "{}", response.text());
    }
    assert!(app.stub.requests().is_empty());
    // The content says the type.
    let response = caller
        .chat(ask("nova", &json!([data("image/jpeg", PNG)])))
        .await;
    assert_eq!(response.status, 200, "{}", response.text());
    let format = &app.stub.last().json()["messages"][0]["content"][0]["image"]["format"];
    assert_eq!(format, "png");
}

#[tokio::test]
async fn what_only_the_provider_can_judge_of_bytes_is_left_to_the_provider() {
    let (app, caller) = app().await;
    app.stub.always_to("POST", Script::json(NOVA));
    let broken = image("data:image/png;base64,%%%%");
    let unknown = json!({
        "type": "file",
        "file": {
            "filename": "drawing.dwg",
            "file_data": format!("data:application/acad;base64,{}", STANDARD.encode(b"AC1032\0\0\x01")),
        },
    });
    for part in [broken, unknown] {
        let response = caller.chat(ask("nova", &json!([part]))).await;
        assert_eq!(response.status, 200, "{part}: {}", response.text());
    }
    let sent = app.stub.requests_with("POST") + app.second.requests().len();
    assert_eq!(sent, 2);
}

#[tokio::test]
async fn no_address_of_our_own_network_is_called_and_none_can_be_told_from_another() {
    let app = TestApp::builder().catalog(CATALOG).start().await;
    let caller = app.key("enterprise").await;
    let port = app
        .stub
        .url()
        .rsplit(':')
        .next()
        .unwrap()
        .replace("/v1", "");
    for host in [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "10.0.0.1",
        "169.254.169.254",
        "no.such.name.invalid",
    ] {
        let url = format!("https://{host}:{port}/a.png");
        let response = caller.chat(ask("nova", &json!([image(&url)]))).await;
        let expected = format!(
            "The image at {url} cannot be used: it cannot be reached on the public network."
        );
        assert!(response.text().contains(&expected), "{}", response.text());
    }
    let plain = caller
        .chat(ask("nova", &json!([image("http://example.com/a.png")])))
        .await;
    assert!(
        plain.text().contains("it does not begin with https://"),
        "{}",
        plain.text()
    );
    assert!(app.stub.requests().is_empty() && app.second.requests().is_empty());
}
