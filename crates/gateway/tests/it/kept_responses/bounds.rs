//! The bounds of kept responses, and what is said where one is not kept.

use std::time::Duration;

use serde_json::{Value, json};

use super::{CATALOG, NATIVE, answer, ask, path};
use crate::support::upstream_stub::{COMPLETION, DONE, delta, finish};
use crate::support::{Caller, Script, TestApp};

async fn bounded(settings: &[(&str, &str)]) -> (TestApp, Caller) {
    let mut builder = TestApp::builder()
        .set("responses.store", true)
        .catalog(CATALOG);
    for (name, value) in settings {
        builder = builder.set(name, value);
    }
    let app = builder.start().await;
    app.stub.always(Script::json(COMPLETION));
    app.second.always(Script::json(NATIVE));
    let caller = app.key("enterprise").await;
    (app, caller)
}

fn why(response: &Value) -> (&Value, &Value) {
    (&response["store"], &response["yunxin"]["not_kept"])
}

#[tokio::test]
async fn a_response_beyond_a_bound_says_that_it_is_not_kept() {
    for (setting, reason) in [
        ("responses.bytes_max", "too_large"),
        ("responses.per_account_max", "account_full"),
        ("responses.bytes_per_account_max", "account_full"),
    ] {
        let (app, caller) = bounded(&[(setting, "0")]).await;
        let response = answer(&caller, json!({"model": "plain", "input": "Hi"})).await;
        assert_eq!(why(&response), (&json!(false), &json!(reason)), "{setting}");
        assert_eq!(caller.get(&path(&response)).await.status, 404);
        let line = format!(r#"yunxin_responses_not_kept_total{{reason="{reason}"}}"#);
        assert_eq!(app.metric(&line).await, 1.0);
    }
}

#[tokio::test]
async fn a_response_comes_whole_though_the_database_does_not_take_it() {
    let (app, caller) = bounded(&[]).await;
    app.execute(
        "CREATE TRIGGER broken BEFORE INSERT ON kept_responses BEGIN SELECT RAISE(ABORT, 'broken'); END",
    )
    .await;
    let whole = answer(&caller, json!({"model": "native", "input": "Hi"})).await;
    assert_eq!(why(&whole), (&json!(false), &json!("unavailable")));
    assert_eq!(whole["output"][1]["content"][0]["text"], "Four");
    app.stub
        .once(Script::stream([delta("Hello"), finish(), DONE.to_owned()]));
    let streamed = ask(
        &caller,
        &json!({"model": "plain", "input": "Hi", "stream": true}),
    )
    .await;
    let last = super::events(&streamed).pop().unwrap();
    assert_eq!(last["type"], "response.completed");
    assert_eq!(
        why(&last["response"]),
        (&json!(false), &json!("unavailable"))
    );
}

#[tokio::test]
async fn a_conversation_goes_on_from_so_many_responses_of_so_many_bytes() {
    for (setting, value) in [
        ("responses.chain_max", "2"),
        ("responses.chain_bytes_max", "2000"),
    ] {
        let (app, caller) = bounded(&[(setting, value)]).await;
        let mut previous = Value::Null;
        let mut refused = None;
        for _ in 0..4 {
            let body = json!({"model": "plain", "input": "Hi", "previous_response_id": previous});
            let response = ask(&caller, &body).await;
            if response.status != 200 {
                refused = Some(response);
                break;
            }
            previous = response.json()["id"].clone();
        }
        let refused = refused.unwrap();
        assert_eq!(
            (refused.status, refused.code().as_str()),
            (400, "previous_response_too_long")
        );
        assert!(refused.text().contains(setting), "{}", refused.text());
        assert!(app.stub.requests().len() < 4);
    }
}

#[tokio::test]
async fn a_response_expires_and_is_not_gone_on_from() {
    let (app, caller) = bounded(&[("responses.retention_days", "1")]).await;
    let response = answer(&caller, json!({"model": "plain", "input": "Hi"})).await;
    app.advance(Duration::from_secs(86_399)).await;
    assert_eq!(caller.get(&path(&response)).await.status, 200);
    app.advance(Duration::from_secs(1)).await;
    assert_eq!(caller.get(&path(&response)).await.status, 404);
    let body = json!({"model": "plain", "input": "On", "previous_response_id": response["id"]});
    assert_eq!(
        ask(&caller, &body).await.code(),
        "previous_response_not_found"
    );
}

#[tokio::test]
async fn a_request_that_is_wrong_is_told_what_to_mend() {
    let (app, caller) = bounded(&[]).await;
    for (member, code) in [
        (
            json!({"previous_response_id": "resp_1", "input": "Hi"}),
            "previous_response_not_found",
        ),
        (
            json!({"previous_response_id": 1, "input": "Hi"}),
            "invalid_type",
        ),
        (json!({"store": "yes", "input": "Hi"}), "invalid_type"),
        (json!({"store": true}), "missing_parameter"),
        (
            json!({"conversation": "conv_1", "input": "Hi"}),
            "unsupported_parameter",
        ),
    ] {
        let mut body = member.clone();
        body["model"] = json!("plain");
        let response = ask(&caller, &body).await;
        assert_eq!(
            (response.status, response.code().as_str()),
            (400, code),
            "{member}"
        );
    }
    assert!(app.stub.requests().is_empty());
}

#[tokio::test]
async fn a_key_that_may_not_chat_reads_no_responses() {
    let (app, caller) = bounded(&[]).await;
    let response = answer(&caller, json!({"model": "plain", "input": "Hi"})).await;
    let other = app.new_key("enterprise").of_account(&caller.account);
    let other = other.endpoints(&["embeddings"]).make().await;
    for path in [path(&response), format!("{}/input_items", path(&response))] {
        assert_eq!(other.get(&path).await.code(), "insufficient_permissions");
    }
    assert_eq!(
        other.delete(&path(&response)).await.code(),
        "insufficient_permissions"
    );
}

#[tokio::test]
async fn where_nothing_is_kept_it_is_said_what_to_do() {
    let app = TestApp::builder().catalog(CATALOG).start().await;
    let caller = app.key("enterprise").await;
    let response = caller.get("/v1/responses/resp_1").await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (404, "not_found")
    );
    assert!(response.text().contains("'input'"), "{}", response.text());
}
