//! The causes of failures: what the upstream said, what the client got, and where both are found.

use serde_json::{Value, json};
use store::accounts::AccountStatus;
use store::members::Role;

use crate::support::upstream_stub::delta;
use crate::support::{Caller, Script, TestApp, TestResponse, chat};

const WORDS: &str = r#"{"error":{"message":"The engine ran out of memory (key sk-abc123456789xyz).","code":"engine_dead","type":"server_error"}}"#;

fn id_of(response: &TestResponse) -> &str {
    response.header("x-request-id").unwrap()
}

/// The receipt of a response, as the operator has it.
async fn receipt(app: &TestApp, operator: &Caller, response: &TestResponse) -> Value {
    app.events().await;
    let id = id_of(response);
    let found = operator.get(&format!("/api/v1/admin/requests/{id}")).await;
    assert_eq!(found.status, 200, "{}", found.text());
    found.json()
}

#[tokio::test]
async fn an_operator_finds_what_the_upstream_said_by_the_id_of_the_request() {
    let app = TestApp::new().await;
    let (caller, operator) = (app.key("free").await, app.operator().await);
    app.stub
        .once(Script::status(500, "x-request-id: up-7\r\n", WORDS));
    let response = caller.chat(chat("plain", "")).await;
    assert_eq!(response.status, 502);
    let found = receipt(&app, &operator, &response).await;
    assert_eq!(found["account_id"], caller.account.to_string());
    let cause = &found["causes"][0];
    assert_eq!(cause["status"], 500);
    assert_eq!(cause["code"], "engine_dead");
    assert_eq!(cause["upstream_request_id"], "up-7");
    let words = cause["message"].as_str().unwrap();
    assert!(words.starts_with("The engine ran out of memory"), "{words}");
    assert!(!words.contains("sk-abc"), "{words}");
    assert_eq!(
        found["error"]["message"],
        response.json()["error"]["message"]
    );
    // The deployment says it too, and leads to the receipt.
    let page = operator.get("/api/v1/admin/deployments").await.json();
    let deployments = page["data"].as_array().unwrap();
    let failing = deployments
        .iter()
        .find(|one| one["health"]["state"] == "failing")
        .unwrap();
    assert_eq!(failing["health"]["last_error_cause"], *cause);
    let request_id = &failing["health"]["last_error_request_id"];
    assert_eq!(*request_id, id_of(&response));
}

#[tokio::test]
async fn words_about_the_operators_credential_are_the_operators_alone() {
    let app = TestApp::new().await;
    let (caller, operator) = (app.key("free").await, app.operator().await);
    let owner = app.member(&caller.account, Role::Owner).await;
    let secretive = r#"{"error":{"message":"The credential of team Blue has expired.","code":"token_expired"}}"#;
    app.stub.once(Script::status(401, "", secretive));
    let response = caller.chat(chat("plain", "")).await;
    assert_eq!(response.status, 502);
    let found = receipt(&app, &operator, &response).await;
    assert_eq!(
        found["causes"][0]["message"],
        "The credential of team Blue has expired."
    );
    let id = id_of(&response);
    for path in [format!("requests/{id}"), "requests/errors".to_owned()] {
        let seen = owner
            .get(&format!("/api/v1/accounts/{}/{path}", caller.account))
            .await;
        assert_eq!(seen.status, 200, "{}", seen.text());
        assert!(!seen.text().contains("team Blue"), "{}", seen.text());
        assert!(!seen.text().contains("token_expired"), "{}", seen.text());
    }
}

#[tokio::test]
async fn failures_without_a_response_and_within_a_stream_are_in_words_too() {
    let app = TestApp::new().await;
    let (caller, operator) = (app.key("free").await, app.operator().await);
    app.stub.once(Script::raw("no http at all\r\n\r\n"));
    let response = caller.chat(chat("plain", "")).await;
    let found = receipt(&app, &operator, &response).await;
    let cause = &found["causes"][0];
    assert_eq!(cause["status"], Value::Null);
    assert!(
        cause["message"].as_str().unwrap().contains("is no HTTP"),
        "{cause}"
    );

    let broken = r#"data: {"error":{"message":"The stream fell over.","code":"fell_over"}}"#;
    app.stub.once(Script::stream([
        delta("a").as_str(),
        &format!("{broken}\n\n"),
    ]));
    let response = caller.chat(chat("plain", r#","stream":true"#)).await;
    let found = receipt(&app, &operator, &response).await;
    assert_eq!(found["end_reason"], "broken");
    assert_eq!(found["causes"][0]["status"], 200);
    assert_eq!(found["causes"][0]["code"], "fell_over");
    assert_eq!(found["causes"][0]["message"], "The stream fell over.");
}

#[tokio::test]
async fn a_timeout_of_the_upstreams_own_keeps_its_words() {
    let app = TestApp::new().await;
    let (caller, operator) = (app.key("free").await, app.operator().await);
    let words = r#"{"error":{"message":"Shard 4 did not answer.","code":"shard_timeout"}}"#;
    app.stub.once(Script::status(504, "", words));
    let response = caller.chat(chat("plain", "")).await;
    let found = receipt(&app, &operator, &response).await;
    assert_eq!(found["causes"][0]["status"], 504);
    assert_eq!(found["causes"][0]["message"], "Shard 4 did not answer.");
}

#[tokio::test]
async fn our_own_refusals_keep_their_words_and_name_the_model_that_is_none() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let owner = app.member(&caller.account, Role::Owner).await;
    let base = format!("/api/v1/accounts/{}/requests", caller.account);
    for (body, status, code, param) in [
        (
            chat("no-such\\u0000-model", ""),
            404,
            "invalid_model",
            "model",
        ),
        (chat("plain", r#","n":"two""#), 400, "invalid_type", "n"),
    ] {
        let response = caller.chat(body).await;
        assert_eq!(response.status, status, "{}", response.text());
        app.events().await;
        let id = id_of(&response);
        let seen = owner.get(&format!("{base}/{id}")).await.json();
        assert_eq!(seen["error_code"], code);
        assert_eq!(seen["error"]["param"], param);
        assert_eq!(
            seen["error"]["message"],
            response.json()["error"]["message"]
        );
    }
    let listed = owner.get(&base).await.json();
    let unknown = &listed["data"][1];
    assert_eq!(
        (&unknown["model"], &unknown["requested_model"]),
        (&json!(""), &json!("no-such-model"))
    );
    let filtered = owner.get(&format!("{base}?model=no-such-model")).await;
    assert_eq!(filtered.json()["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn requests_of_a_suspended_account_are_in_its_log_and_are_no_use_of_the_key() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let owner = app.member(&caller.account, Role::Owner).await;
    app.set_status(&caller.account, AccountStatus::Suspended)
        .await;
    let response = caller.chat(chat("plain", "")).await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (403, "account_suspended")
    );
    app.events().await;
    let base = format!("/api/v1/accounts/{}", caller.account);
    let listed = owner.get(&format!("{base}/requests")).await.json();
    let entry = &listed["data"][0];
    assert_eq!(entry["error_code"], "account_suspended");
    assert_eq!(entry["end_reason"], "refused");
    assert_eq!(entry["endpoint"], "chat");
    let path = format!("{base}/requests/{}", id_of(&response));
    let seen = owner.get(&path).await.json();
    assert_eq!(
        seen["error"]["message"],
        response.json()["error"]["message"]
    );
    let key = owner.get(&format!("{base}/api-keys/{}", caller.key)).await;
    assert_eq!(key.json()["last_used_at"], Value::Null);
}

#[tokio::test]
async fn errors_are_grouped_by_code_model_and_key_with_a_sample() {
    let app = TestApp::new().await;
    let (caller, operator) = (app.key("free").await, app.operator().await);
    let other = app.key("free").await;
    let owner = app.member(&caller.account, Role::Owner).await;
    for _ in 0..2 {
        app.stub.once(Script::status(500, "", WORDS));
        caller.chat(chat("plain", "")).await;
    }
    let last = caller.chat(chat("no-such-model", "")).await;
    app.stub.once(Script::status(500, "", WORDS));
    other.chat(chat("plain", "")).await;
    app.events().await;

    let path = format!("/api/v1/accounts/{}/requests/errors", caller.account);
    let page = owner.get(&path).await.json();
    let groups = page["data"].as_array().unwrap();
    assert_eq!(groups.len(), 2, "{page}");
    let upstream = &groups[0];
    assert_eq!(
        (
            &upstream["error_code"],
            &upstream["model"],
            &upstream["requests"]
        ),
        (&json!("upstream_error"), &json!("plain"), &json!(2))
    );
    assert_eq!(upstream["api_key_id"], caller.key.to_string());
    assert_eq!(upstream["provider"], Value::Null);
    let unknown = &groups[1];
    assert_eq!(unknown["model"], "no-such-model");
    assert_eq!(unknown["sample"]["request_id"], id_of(&last));
    assert_eq!(unknown["sample"]["status"], 404);
    let few = owner.get(&format!("{path}?error_code=invalid_model")).await;
    assert_eq!(few.json()["data"].as_array().unwrap().len(), 1);

    let page = operator.get("/api/v1/admin/requests/errors").await.json();
    let upstream = &page["data"][0];
    assert_eq!(
        (&upstream["requests"], &upstream["accounts"]),
        (&json!(3), &json!(2)),
        "{page}"
    );
    assert_eq!(upstream["sample"]["cause"]["code"], "engine_dead");
}
