//! An installation below a path, `https://example.com/llm`: behind a proxy that takes the path off, and behind one that
//! passes it on.

use std::path::Path;

use serde_json::json;

use crate::support::personas::PASSWORD;
use crate::support::{Caller, TestApp, TestResponse, chat};

const BASE: &str = "/llm";
const ENDS: [&str; 2] = ["", BASE];

async fn below_a_path() -> TestApp {
    TestApp::builder()
        .set("accounts.public_url", "https://example.com/llm/")
        .set("accounts.sign_up", "open")
        .start()
        .await
}

fn page(caller: &Caller) -> Caller {
    caller.with("accept", "text/html,*/*")
}

fn content_type(response: &TestResponse) -> &str {
    response.header("content-type").unwrap_or_default()
}

#[tokio::test]
async fn both_planes_are_served_with_the_path_and_without_it() {
    let app = below_a_path().await;
    let key = app.key("free").await;
    for base in ENDS {
        let path = |path: &str| format!("{base}{path}");
        let models = page(&key).get(&path("/v1/models?limit=1")).await;
        assert_eq!(
            (models.status, content_type(&models)),
            (200, "application/json")
        );
        assert_eq!(models.header("x-ratelimit-resource"), Some("models"));
        let body = chat("plain", "");
        let response = key.post(&path("/v1/chat/completions"), body).await;
        assert_eq!(response.status, 200, "{}", response.text());
        for path in ["/healthz", "/readyz", "/openapi.json"].map(path) {
            assert_eq!(app.anonymous().get(&path).await.status, 200, "{path}");
        }
        let leaks = path("/.well-known/secret-scanning");
        let report = app.anonymous().post(&leaks, "[]").await;
        assert_eq!(content_type(&report), "application/json");
    }
    let other = app.anonymous().get("/llmx/v1/models").await;
    assert_eq!(other.status, 404);
}

#[tokio::test]
async fn what_is_not_there_in_the_api_is_never_a_page() {
    let app = below_a_path().await;
    for path in [
        "/v1",
        "/v1/nothing",
        "/V1/models",
        "/api",
        "/api/v1/nothing",
        "/api/v2/x",
        "/.well-known/nothing",
        "/llm/v1/nothing",
        "/llm/api/nothing",
        "/other/v1/models",
        "/other/v1/chat/completions",
        "/other/api/v1/me",
    ] {
        let response = page(&app.anonymous()).get(path).await;
        assert!(
            matches!(response.status, 401 | 404),
            "{path}: {}",
            response.status
        );
        assert_eq!(content_type(&response), "application/json", "{path}");
    }
}

#[tokio::test]
async fn cookies_are_for_the_path_and_work_in_both_ways() {
    let app = below_a_path().await;
    let body = json!({ "email": "ann@example.com", "password": PASSWORD }).to_string();
    let response = app.browser().post("/llm/api/v1/auth/sign-up", body).await;
    assert_eq!(response.status, 201, "{}", response.text());
    let cookie = response.header("set-cookie").unwrap();
    assert!(
        cookie.starts_with("__Secure-yunxin-session=yxs-"),
        "{cookie}"
    );
    assert!(
        cookie.contains("; Path=/llm; ") && cookie.contains("; Secure; HttpOnly; "),
        "{cookie}"
    );
    let ann = app.browser().with_cookies_of(&response);
    for base in ENDS {
        let me = ann.get(&format!("{base}/api/v1/me")).await;
        assert_eq!(me.json()["user"]["email"], "ann@example.com");
    }
    let out = ann.post("/llm/api/v1/auth/sign-out", "").await;
    let cookie = out.header("set-cookie").unwrap();
    assert!(
        cookie.starts_with("__Secure-yunxin-session=; Path=/llm; Max-Age=0"),
        "{cookie}"
    );
}

#[tokio::test]
async fn what_is_said_of_addresses_has_the_path() {
    let app = below_a_path().await;
    let document = app.anonymous().get("/llm/openapi.json").await.json();
    assert_eq!(document["servers"][0]["url"], "https://example.com/llm");
    let session = &document["components"]["securitySchemes"]["session"];
    assert_eq!(session["name"], "__Secure-yunxin-session");
    let operator = app.operator().await;
    let invite = json!({ "email": "bob@example.com" }).to_string();
    let response = operator.post("/llm/api/v1/admin/invites", invite).await;
    let link = response.json()["link"].as_str().unwrap().to_owned();
    assert!(
        link.starts_with("https://example.com/llm/sign-up#")
            || link.starts_with("https://example.com/llm/invite#"),
        "{link}"
    );
    let key = app.key("free").await.with("origin", "https://page.example");
    let refusal = key.get("/llm/v1/models").await.text();
    assert!(
        refusal.contains("https://example.com/llm/docs/"),
        "{refusal}"
    );
}

#[tokio::test]
async fn pages_and_their_files_are_below_the_path() {
    let app = below_a_path().await;
    let index = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../dashboard/dist/index.html"
    );
    let reader = page(&app.anonymous());
    for base in ENDS {
        let path = |path: &str| format!("{base}{path}");
        if !Path::new(index).exists() {
            assert_eq!(reader.get(&path("/")).await.status, 404);
            continue;
        }
        for document in ["/", "/a/acct_1/overview", "/docs/quickstart"].map(path) {
            let response = reader.get(&document).await;
            assert_eq!(response.status, 200, "{document}");
            let text = response.text();
            assert!(text.contains(" data-base=\"/llm\""), "{document}");
            assert!(!rooted(&text), "{document}: {text}");
            for file in scripts(&text) {
                let response = app.anonymous().get(&file).await;
                assert_eq!(
                    (response.status, content_type(&response)),
                    (200, "text/javascript; charset=utf-8"),
                    "{file}"
                );
                let stripped = file.strip_prefix(BASE).unwrap();
                assert_eq!(app.anonymous().get(stripped).await.text(), response.text());
            }
        }
        let first = reader.get(&path("/docs")).await;
        assert!(first.header("location").unwrap().starts_with("/llm/docs/"));
        let markdown = reader.get(&path("/docs/quickstart.md")).await.text();
        assert!(markdown.contains("](/llm/docs/") && !markdown.contains("](/docs/"));
        let index = reader.get(&path("/llms.txt")).await.text();
        assert!(index.contains("(https://example.com/llm/docs/quickstart.md)"));
    }
}

/// Returns whether an address in the page leads out of the path.
fn rooted(text: &str) -> bool {
    let addresses = text.split([' ', '\n']).filter_map(|word| {
        let (name, value) = word.split_once("=\"/")?;
        ["href", "src"].contains(&name).then_some(value)
    });
    addresses.into_iter().any(|rest| !rest.starts_with("llm/"))
}

fn scripts(text: &str) -> Vec<String> {
    let sources = text.split("src=\"").skip(1);
    sources
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect()
}
