//! Addresses of providers that need a setting, wherever a provider is named.

use crate::support::{TestApp, chat, until};

const LINK_LOCAL: &str = "upstream.allow_link_local";
const PUBLIC_HTTP: &str = "upstream.allow_public_http";

const REFUSED: [(&str, &str); 9] = [
    ("https://169.254.169.254/v1", LINK_LOCAL),
    ("http://169.254.169.254/v1", LINK_LOCAL),
    ("http://[fe80::1]/v1", LINK_LOCAL),
    ("http://[::ffff:169.254.169.254]/v1", LINK_LOCAL),
    ("http://0xa9fea9fe/v1", LINK_LOCAL),
    ("https://metadata.google.internal/v1", LINK_LOCAL),
    ("http://8.8.8.8/v1", PUBLIC_HTTP),
    ("http://[2606:4700::1]:8080/v1", PUBLIC_HTTP),
    ("http://models.invalid/v1", PUBLIC_HTTP),
];

fn provider(name: &str, url: &str) -> String {
    format!(r#"{{"name":"{name}","kind":"openai_compatible","base_url":"{url}"}}"#)
}

#[tokio::test]
async fn the_management_api_names_the_setting() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    let path = "/api/v1/admin/providers";
    for (url, setting) in REFUSED {
        let response = operator.post(path, provider("p", url)).await;
        let text = response.text();
        assert_eq!(
            response.json()["error"]["param"],
            "base_url",
            "{url}: {text}"
        );
        assert!(text.contains(setting), "{url}: {text}");
    }
    for (number, url) in [
        "http://127.0.0.1:8000/v1",
        "http://localhost:11434/v1",
        "http://[::1]:8000/v1",
        "http://192.168.1.7:8000/v1",
        "http://10.0.0.7/v1",
        "http://vllm:8000/v1",
        "https://models.invalid/v1",
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("p{number}");
        let response = operator.post(path, provider(&name, url)).await;
        assert_eq!(response.status, 201, "{url}: {}", response.text());
    }
    let change = r#"{"base_url":"http://8.8.8.8/v1"}"#;
    let response = operator
        .patch(&format!("{path}/p0"), change.to_owned())
        .await;
    assert!(response.text().contains(PUBLIC_HTTP), "{}", response.text());
}

#[tokio::test]
async fn a_setting_allows_what_it_names() {
    let app = TestApp::builder()
        .set("upstream.allow_link_local", true)
        .set("upstream.allow_public_http", true)
        .start()
        .await;
    let operator = app.operator().await;
    for (number, (url, _)) in REFUSED.into_iter().enumerate() {
        let body = provider(&format!("p{number}"), url);
        let response = operator.post("/api/v1/admin/providers", body).await;
        assert_eq!(response.status, 201, "{url}: {}", response.text());
    }
}

#[tokio::test]
async fn a_file_that_names_such_an_address_is_refused() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let text = std::fs::read_to_string(app.catalog_path()).unwrap();
    let wrong = text.replace(&app.second.url(), "https://169.254.169.254/v1");
    std::fs::write(app.catalog_path(), wrong).unwrap();
    until("a refusal", || {
        app.app.gateway.metrics.catalog_failures.get() > 0
    })
    .await;
    assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
    assert!(crate::support::logs::text().contains(LINK_LOCAL));
}

#[tokio::test]
async fn a_row_that_was_written_past_the_api_is_not_called() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    let body = provider("p", "http://127.0.0.1:1/v1");
    let response = operator.post("/api/v1/admin/providers", body).await;
    assert_eq!(response.status, 201);
    app.execute("UPDATE providers SET spec = json_set(spec, '$.base_url', 'http://169.254.169.254/v1') WHERE name = 'p'")
        .await;
    let response = operator.post("/api/v1/admin/providers/p/test", "").await;
    assert_eq!(response.json()["ok"], false);
    assert!(response.text().contains(LINK_LOCAL), "{}", response.text());
}
