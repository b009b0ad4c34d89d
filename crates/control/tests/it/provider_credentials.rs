//! Credentials of providers: a new one closes the way back at once, and several have their turns and their own health.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Caller, Script, TestApp, chat, soon};

const PROVIDERS: &str = "/api/v1/admin/providers";
const DEPLOYMENTS: &str = "/api/v1/admin/deployments";
const ROUTING: &str = "/api/v1/admin/routing?model=keyed";

fn refused() -> Script {
    Script::status(401, "", "{}")
}

fn limited() -> Script {
    Script::status(429, "retry-after: 600\r\n", "{}")
}

/// A model that a provider with these credentials serves, and one of the catalogue file only as long as that fails.
async fn served(app: &TestApp, operator: &Caller, credentials: &Value) {
    let mut provider =
        json!({"name": "own", "kind": "openai_compatible", "base_url": app.stub.url()});
    for (name, value) in credentials.as_object().unwrap() {
        provider[name] = value.clone();
    }
    made(operator, PROVIDERS, &provider).await;
    let model = json!({"id": "keyed", "min_tier": "free"});
    made(operator, "/api/v1/admin/models", &model).await;
    let deployment = json!({"model": "keyed", "provider": "own"});
    made(operator, DEPLOYMENTS, &deployment).await;
}

/// A second deployment, which has no share of the requests.
async fn with_fallback(operator: &Caller) {
    let deployment = json!({"model": "keyed", "provider": "second", "weight": 0});
    made(operator, DEPLOYMENTS, &deployment).await;
}

async fn made(operator: &Caller, path: &str, body: &Value) {
    let response = operator.post(path, body.to_string()).await;
    assert_eq!(response.status, 201, "{}", response.text());
}

async fn change(operator: &Caller, members: Value) -> (u16, Value) {
    let path = format!("{PROVIDERS}/own");
    let response = operator.patch(&path, members.to_string()).await;
    (response.status, response.json())
}

async fn ask(caller: &Caller, times: usize) {
    for _ in 0..times {
        let response = caller.chat(chat("keyed", "")).await;
        assert_eq!(response.status, 200, "{}", response.text());
    }
}

fn two() -> Value {
    json!({
        "credential": {"secret": "sk-one-1111111111"},
        "credentials": [{"label": "spare", "secret": "sk-spare-2222222222"}],
    })
}

#[tokio::test]
async fn a_new_credential_lets_a_probe_through_at_once() {
    let app = TestApp::new().await;
    let (caller, operator) = (app.key("enterprise").await, app.operator().await);
    served(
        &app,
        &operator,
        &json!({"credential": {"secret": "sk-old-0000000000"}}),
    )
    .await;
    with_fallback(&operator).await;
    app.stub.always_to("sk-old", refused());
    ask(&caller, 5).await;
    assert_eq!(app.stub.requests().len(), 1);
    let route = operator.get(ROUTING).await.json();
    assert_eq!(route["candidates"][1]["status"], "credential_refused");

    let (status, _) = change(
        &operator,
        json!({"credential": {"secret": "sk-new-9999999999"}}),
    )
    .await;
    assert_eq!(status, 200);
    let route = operator.get(ROUTING).await.json();
    assert_eq!(
        (
            &route["candidates"][0]["status"],
            &route["candidates"][0]["breaker"]
        ),
        (&json!("probe"), &json!("half_open"))
    );
    let response = caller.chat(chat("keyed", "")).await;
    assert_eq!(response.header("x-yunxin-route-reason"), Some("probe"));
    assert_eq!(response.header("x-yunxin-attempts"), Some("1"));
    ask(&caller, 5).await;
    assert_eq!(app.stub.requests_with("sk-new"), 6);
}

#[tokio::test]
async fn a_new_credential_ends_the_wait_that_the_provider_asked_for() {
    let app = TestApp::new().await;
    let (caller, operator) = (app.key("enterprise").await, app.operator().await);
    served(
        &app,
        &operator,
        &json!({"credential": {"secret": "sk-old-0000000000"}}),
    )
    .await;
    with_fallback(&operator).await;
    app.stub.always_to("sk-old", limited());
    ask(&caller, 5).await;
    assert_eq!(app.stub.requests().len(), 1);
    change(
        &operator,
        json!({"credential": {"secret": "sk-new-9999999999"}}),
    )
    .await;
    ask(&caller, 5).await;
    assert_eq!(app.stub.requests_with("sk-new"), 5);
}

#[tokio::test]
async fn a_deployment_that_is_changed_is_looked_at_at_once_and_the_others_are_not() {
    let app = TestApp::new().await;
    let (caller, operator) = (app.key("enterprise").await, app.operator().await);
    served(
        &app,
        &operator,
        &json!({"credential": {"secret": "sk-old-0000000000"}}),
    )
    .await;
    with_fallback(&operator).await;
    app.stub.always(Script::status(404, "", "{}"));
    ask(&caller, 5).await;
    assert_eq!(app.stub.requests().len(), 1);
    let list = operator.get(DEPLOYMENTS).await.json();
    let all = list["data"].as_array().unwrap();
    let of = |provider: &str| {
        let is_it = |one: &&Value| one["model"] == "keyed" && one["provider"] == provider;
        all.iter().find(is_it).unwrap()["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    // What is said of the other one opens nothing here.
    let second = format!("{DEPLOYMENTS}/{}", of("second"));
    assert_eq!(operator.patch(&second, r#"{"group": 1}"#).await.status, 200);
    ask(&caller, 5).await;
    assert_eq!(app.stub.requests().len(), 1);
    app.stub
        .always(Script::json(crate::support::upstream_stub::COMPLETION));
    let own = format!("{DEPLOYMENTS}/{}", of("own"));
    let renamed = operator.patch(&own, r#"{"upstream_model": "known"}"#).await;
    assert_eq!(renamed.status, 200);
    ask(&caller, 3).await;
    assert_eq!(app.stub.requests().len(), 4);
    assert_eq!(app.stub.last().json()["model"], "known");
}

#[tokio::test]
async fn several_credentials_are_used_in_turn() {
    let app = TestApp::new().await;
    let (caller, operator) = (app.key("enterprise").await, app.operator().await);
    served(&app, &operator, &two()).await;
    ask(&caller, 6).await;
    assert_eq!(
        (
            app.stub.requests_with("sk-one"),
            app.stub.requests_with("sk-spare")
        ),
        (3, 3)
    );
    let response = caller.chat(chat("keyed", "")).await;
    assert_eq!(response.header("x-yunxin-route-reason"), Some("only"));
}

#[tokio::test]
async fn a_credential_that_is_refused_rests_while_the_others_go_on_and_operators_are_told_its_label()
 {
    let app = TestApp::new().await;
    let (caller, operator) = (app.key("enterprise").await, app.operator().await);
    served(&app, &operator, &two()).await;
    app.stub.always_to("sk-spare", refused());
    ask(&caller, 12).await;
    assert_eq!(app.stub.requests_with("sk-spare"), 1);
    let list = operator.get(DEPLOYMENTS).await;
    let deployments = list.json();
    let own = deployments["data"].as_array().unwrap().iter();
    let own = own.clone().find(|one| one["provider"] == "own").unwrap();
    let states: Vec<(&Value, &Value, &Value)> = own["credential_states"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["label"], &one["breaker"], &one["reason"]))
        .collect();
    assert_eq!(
        states,
        [
            (&json!("default"), &json!("closed"), &Value::Null),
            (
                &json!("spare"),
                &json!("open"),
                &json!("credential_refused")
            ),
        ]
    );
    let notice = soon("the notice", async {
        loop {
            let list = operator.get("/api/v1/admin/notices").await;
            if let Some(notice) = list.json()["data"].get(0) {
                return notice.clone();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    assert_eq!(
        (
            &notice["kind"],
            &notice["label"],
            &notice["facts"]["credential"]
        ),
        (
            &json!("credential_refused"),
            &json!("own (spare)"),
            &json!("spare")
        )
    );
    let metrics = app.metrics().await;
    assert!(metrics.contains("credential=\"spare\"} 2"), "{metrics}");
    for text in [
        list.text(),
        notice.to_string(),
        metrics,
        crate::support::logs::text(),
    ] {
        assert!(!text.contains("sk-spare-2222222222"), "{text}");
    }
    // The next secret of that label is tried at once, and the other one keeps its state.
    let next = json!([{"label": "spare", "secret": "sk-fresh-3333333333"}]);
    let (status, _) = change(&operator, json!({ "credentials": next })).await;
    assert_eq!(status, 200);
    ask(&caller, 4).await;
    assert!(app.stub.requests_with("sk-fresh") >= 2);
}

#[tokio::test]
async fn the_receipt_of_an_operator_names_the_credential_of_each_attempt_and_that_of_the_account_none()
 {
    let app = TestApp::new().await;
    let (caller, operator) = (app.key("enterprise").await, app.operator().await);
    served(&app, &operator, &two()).await;
    let mut labels = Vec::new();
    for _ in 0..2 {
        let response = caller.chat(chat("keyed", "")).await;
        assert_eq!(response.status, 200, "{}", response.text());
        app.events().await;
        let id = response.header("x-request-id").unwrap().to_owned();
        let path = format!("/api/v1/admin/requests/{id}");
        let receipt = operator.get(&path).await.json();
        assert_eq!(receipt["attempts"].as_array().unwrap().len(), 1);
        assert!(!receipt["attempts"].to_string().contains("spare"));
        labels.push(receipt["credentials"].clone());
    }
    labels.sort_by_key(Value::to_string);
    assert_eq!(labels, [json!(["default"]), json!(["spare"])]);
}

#[tokio::test]
async fn a_credential_that_is_used_up_for_now_is_left_alone_for_as_long_as_its_provider_asks() {
    let app = TestApp::new().await;
    let (caller, operator) = (app.key("enterprise").await, app.operator().await);
    served(&app, &operator, &two()).await;
    app.stub.always_to("sk-spare", limited());
    ask(&caller, 12).await;
    assert_eq!(app.stub.requests_with("sk-spare"), 1);
    app.advance(Duration::from_secs(601)).await;
    ask(&caller, 2).await;
    assert_eq!(app.stub.requests_with("sk-spare"), 2);
}

#[tokio::test]
async fn a_deployment_that_fails_is_not_asked_by_each_credential_before_another_one_is() {
    let app = TestApp::new().await;
    let (caller, operator) = (app.key("enterprise").await, app.operator().await);
    let further: Vec<Value> = ["b", "c", "d"]
        .map(|label| json!({"label": label, "secret": format!("sk-{label}-4444444444")}))
        .into();
    let credentials = json!({"credential": {"secret": "sk-a-4444444444"}, "credentials": further});
    served(&app, &operator, &credentials).await;
    with_fallback(&operator).await;
    app.stub.always(Script::status(500, "", "{}"));
    for _ in 0..4 {
        let response = caller.chat(chat("keyed", "")).await;
        assert_eq!(response.status, 200, "{}", response.text());
        assert_eq!(response.header("x-yunxin-attempts"), Some("2"));
    }
}

#[tokio::test]
async fn a_deployment_may_be_called_with_some_of_the_credentials() {
    let app = TestApp::new().await;
    let (caller, operator) = (app.key("enterprise").await, app.operator().await);
    served(&app, &operator, &two()).await;
    let list = operator.get(DEPLOYMENTS).await.json();
    let all = list["data"].as_array().unwrap();
    let own = all.iter().find(|one| one["provider"] == "own").unwrap();
    let path = format!("{DEPLOYMENTS}/{}", own["id"].as_str().unwrap());
    let chosen = operator.patch(&path, r#"{"credentials": ["spare"]}"#).await;
    assert_eq!(chosen.status, 200, "{}", chosen.text());
    ask(&caller, 4).await;
    assert_eq!(app.stub.requests_with("sk-spare"), 4);
    let unknown = operator
        .patch(&path, r#"{"credentials": ["nobody"]}"#)
        .await;
    assert_eq!(unknown.status, 422, "{}", unknown.text());
}

#[tokio::test]
async fn a_credential_keeps_its_secret_by_its_label_and_never_shows_it() {
    let app = TestApp::new().await;
    let (caller, operator) = (app.key("enterprise").await, app.operator().await);
    served(&app, &operator, &two()).await;
    let (_, shown) = change(&operator, json!({"headers": {"x-team": "search"}})).await;
    let label = json!({"label": "spare", "source": "sealed", "env": null});
    assert_eq!(shown["credentials"], json!([label]));
    // What was read can be sent back, beside a further one.
    let further = json!([label, {"label": "third", "secret": "sk-third-5555555555"}]);
    let (status, shown) = change(&operator, json!({ "credentials": further })).await;
    assert_eq!((status, &shown["is_credential_set"]), (200, &json!(true)));
    let app = app.restart().await;
    let (caller, operator) = (app.caller(&caller), app.caller(&operator));
    ask(&caller, 3).await;
    for secret in ["sk-one", "sk-spare", "sk-third"] {
        assert_eq!(app.stub.requests_with(secret), 1, "{secret}");
    }
    let log = operator.get("/api/v1/admin/audit-log").await.text();
    assert!(log.contains("third") && !log.contains("sk-third"), "{log}");
}

#[tokio::test]
async fn credentials_that_cannot_be_told_apart_or_have_no_secret_are_refused() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    served(&app, &operator, &two()).await;
    for credentials in [
        json!([{"label": "default", "secret": "sk-x-6666666666"}]),
        json!([{"secret": "sk-x-6666666666"}]),
        json!([{"label": "a", "secret": "sk-x-6666666666"}, {"label": "a", "secret": "sk-y-6666666666"}]),
        json!([{"label": "a b", "secret": "sk-x-6666666666"}]),
        json!([{"label": "new"}]),
    ] {
        let (status, error) = change(&operator, json!({ "credentials": credentials })).await;
        assert_eq!(
            (status, &error["error"]["param"]),
            (422, &json!("credentials")),
            "{credentials}: {error}"
        );
    }
    // A secret holds for the address that it was given for.
    let elsewhere =
        json!({"base_url": app.second.url(), "credential": {"secret": "sk-z-6666666666"}});
    let (status, error) = change(&operator, elsewhere).await;
    assert_eq!(
        (status, &error["error"]["param"]),
        (422, &json!("credentials"))
    );
}

#[tokio::test]
async fn a_test_of_a_provider_tests_each_credential_and_names_the_one_that_fails() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    served(&app, &operator, &two()).await;
    app.stub.always_to("sk-spare", refused());
    let tested = operator
        .post(&format!("{PROVIDERS}/own/test"), "")
        .await
        .json();
    assert_eq!(tested["ok"], false);
    assert!(
        tested["message"].as_str().unwrap().contains("spare"),
        "{tested}"
    );
    let checked = operator
        .post(&format!("{PROVIDERS}/own/checks"), "")
        .await
        .json();
    let results: Vec<(&Value, &Value, &Value)> = checked["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["capability"] == "chat")
        .map(|one| (&one["credential"], &one["result"], &one["model"]))
        .collect();
    assert_eq!(
        results,
        [
            (&json!("default"), &json!("passed"), &json!("keyed")),
            (&json!("spare"), &json!("failed"), &json!("keyed")),
        ]
    );
}
