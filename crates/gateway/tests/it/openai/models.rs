//! `GET /v1/models`, `GET /v1/models/{id}` and `GET /v1/key`.

use crate::support::snapshot::assert_text;
use crate::support::{TestApp, TestResponse};

fn ids(response: &TestResponse) -> Vec<String> {
    let json = response.json();
    let data = json["data"].as_array().unwrap().iter();
    data.map(|model| model["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn the_list_shows_every_model_and_what_the_caller_may_use() {
    let app = TestApp::new().await;
    let free = app.key("free").await;
    let response = free.get("/v1/models").await;
    assert_eq!(response.status, 200);
    assert_eq!(
        ids(&response),
        [
            "embed",
            "pair",
            "plain",
            "premium",
            "second-only",
            "vendor/public"
        ]
    );
    let available = |response: &TestResponse| {
        let json = response.json();
        let data = json["data"].as_array().unwrap().clone();
        let usable = data.into_iter().filter(|model| model["available"] == true);
        usable
            .map(|model| model["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        available(&response),
        ["embed", "pair", "plain", "second-only", "vendor/public"]
    );
    let pro = app.key("pro").await;
    assert_eq!(available(&pro.get("/v1/models").await).len(), 6);
    let test = app.new_key("pro").test().make().await;
    assert_eq!(
        available(&test.get("/v1/models").await),
        ["embed", "pair", "plain", "premium", "vendor/public"]
    );
    let narrow = app.new_key("pro").models(&["plain"]).make().await;
    assert_eq!(
        available(&narrow.get("/v1/models?all=true").await),
        ["plain"]
    );
}

#[tokio::test]
async fn a_restricted_key_lists_what_it_may_use_unless_it_asks_for_all() {
    let app = TestApp::new().await;
    let narrow = app
        .new_key("free")
        .models(&["plain", "nick", "premium"])
        .make()
        .await;
    for path in [
        "/v1/models",
        "/v1/models/",
        "/models",
        "/v1/models?all=false",
    ] {
        let response = narrow.get(path).await;
        assert_eq!(
            ids(&response),
            ["plain", "premium", "vendor/public"],
            "{path}"
        );
    }
    let list = narrow.get("/v1/models").await.json();
    // The tier is the account's to change, so what it keeps away is shown.
    assert_eq!(
        (&list["data"][1]["available"], &list["data"][1]["min_tier"]),
        (&false.into(), &"pro".into())
    );
    assert_eq!(list["data"][2]["available"], true);
    for all in ["true", "1", ""] {
        assert_eq!(
            ids(&narrow.get(&format!("/v1/models?all={all}")).await).len(),
            6
        );
    }
    assert_eq!(narrow.get("/v1/models?all=perhaps").await.status, 400);
    assert_eq!(
        narrow.get("/v1/models/embed").await.json()["available"],
        false
    );
    let embeds = app.new_key("free").endpoints(&["embeddings"]).make().await;
    assert_eq!(ids(&embeds.get("/v1/models").await), ["embed"]);
    let talks = app.new_key("free").endpoints(&["completions"]).make().await;
    assert!(!ids(&talks.get("/v1/models").await).contains(&"embed".to_owned()));
    let nothing = app.new_key("free").models(&[]).make().await;
    assert!(ids(&nothing.get("/v1/models").await).is_empty());
}

#[tokio::test]
async fn a_model_is_found_by_id_and_alias_with_its_slash_plain_or_encoded() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    for path in ["vendor/public", "vendor%2Fpublic", "nick"] {
        let response = caller.get(&format!("/v1/models/{path}")).await;
        assert_eq!(
            (response.status, response.json()["id"].as_str()),
            (200, Some("vendor/public")),
            "{path}"
        );
    }
    assert_text!(caller.get("/v1/models/vendor/public").await.json());
    let response = caller.get("/v1/models/no/such").await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (404, "invalid_model")
    );
}

#[tokio::test]
async fn the_three_filters_narrow_the_list() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    assert_eq!(
        ids(&caller.get("/v1/models?type=embedding").await),
        ["embed"]
    );
    assert_eq!(
        ids(&caller.get("/v1/models?provider=second").await),
        ["second-only"]
    );
    assert!(ids(&caller.get("/v1/models?capability=vision").await).is_empty());
    assert_eq!(
        ids(&caller.get("/v1/models?type=chat&provider=second&x=y").await),
        ["second-only"]
    );
    assert_eq!(
        caller.get("/v1/models?type=chat&type=chat").await.status,
        400
    );
}

#[tokio::test]
async fn a_key_can_ask_what_it_is() {
    let app = TestApp::new().await;
    let caller = app
        .new_key("basic")
        .models(&["plain"])
        .endpoints(&["chat"])
        .networks(&["127.0.0.0/8"])
        .make()
        .await;
    let response = caller.get("/v1/key").await;
    assert_eq!(response.status, 200);
    assert_text!(response.json());
}
