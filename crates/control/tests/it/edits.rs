//! Edits of one thing at the same moment: each begins with what the one before it made.

use serde_json::{Value, json};

use crate::support::{Caller, TestApp};

/// Sends all changes at once, and returns the thing as it is afterwards.
async fn edit_at_once(operator: &Caller, path: &str, changes: &[Value]) -> Value {
    let sent = changes
        .iter()
        .map(|change| operator.patch(path, change.to_string()));
    for response in futures_util::future::join_all(sent).await {
        assert_eq!(response.status, 200, "{}", response.text());
    }
    // A change of nothing answers with what is there.
    operator.patch(path, "{}").await.json()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_changes_of_a_provider_model_and_deployment_at_once_none_is_lost() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    let provider =
        json!({ "name": "raced", "kind": "openai", "base_url": "http://127.0.0.1:9/v1" });
    let response = operator
        .post("/api/v1/admin/providers", provider.to_string())
        .await;
    assert_eq!(response.status, 201, "{}", response.text());
    let model = json!({ "id": "raced-model", "min_tier": "free" });
    let response = operator
        .post("/api/v1/admin/models", model.to_string())
        .await;
    assert_eq!(response.status, 201, "{}", response.text());
    let deployment = json!({ "model": "raced-model", "provider": "raced" });
    let response = operator
        .post("/api/v1/admin/deployments", deployment.to_string())
        .await;
    assert_eq!(response.status, 201, "{}", response.text());
    let deployment = response.json()["id"].as_str().unwrap().to_owned();

    let changes = [
        json!({ "serves_test_keys": true }),
        json!({ "active_probes": true }),
        json!({ "headers": { "x-team": "a" } }),
        json!({ "sends_flow": true }),
    ];
    let is = edit_at_once(&operator, "/api/v1/admin/providers/raced", &changes).await;
    assert_all(&is, &changes);

    let changes = [
        json!({ "display_name": "Raced" }),
        json!({ "context_length": 1000 }),
        json!({ "aliases": ["raced-alias"] }),
        json!({ "stream_timeout_seconds": 77 }),
    ];
    let is = edit_at_once(&operator, "/api/v1/admin/models/raced-model", &changes).await;
    assert_all(&is, &changes);

    let changes = [
        json!({ "upstream_model": "other" }),
        json!({ "weight": 7 }),
        json!({ "group": 2 }),
        json!({ "context_length": 500 }),
    ];
    let path = format!("/api/v1/admin/deployments/{deployment}");
    let is = edit_at_once(&operator, &path, &changes).await;
    assert_all(&is, &changes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_changes_of_an_account_and_of_oneself_at_once_none_is_lost() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    let account = app.account("free").await;
    let changes = [
        json!({ "name": "Raced" }),
        json!({ "tier": "pro" }),
        json!({ "notes": "called" }),
    ];
    let path = format!("/api/v1/admin/accounts/{account}");
    let is = edit_at_once(&operator, &path, &changes).await;
    assert_all(&is, &changes);

    let changes = [
        json!({ "name": "Raced Person" }),
        json!({ "theme": "dark" }),
        json!({ "language": "zh-CN" }),
    ];
    let is = edit_at_once(&operator, "/api/v1/me", &changes).await;
    assert_all(&is["user"], &changes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_providers_of_one_name_that_are_added_at_once_one_is_refused() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    let add = |port: u16| {
        let base_url = format!("http://127.0.0.1:{port}/v1");
        let provider = json!({ "name": "twin", "kind": "openai", "base_url": base_url });
        operator.post("/api/v1/admin/providers", provider.to_string())
    };
    let (one, other) = tokio::join!(add(9), add(10));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
}

fn assert_all(is: &Value, changes: &[Value]) {
    for change in changes {
        for (member, value) in change.as_object().unwrap() {
            let found = member_of(is, member);
            assert_eq!(found, Some(value), "{member} of {is}");
        }
    }
}

/// A member of a thing: some responses have the spec's members within `spec`, and references as objects.
fn member_of<'a>(is: &'a Value, member: &str) -> Option<&'a Value> {
    let found = is.get(member).or_else(|| is["spec"].get(member))?;
    Some(found.get("id").unwrap_or(found))
}
