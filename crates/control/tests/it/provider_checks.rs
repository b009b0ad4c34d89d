//! Checks of a provider: one call for each capability that one of its models has.

use serde_json::{Value, json};

use crate::support::test_app::CATALOG;
use crate::support::upstream_stub::{COMPLETION, DONE, delta, finish};
use crate::support::{Caller, Script, TestApp};

const PATH: &str = "/api/v1/admin/providers/first/checks";

fn result<'a>(checks: &'a Value, capability: &str) -> (&'a str, &'a str) {
    let all = checks["checks"].as_array().unwrap();
    let check = all.iter().find(|one| one["capability"] == capability);
    let text = |name: &str| check.unwrap()[name].as_str().unwrap();
    (text("result"), text("message"))
}

async fn checks(operator: &Caller) -> Value {
    let response = operator.post(PATH, "").await;
    assert_eq!(response.status, 200, "{}", response.text());
    response.json()
}

fn calling() -> Script {
    let call = json!([{"id": "1", "type": "function", "function": {"name": "report", "arguments": "{\"ok\":true}"}}]);
    let message = json!({"role": "assistant", "content": null, "tool_calls": call});
    let body = json!({"id": "c1", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}]});
    Script::json(&body.to_string())
}

fn embedded() -> Script {
    Script::json(r#"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5]}]}"#)
}

#[tokio::test]
async fn a_provider_is_asked_once_for_each_capability_of_its_models() {
    let text = CATALOG.replacen(
        "id = \"plain\"\n",
        "id = \"plain\"\ncapabilities = [\"chat\", \"tools\", \"vision\"]\n",
        1,
    );
    let app = TestApp::builder().catalog(&text).start().await;
    let operator = app.operator().await;
    for script in [
        Script::json(r#"{"data":[]}"#),
        Script::json(COMPLETION),
        Script::stream([delta("Hello"), finish(), DONE.to_owned()]),
        calling(),
        Script::json(COMPLETION),
        embedded(),
    ] {
        app.stub.once(script);
    }
    let told = checks(&operator).await;
    for capability in ["models", "chat", "stream", "tools", "vision", "embedding"] {
        assert_eq!(
            result(&told, capability).0,
            "passed",
            "{capability}: {told}"
        );
    }
    assert_eq!(told["ok"], true);
    assert!(result(&told, "stream").1.contains("Hello"), "{told}");
    let sent = app.stub.requests();
    assert_eq!(sent.len(), 6);
    assert_eq!(sent[2].json()["stream"], true);
    assert_eq!(sent[3].json()["tools"][0]["function"]["name"], "report");
    assert!(
        sent[4].body.contains("data:image/png;base64,"),
        "{}",
        sent[4].body
    );
    assert_eq!(sent[5].json()["model"], "embed");
    // Nothing is counted for a customer.
    assert_eq!(app.events().await.len(), 0);
}

#[tokio::test]
async fn what_does_not_work_is_told_and_what_no_model_is_listed_for_is_skipped() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    for script in [
        Script::status(404, "", "{}"),
        Script::status(401, "", r#"{"error":{"message":"no such key"}}"#),
        Script::stream([DONE]),
        Script::json(COMPLETION),
        embedded(),
    ] {
        app.stub.once(script);
    }
    let told = checks(&operator).await;
    assert_eq!(told["ok"], false);
    assert_eq!(result(&told, "models").0, "skipped");
    let (outcome, message) = result(&told, "chat");
    assert!(
        outcome == "failed" && message.contains("refused the credential"),
        "{told}"
    );
    assert_eq!(result(&told, "stream").0, "failed");
    let (outcome, message) = result(&told, "tools");
    assert!(
        outcome == "failed" && message.contains("without calling the tool"),
        "{told}"
    );
    assert_eq!(result(&told, "vision").0, "skipped");
    assert_eq!(result(&told, "embedding").0, "passed");
}

#[tokio::test]
async fn checks_are_for_operators_and_for_providers_that_exist() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    let other = "/api/v1/admin/providers/nobody/checks";
    assert_eq!(operator.post(other, "").await.status, 404);
    assert_eq!(app.browser().post(PATH, "").await.status, 401);
    assert_eq!(app.stub.requests().len(), 0);
}
