//! Deployments have ids of their own, so that one provider serves a model more than once.

use serde_json::{Value, json};

use crate::support::test_app::CATALOG;
use crate::support::{Caller, TestApp, TestResponse, chat, until};

const PATH: &str = "/api/v1/admin/deployments";

/// The provider `first` serves `second-only` a second and a third time.
async fn twin(operator: &Caller, name: Option<&str>, weight: u64) -> TestResponse {
    let body = json!({
        "model": "second-only", "provider": "first", "name": name, "upstream_model": "large", "weight": weight,
    });
    operator.post(PATH, body.to_string()).await
}

async fn listed(operator: &Caller, model: &str) -> Vec<Value> {
    let page = operator.get(PATH).await.json();
    let all = page["data"].as_array().unwrap().clone();
    all.into_iter()
        .filter(|one| one["model"] == model)
        .collect()
}

fn id_of(response: &TestResponse) -> String {
    assert_eq!(response.status, 201, "{}", response.text());
    let id = response.json()["id"].as_str().unwrap().to_owned();
    assert!(id.starts_with("dep_"), "{id}");
    id
}

#[tokio::test]
async fn a_provider_serves_a_model_twice_each_with_its_weight_and_health() {
    let app = TestApp::new().await;
    let (caller, operator) = (app.key("free").await, app.operator().await);
    let eu = id_of(&twin(&operator, Some("eu"), 3).await);
    let us = id_of(&twin(&operator, Some("us"), 1).await);
    assert_ne!(eu, us);
    for name in [Some("eu"), Some("us")] {
        let again = twin(&operator, name, 1).await;
        assert_eq!((again.status, again.code().as_str()), (409, "exists"));
    }
    // The deployment of the file has the weight 1.
    for _ in 0..10 {
        assert_eq!(caller.chat(chat("second-only", "")).await.status, 200);
    }
    let requests = |all: &[Value], id: &str| {
        let one = all.iter().find(|one| one["id"] == id).unwrap();
        one["health"]["requests"].as_u64()
    };
    let all = listed(&operator, "second-only").await;
    assert_eq!(
        (requests(&all, &eu), requests(&all, &us)),
        (Some(6), Some(2))
    );

    let path = format!("{PATH}/{us}");
    let renamed = operator.patch(&path, r#"{"name":"eu"}"#).await;
    assert_eq!((renamed.status, renamed.code().as_str()), (409, "exists"));
    let changed = operator.patch(&path, r#"{"weight":0}"#).await.json();
    assert_eq!(
        (&changed["weight"], &changed["name"]),
        (&json!(0), &json!("us"))
    );
    assert_eq!(operator.delete(&format!("{PATH}/{eu}")).await.status, 204);
    assert_eq!(operator.delete(&format!("{PATH}/{eu}")).await.status, 404);
    let all = listed(&operator, "second-only").await;
    assert_eq!((all.len(), requests(&all, &us)), (2, Some(2)));

    let log = operator.get("/api/v1/admin/audit-log").await.json();
    let entry = &log["data"][0];
    assert_eq!(entry["action"], "deployment.deleted");
    assert_eq!(entry["subject"]["id"], eu.as_str());
    assert_eq!(entry["subject"]["label"], "second-only at first (eu)");
    assert_eq!(entry["before"]["weight"], 3);
}

#[tokio::test]
async fn a_deployment_keeps_what_it_joins() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    let id = id_of(&twin(&operator, None, 1).await);
    for (change, field) in [
        (r#"{"model":"plain"}"#, "model"),
        (r#"{"provider":"second"}"#, "provider"),
        (r#"{"weight":1000001}"#, "weight"),
        (r#"{"name":"a b"}"#, "name"),
        (r#"{"wieght":1}"#, "wieght"),
    ] {
        let response = operator.patch(&format!("{PATH}/{id}"), change).await;
        assert_eq!(response.status, 422, "{change}: {}", response.text());
        assert_eq!(response.json()["error"]["param"], field, "{change}");
    }
}

#[tokio::test]
async fn a_deployment_of_the_file_keeps_its_id_and_its_counts() {
    let app = TestApp::new().await;
    let (caller, operator) = (app.key("free").await, app.operator().await);
    assert_eq!(caller.chat(chat("second-only", "")).await.status, 200);
    let before = listed(&operator, "second-only").await.remove(0);
    let id = before["id"].as_str().unwrap();
    assert!(id.starts_with("dep_"), "{id}");
    let refused = operator
        .patch(&format!("{PATH}/{id}"), r#"{"weight":2}"#)
        .await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (409, "read_only")
    );

    let path = app.catalog_path();
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(path, format!("{text}# reloaded\n")).unwrap();
    until("the reload", || {
        let known = app.gateway().catalog.text.lock();
        known
            .as_deref()
            .is_some_and(|text| text.contains("# reloaded"))
    })
    .await;
    assert_eq!(
        listed(&operator, "second-only").await,
        std::slice::from_ref(&before)
    );

    let app = app.restart().await;
    let after = listed(&app.caller(&operator), "second-only")
        .await
        .remove(0);
    assert_eq!(after["id"], before["id"]);
    assert_eq!(after["health"]["state"], "idle");
}

#[tokio::test]
async fn an_import_leaves_a_deployment_its_id() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    let id = id_of(&twin(&operator, Some("eu"), 3).await);
    let text = "[[deployments]]\nmodel = \"second-only\"\nprovider = \"first\"\nname = \"eu\"\nupstream_model = \"large\"\nweight = 5\n";
    let mut imported =
        gateway::catalog::parse_file(text, gateway::catalog::Origin::Database).unwrap();
    let known = app
        .app
        .gateway
        .catalog
        .sources
        .definitions(&app.gateway().db, &app.gateway().master);
    imported.adopt_ids(&known.await.unwrap());
    assert_eq!(imported.deployments[0].id, id);
}

#[tokio::test]
async fn a_deployment_that_a_file_has_twice_is_refused() {
    let app = TestApp::new().await;
    let twice = "[[deployments]]\nmodel = \"plain\"\nprovider = \"first\"\n";
    let text = std::fs::read_to_string(app.catalog_path()).unwrap();
    assert!(CATALOG.contains(twice));
    std::fs::write(app.catalog_path(), format!("{text}{twice}")).unwrap();
    until("a refusal", || {
        app.gateway().metrics.catalog_failures.get() > 0
    })
    .await;
    assert!(crate::support::logs::text().contains("is there twice"));
}

#[tokio::test]
async fn a_paused_deployment_gets_no_requests_until_it_is_resumed_and_keeps_its_counts() {
    let app = TestApp::new().await;
    let (caller, operator) = (app.key("enterprise").await, app.operator().await);
    let eu = id_of(&twin(&operator, Some("eu"), 1).await);
    for _ in 0..4 {
        assert_eq!(caller.chat(chat("second-only", "")).await.status, 200);
    }
    let at_first = || app.stub.requests().len();
    let before = at_first();
    assert_eq!(before, 2);
    let path = format!("{PATH}/{eu}");
    let pause = |paused: bool| operator.patch(&path, json!({ "paused": paused }).to_string());
    let paused = pause(true).await.json();
    assert_eq!(
        (&paused["paused"], &paused["weight"]),
        (&json!(true), &json!(1))
    );
    for _ in 0..4 {
        assert_eq!(caller.chat(chat("second-only", "")).await.status, 200);
    }
    assert_eq!(at_first(), before, "no traffic while it is paused");
    pause(false).await;
    for _ in 0..4 {
        assert_eq!(caller.chat(chat("second-only", "")).await.status, 200);
    }
    assert_eq!(at_first(), before + 2);
    let all = listed(&operator, "second-only").await;
    let one = all.iter().find(|one| one["id"] == eu.as_str()).unwrap();
    assert_eq!(
        (&one["paused"], &one["health"]["requests"]),
        (&json!(false), &json!(4))
    );
}

#[tokio::test]
async fn a_model_whose_only_deployment_is_paused_is_said_to_have_none() {
    let app = TestApp::new().await;
    let (caller, operator) = (app.key("free").await, app.operator().await);
    let model = r#"{"id":"alone","min_tier":"free"}"#;
    assert_eq!(
        operator.post("/api/v1/admin/models", model).await.status,
        201
    );
    let body = json!({ "model": "alone", "provider": "first", "paused": true });
    let id = id_of(&operator.post(PATH, body.to_string()).await);
    let refused = caller.chat(chat("alone", "")).await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (503, "no_deployment")
    );
    let shown = caller.get("/v1/models/alone").await.json();
    assert_eq!(shown["available"], false, "{shown}");
    let resumed = operator
        .patch(&format!("{PATH}/{id}"), r#"{"paused":false}"#)
        .await;
    assert_eq!(resumed.status, 200);
    assert_eq!(caller.chat(chat("alone", "")).await.status, 200);
}
