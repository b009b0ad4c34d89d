//! Connecting a provider: its models with what is known of them, everything saved at once, and a test request.

use serde_json::{Value, json};

use crate::support::{Caller, Script, TestApp, TestResponse, chat};

const FIND: &str = "/api/v1/admin/provider-models";
const ADD: &str = "/api/v1/admin/catalog";
const SECRET: &str = "sk-connect-5ecret-0123456789";

fn openai(app: &TestApp) -> Value {
    json!({ "name": "openai", "kind": "openai", "base_url": app.stub.url(), "credential": { "secret": SECRET } })
}

async fn post(operator: &Caller, path: &str, body: &Value) -> TestResponse {
    operator.post(path, body.to_string()).await
}

/// Lists two models, of which one is known.
fn list_two(app: &TestApp) {
    let list = json!({ "object": "list", "data": [{ "id": "gpt-4o" }, { "id": "house-model" }] });
    app.stub.once(Script::json(&list.to_string()));
}

fn of_gpt(provider: &Value) -> Value {
    json!({
        "providers": [provider],
        "models": [
            { "id": "gpt-4o", "min_tier": "free", "prices": { "input": "3", "output": "12", "cache_read": "1.5" } },
            { "id": "gpt-4o-mini", "min_tier": "free" },
        ],
        "deployments": [
            { "model": "gpt-4o", "provider": "openai" },
            { "model": "gpt-4o-mini", "provider": "openai" },
        ],
    })
}

async fn count(operator: &Caller, list: &str) -> usize {
    let page = operator
        .get(&format!("/api/v1/admin/{list}?limit=200"))
        .await;
    page.json()["data"].as_array().unwrap().len()
}

#[tokio::test]
async fn the_models_of_a_provider_come_from_its_own_list_with_what_is_known_of_them() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    list_two(&app);
    let response = post(&operator, FIND, &openai(&app)).await;
    assert_eq!(response.status, 200, "{}", response.text());
    let found = response.json();
    assert_eq!(found["test"]["ok"], true);
    let known = &found["data"][0];
    assert_eq!(known["id"], "gpt-4o");
    assert_eq!(known["context_length"], 128_000);
    assert_eq!(
        known["cost"],
        json!({ "input": "2.5", "output": "10", "cache_read": "1.25" })
    );
    let unknown = &found["data"][1];
    assert_eq!(unknown["id"], "house-model");
    assert_eq!(
        (
            &unknown["cost"],
            &unknown["context_length"],
            &unknown["model_type"]
        ),
        (&json!({}), &Value::Null, &Value::Null),
        "nothing is guessed"
    );
    // The provider was asked with the secret, and nothing was saved.
    let asked = app.stub.last().head;
    assert!(asked.starts_with("GET /v1/models HTTP/1.1\r\n"), "{asked}");
    assert!(asked.contains(SECRET));
    assert!(!response.text().contains(SECRET));
    let providers = operator.get("/api/v1/admin/providers").await.text();
    assert!(!providers.contains("\"openai\""), "{providers}");
}

#[tokio::test]
async fn a_provider_without_a_list_of_models_is_said_to_have_none() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    for (script, is_there) in [
        (
            Script::status(401, "", r#"{"error":{"message":"no"}}"#),
            "401",
        ),
        (Script::status(404, "", "{}"), "no list of models"),
        (Script::json("<html>"), "not with a list of models"),
        (
            Script::json(r#"{"hello":"world"}"#),
            "not with a list of models",
        ),
    ] {
        app.stub.once(script);
        let found = post(&operator, FIND, &openai(&app)).await.json();
        assert_eq!(found["test"]["ok"], false);
        assert_eq!(found["data"], json!([]));
        let message = found["test"]["message"].as_str().unwrap();
        assert!(message.contains(is_there), "{message}");
    }
    let unknown = json!({ "name": "x", "kind": "no-such-kind" });
    let found = post(&operator, FIND, &unknown).await.json();
    let message = found["test"]["message"].as_str().unwrap();
    assert!(message.contains("no-such-kind"), "{message}");
}

#[tokio::test]
async fn a_provider_its_models_and_their_deployments_are_saved_at_once_and_serve() {
    let app = TestApp::new().await;
    let (caller, operator) = (app.key("free").await, app.operator().await);
    let response = post(&operator, ADD, &of_gpt(&openai(&app))).await;
    assert_eq!(response.status, 201, "{}", response.text());
    assert!(!response.text().contains(SECRET));
    let added = response.json();
    assert_eq!(added["providers"][0]["deployments"], 2);
    assert_eq!(added["models"][0]["prices"]["cache_read"], "1.5");
    assert_eq!(added["models"][0]["deployments"], 1);
    // It holds when it is answered.
    for model in ["gpt-4o", "gpt-4o-mini"] {
        assert_eq!(caller.chat(chat(model, "")).await.status, 200, "{model}");
    }
    assert!(app.stub.last().head.contains(SECRET));
    let log = operator.get("/api/v1/admin/audit-log").await.json();
    let actions: Vec<&str> = log["data"].as_array().unwrap()[..5]
        .iter()
        .map(|entry| entry["action"].as_str().unwrap())
        .collect();
    assert_eq!(
        actions,
        [
            "deployment.created",
            "deployment.created",
            "model.created",
            "model.created",
            "provider.created"
        ]
    );
    assert!(!log.to_string().contains(SECRET));

    // The provider lists what it serves already, and more models are added to it.
    list_two(&app);
    let listed = operator.get("/api/v1/admin/providers/openai/models").await;
    let deployments = |index: usize| listed.json()["data"][index]["deployments"].clone();
    assert_eq!((deployments(0), deployments(1)), (json!(1), json!(0)));
    let more = json!({
        "models": [{ "id": "house-model", "min_tier": "free" }],
        "deployments": [{ "model": "house-model", "provider": "openai" }],
    });
    assert_eq!(post(&operator, ADD, &more).await.status, 201);
    assert_eq!(caller.chat(chat("house-model", "")).await.status, 200);
}

#[tokio::test]
async fn a_save_with_one_mistake_saves_nothing() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    let good = of_gpt(&openai(&app));
    let with = |list: &str, entry: Value| {
        let mut body = good.clone();
        body[list].as_array_mut().unwrap().push(entry);
        body
    };
    let lists = ["providers", "models", "deployments"];
    let before = [
        count(&operator, lists[0]).await,
        count(&operator, lists[1]).await,
        count(&operator, lists[2]).await,
    ];
    for (body, status) in [
        (
            with("models", json!({ "id": "bad", "min_tier": "no-such-tier" })),
            422,
        ),
        (
            with("models", json!({ "id": "gpt-4o", "min_tier": "free" })),
            422,
        ),
        (
            with("models", json!({ "id": "plain", "min_tier": "free" })),
            409,
        ),
        (
            with(
                "deployments",
                json!({ "model": "nothing", "provider": "openai" }),
            ),
            422,
        ),
        (
            with(
                "deployments",
                json!({ "model": "gpt-4o", "provider": "openai" }),
            ),
            409,
        ),
        (
            with("providers", json!({ "name": "first", "kind": "openai" })),
            409,
        ),
        (
            with("providers", json!({ "name": "a b", "kind": "openai" })),
            422,
        ),
        (json!({ "modles": [] }), 422),
        (json!({ "models": vec![json!({ "id": "m" }); 501] }), 422),
    ] {
        let response = post(&operator, ADD, &body).await;
        assert_eq!(response.status, status, "{}", response.text());
        for (list, before) in lists.iter().zip(before) {
            assert_eq!(count(&operator, list).await, before, "{list} after {body}");
        }
    }
    assert_eq!(post(&operator, ADD, &good).await.status, 201);
}

#[tokio::test]
async fn a_test_request_says_what_the_model_said_or_why_it_did_not() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    let added = post(&operator, ADD, &of_gpt(&openai(&app))).await.json();
    let id = added["deployments"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/admin/deployments/{id}/test");

    let tried = operator.post(&path, "").await;
    assert_eq!(tried.status, 200, "{}", tried.text());
    let tried = tried.json();
    assert_eq!(
        (&tried["ok"], &tried["message"]),
        (&json!(true), &Value::Null)
    );
    assert!(
        tried["reply"]
            .as_str()
            .is_some_and(|reply| !reply.is_empty())
    );
    assert!(tried["output_tokens"].as_u64().is_some());
    assert_eq!(app.stub.last().json()["model"], "gpt-4o");

    let refusal =
        r#"{"error":{"message":"The model `gpt-4o` does not exist","code":"model_not_found"}}"#;
    app.stub.once(Script::status(404, "", refusal));
    let tried = operator.post(&path, "").await.json();
    assert_eq!(
        (&tried["ok"], &tried["reply"]),
        (&json!(false), &Value::Null)
    );
    let message = tried["message"].as_str().unwrap();
    assert!(message.contains("does not exist"), "{message}");

    // A paused deployment can be tried before it is resumed; nobody pays us for a test.
    let paused = operator
        .patch(
            &format!("/api/v1/admin/deployments/{id}"),
            r#"{"paused":true}"#,
        )
        .await;
    assert_eq!(paused.json()["paused"], true);
    assert_eq!(operator.post(&path, "").await.json()["ok"], true);
    assert_eq!(app.events().await.len(), 0);
    let nothing = operator
        .post("/api/v1/admin/deployments/dep_x/test", "")
        .await;
    assert_eq!(nothing.status, 404);
}

#[tokio::test]
async fn an_embedding_model_is_tried_with_a_text() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    let page = operator.get("/api/v1/admin/deployments").await.json();
    let all = page["data"].as_array().unwrap();
    let one = all.iter().find(|one| one["model"] == "embed").unwrap();
    app.stub.once(Script::json(
        r#"{"object":"list","data":[{"index":0,"embedding":[0.5]}],"usage":{"prompt_tokens":1,"total_tokens":1}}"#,
    ));
    let path = format!(
        "/api/v1/admin/deployments/{}/test",
        one["id"].as_str().unwrap()
    );
    let tried = operator.post(&path, "").await.json();
    assert_eq!(
        (&tried["ok"], &tried["input_tokens"]),
        (&json!(true), &json!(1))
    );
    assert_eq!(
        app.stub.last().json(),
        json!({ "model": "embed", "input": "OK" })
    );
}

#[tokio::test]
async fn a_model_whose_requests_fail_says_so_to_accounts_until_one_succeeds() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let member = app
        .member(&caller.account, store::members::Role::Viewer)
        .await;
    let path = format!("/api/v1/accounts/{}/models/plain", caller.account);
    assert_eq!(member.get(&path).await.json()["is_failing"], false);
    app.stub.once(Script::status(401, "", "{}"));
    assert_eq!(caller.chat(chat("plain", "")).await.status, 502);
    assert_eq!(member.get(&path).await.json()["is_failing"], true);
    assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
    assert_eq!(member.get(&path).await.json()["is_failing"], false);
}
