//! The documentation as readers and programs get it, and what they say of it.

use std::path::Path;
use std::time::Duration;

use serde_json::json;
use store::members::Role;

use crate::support::{Caller, TestApp, TestResponse};

/// Returns whether `make dashboard` was run; without it there are no pages, and the response says so.
async fn is_built(app: &TestApp) -> bool {
    let site = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../dashboard/dist/docs/site.json"
    );
    let is_built = Path::new(site).exists();
    if !is_built {
        let response = app.anonymous().get("/docs").await;
        assert_eq!(response.status, 404);
        assert!(response.text().contains("make dashboard"));
    }
    is_built
}

fn without_gaps(response: &TestResponse) -> String {
    let text = response.text();
    for gap in [
        "{{t.",
        "{{base_url}}",
        "{{tiers}}",
        "{{lang}}",
        "{{session}}",
        "{{config}}",
    ] {
        assert!(!text.contains(gap), "{gap} in {text}");
    }
    text
}

/// The page that `/docs` leads to.
async fn first_page(app: &TestApp) -> String {
    let response = app.anonymous().get("/docs").await;
    assert_eq!(response.status, 307);
    response.header("location").unwrap().to_owned()
}

#[tokio::test]
async fn a_page_names_this_installation_in_html_and_in_markdown() {
    let app = TestApp::builder()
        .set("accounts.public_url", "https://llm.example.com")
        .start()
        .await;
    if !is_built(&app).await {
        return;
    }
    let reader = app.anonymous();
    let page = first_page(&app).await;
    let response = reader.get(&page).await;
    assert_eq!(response.status, 200);
    assert_eq!(
        response.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert!(
        response
            .header("content-security-policy")
            .unwrap()
            .contains("script-src 'self'")
    );
    without_gaps(&response);
    let reference = without_gaps(&reader.get("/docs/api-reference").await);
    assert!(reference.contains("https://llm.example.com/v1/chat/completions"));
    let response = reader.get("/docs/api-reference.md").await;
    assert_eq!(
        response.header("content-type"),
        Some("text/markdown; charset=utf-8")
    );
    let markdown = without_gaps(&response);
    assert!(markdown.starts_with("# "), "{markdown}");
    assert!(markdown.contains("https://llm.example.com/v1/chat/completions"));
    let index = without_gaps(&reader.get("/llms.txt").await);
    assert!(index.contains("(https://llm.example.com/docs/api-reference.md)"));
    let whole = without_gaps(&reader.get("/docs/llms-full.txt").await);
    assert!(whole.contains("POST /v1/chat/completions"));
}

#[tokio::test]
async fn the_words_around_an_article_are_in_the_readers_language() {
    let app = TestApp::new().await;
    if !is_built(&app).await {
        return;
    }
    let reader = app.anonymous();
    let page = "/docs/api-reference";
    let is_in = async |reader: &Caller, path: &str, tag: &str| {
        let text = reader.get(path).await.text();
        assert!(text.contains(&format!("<html lang=\"{tag}\"")), "{path}");
    };
    is_in(&reader, page, "en").await;
    is_in(&reader, "/docs/api-reference?lang=zh-TW", "zh-TW").await;
    is_in(&reader.with("accept-language", "zh-CN,zh"), page, "zh-CN").await;
    is_in(
        &reader.with("cookie", "yunxin-language=zh-TW"),
        page,
        "zh-TW",
    )
    .await;
    let text = reader.get("/docs/api-reference?lang=zh-CN").await.text();
    assert!(text.contains("本页内容"));
}

#[tokio::test]
async fn an_article_that_was_translated_is_read_in_the_readers_language() {
    let app = TestApp::new().await;
    if !is_built(&app).await {
        return;
    }
    let reader = app.anonymous();
    let chinese = reader.with("accept-language", "zh-CN,zh");
    let text = without_gaps(&chinese.get("/docs/quickstart").await);
    assert!(text.contains("<article class=\"prose\" lang=\"zh-CN\">"));
    assert!(text.contains("hreflang=\"en\""));
    let text = without_gaps(&reader.get("/docs/quickstart").await);
    assert!(text.contains("<article class=\"prose\" lang=\"en\">"));
    assert!(text.contains("hreflang=\"zh-CN\""));
    let other = without_gaps(&chinese.get("/docs/providers").await);
    assert!(other.contains("<article class=\"prose\" lang=\"en\">"));
    let markdown = without_gaps(&reader.get("/docs/quickstart.zh-CN.md").await);
    assert!(markdown.starts_with("# 快速入门"), "{markdown}");
    assert_eq!(reader.get("/docs/quickstart.zh-CN").await.status, 404);
    assert_eq!(reader.get("/docs/providers.zh-CN.md").await.status, 404);
}

#[tokio::test]
async fn a_page_is_compressed_and_sent_again_only_when_it_is_another() {
    let app = TestApp::new().await;
    if !is_built(&app).await {
        return;
    }
    let page = "/docs/api-reference";
    let whole = app.anonymous().get(page).await;
    let browser = app.anonymous().with("accept-encoding", "gzip, br");
    let response = browser.get(page).await;
    assert_eq!(response.header("content-encoding"), Some("gzip"));
    assert_eq!(response.header("cache-control"), Some("no-cache"));
    assert!(response.body.len() * 3 < whole.body.len());
    assert_eq!(browser.get(page).await.body, response.body);
    let tag = response.header("etag").unwrap();
    let again = browser.with("if-none-match", tag).get(page).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    let other = browser.with("if-none-match", tag);
    assert_eq!(other.get(&format!("{page}?lang=zh-CN")).await.status, 200);
}

#[tokio::test]
async fn what_is_no_page_is_a_404_and_templates_are_not_served() {
    let app = TestApp::new().await;
    if !is_built(&app).await {
        return;
    }
    for path in [
        "/docs/nothing",
        "/docs/nothing.md",
        "/docs/api-reference.html",
        "/docs/site.json",
        "/docs/a/b",
        "/docs/..%2findex.html",
    ] {
        let response = app.anonymous().get(path).await;
        assert_eq!(response.status, 404, "{path}");
        assert!(
            without_gaps(&response).contains("This page does not exist"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn only_a_browser_with_a_session_is_told_to_ask_whose_it_is() {
    let app = TestApp::new().await;
    if !is_built(&app).await {
        return;
    }
    let account = app.account("pro").await;
    let member = app.member(&account, Role::Viewer).await;
    let text = member.get("/docs/api-reference").await.text();
    assert!(text.contains("data-session=\"yes\""));
    let text = app.browser().get("/docs/api-reference").await.text();
    assert!(text.contains("data-session=\"no\""));
}

fn feedback(page: &str, is_helpful: bool, text: &str) -> String {
    json!({"page": page, "is_helpful": is_helpful, "text": text, "language": "zh-TW"}).to_string()
}

const PATH: &str = "/api/v1/docs-feedback";
const OPERATOR_PATH: &str = "/api/v1/admin/docs-feedback";

#[tokio::test]
async fn what_readers_say_is_read_by_operators_and_by_nobody_else() {
    let app = TestApp::new().await;
    let account = app.account("pro").await;
    let member = app.member(&account, Role::Owner).await;
    let page = "api-reference";
    let said = app.browser().post(PATH, feedback(page, true, "")).await;
    assert_eq!(said.status, 201, "{}", said.text());
    let said = member
        .post(PATH, feedback(page, false, " more samples "))
        .await;
    assert_eq!(said.status, 201, "{}", said.text());
    let operator = app.operator().await;
    let list = operator.get(OPERATOR_PATH).await.json();
    assert_eq!(list["data"][0]["text"], "more samples");
    assert_eq!(list["data"][0]["language"], "zh-TW");
    assert!(list["data"][0]["user_email"].is_string());
    assert_eq!(list["data"][1]["user_email"], json!(null));
    let first = operator
        .get(&format!("{OPERATOR_PATH}?limit=1"))
        .await
        .json();
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = operator
        .get(&format!("{OPERATOR_PATH}?cursor={cursor}"))
        .await
        .json();
    assert_eq!(second["data"], json!([list["data"][1]]));
    let none = operator
        .get(&format!("{OPERATOR_PATH}?page=other"))
        .await
        .json();
    assert_eq!(none["data"], json!([]));
    let counts = operator.get(&format!("{OPERATOR_PATH}/pages")).await.json();
    let count = &counts["data"][0];
    assert_eq!(
        (
            &count["page"],
            &count["answers"],
            &count["helpful"],
            &count["comments"]
        ),
        (&json!(page), &json!(2), &json!(1), &json!(1))
    );
    for path in [OPERATOR_PATH, "/api/v1/admin/docs-feedback/pages"] {
        assert_eq!(member.get(path).await.code(), "operators_only");
    }
}

#[tokio::test]
async fn feedback_is_bounded_in_what_it_says_and_how_often() {
    let app = TestApp::new().await;
    let browser = app.browser();
    let long = "长".repeat(2_001);
    for (body, param) in [
        (feedback("No such page", true, ""), "page"),
        (feedback("", true, ""), "page"),
        (feedback("api-reference", true, &long), "text"),
    ] {
        let response = browser.post(PATH, body).await;
        assert_eq!(
            (response.status, response.code()),
            (422, "invalid_field".to_owned())
        );
        assert_eq!(response.json()["error"]["param"], param);
    }
    let elsewhere = app.anonymous().with("content-type", "application/json");
    let response = elsewhere
        .post(PATH, feedback("api-reference", true, ""))
        .await;
    assert_eq!(
        (response.status, response.code()),
        (403, "cross_site_request".to_owned())
    );
    let mut last = browser
        .post(PATH, feedback("api-reference", true, ""))
        .await;
    for _ in 0..10 {
        last = browser
            .post(PATH, feedback("api-reference", true, ""))
            .await;
    }
    assert_eq!(
        (last.status, last.code()),
        (429, "too_many_attempts".to_owned())
    );
    app.advance(Duration::from_secs(3_600)).await;
    let response = browser
        .post(PATH, feedback("api-reference", true, ""))
        .await;
    assert_eq!(response.status, 201);
}
