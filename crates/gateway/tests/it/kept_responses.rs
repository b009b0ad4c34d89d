//! Responses that are kept: conversations that go on from them, and what is kept of whom.

mod bounds;
mod servers;

use serde_json::{Value, json};

use crate::support::upstream_stub::{COMPLETION, DONE, delta, finish};
use crate::support::{Caller, Script, TestApp, TestResponse, soon};

const CATALOG: &str = r#"
[[providers]]
name = "first"
kind = "openai_compatible"
base_url = "STUB"
credential.file = "CREDENTIAL"

[[providers]]
name = "second"
kind = "responses_compatible"
base_url = "SECOND"
credential.file = "CREDENTIAL"

[[models]]
id = "plain"
min_tier = "free"

[[deployments]]
model = "plain"
provider = "first"

[[models]]
id = "native"
min_tier = "free"

[[deployments]]
model = "native"
provider = "second"
"#;

/// A response of a provider that speaks the language.
const NATIVE: &str = r#"{"id":"resp_theirs","object":"response","created_at":1,"status":"completed","model":"native","output":[{"type":"reasoning","id":"rs_1","summary":[]},{"type":"message","id":"msg_1","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Four","annotations":[]}]}],"previous_response_id":null,"store":false,"usage":{"input_tokens":3,"output_tokens":2,"total_tokens":5}}"#;

async fn app() -> (TestApp, Caller) {
    let builder = TestApp::builder()
        .set("responses.store", true)
        .catalog(CATALOG);
    let app = builder.start().await;
    app.stub.always(Script::json(COMPLETION));
    app.second.always(Script::json(NATIVE));
    let caller = app.key("enterprise").await;
    (app, caller)
}

async fn ask(caller: &Caller, body: &Value) -> TestResponse {
    caller.post("/v1/responses", body.to_string()).await
}

/// Asks, and returns the response.
async fn answer(caller: &Caller, body: Value) -> Value {
    let response = ask(caller, &body).await;
    assert_eq!(response.status, 200, "{}", response.text());
    response.json()
}

fn path(response: &Value) -> String {
    format!("/v1/responses/{}", response["id"].as_str().unwrap())
}

fn events(response: &TestResponse) -> Vec<Value> {
    let text = response.text();
    let lines = text.lines().filter_map(|line| line.strip_prefix("data: "));
    lines
        .map(|data| serde_json::from_str(data).unwrap())
        .collect()
}

#[tokio::test]
async fn a_request_goes_on_from_an_earlier_response_at_any_provider() {
    let (app, caller) = app().await;
    let first = answer(
        &caller,
        json!({"model": "plain", "instructions": "Be brief.", "input": "Two and two?"}),
    )
    .await;
    assert_eq!(
        (&first["store"], &first["previous_response_id"]),
        (&json!(true), &Value::Null)
    );
    let second = answer(
        &caller,
        json!({"model": "native", "input": [{"role": "user", "content": "And two?"}], "previous_response_id": first["id"]}),
    )
    .await;
    assert_eq!(second["previous_response_id"], first["id"]);
    assert_ne!(second["id"], "resp_theirs");
    let sent = app.second.last().json();
    assert_eq!(
        (&sent["store"], &sent["previous_response_id"]),
        (&json!(false), &Value::Null)
    );
    assert_eq!(sent.get("instructions"), None);
    let input = sent["input"].as_array().unwrap();
    assert_eq!(input.len(), 3, "{sent}");
    assert_eq!(input[0]["content"][0]["text"], "Two and two?");
    assert_eq!(input[1]["role"], "assistant");
    assert_eq!(input[2], json!({"role": "user", "content": "And two?"}));
    answer(
        &caller,
        json!({"model": "plain", "input": "Thanks", "previous_response_id": second["id"]}),
    )
    .await;
    let sent = app.stub.last().json();
    let roles: Vec<_> = sent["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["role"].clone())
        .collect();
    assert_eq!(roles, ["user", "assistant", "user", "assistant", "user"]);
    assert_eq!(sent["messages"][3]["content"], "Four");
}

#[tokio::test]
async fn a_streamed_response_is_kept_before_its_last_event() {
    let (app, caller) = app().await;
    app.stub.once(Script::stream([
        delta("Hel"),
        delta("lo"),
        finish(),
        DONE.to_owned(),
    ]));
    let response = ask(
        &caller,
        &json!({"model": "plain", "input": "Hi", "stream": true}),
    )
    .await;
    let events = events(&response);
    let of_response: Vec<_> = events
        .iter()
        .filter_map(|event| event.get("response"))
        .collect();
    assert_eq!(of_response.len(), 3, "{}", response.text());
    let last = of_response[2];
    assert!(
        of_response
            .iter()
            .all(|told| told["id"] == last["id"] && told["store"] == true)
    );
    assert_eq!(last["output"][0]["content"][0]["text"], "Hello");
    assert_eq!(caller.get(&path(last)).await.json(), *last);
    let body = json!({"model": "plain", "input": "On", "stream": true, "previous_response_id": last["id"]});
    app.stub
        .once(Script::stream([delta("!"), finish(), DONE.to_owned()]));
    let second = ask(&caller, &body).await;
    assert!(
        second.text().contains("response.completed"),
        "{}",
        second.text()
    );
    assert_eq!(app.stub.last().json()["messages"][1]["content"], "Hello");
}

#[tokio::test]
async fn a_kept_response_is_read_listed_and_deleted_by_its_account_alone() {
    let (app, caller) = app().await;
    let first = answer(&caller, json!({"model": "plain", "input": "One"})).await;
    let body = json!({"model": "plain", "input": "Two", "previous_response_id": first["id"]});
    let second = answer(&caller, body).await;
    assert_eq!(caller.get(&path(&second)).await.json(), second);
    let items = format!("{}/input_items", path(&second));
    let listed = caller.get(&format!("{items}?order=asc")).await.json();
    let texts: Vec<_> = listed["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["content"][0]["text"].clone())
        .collect();
    assert_eq!(
        (texts.len(), &texts[0], &texts[2]),
        (3, &json!("One"), &json!("Two"))
    );
    let page = caller.get(&format!("{items}?limit=2")).await.json();
    assert_eq!(
        (&page["data"][0], &page["has_more"]),
        (&listed["data"][2], &json!(true))
    );
    let after = page["last_id"].as_str().unwrap();
    let rest = caller
        .get(&format!("{items}?limit=2&after={after}"))
        .await
        .json();
    assert_eq!(
        (&rest["data"][0], &rest["has_more"]),
        (&listed["data"][0], &json!(false))
    );
    let other = app.key("enterprise").await;
    for path in [path(&second), items.clone()] {
        assert_eq!(other.get(&path).await.status, 404, "{path}");
    }
    assert_eq!(other.delete(&path(&first)).await.status, 404);
    let body = json!({"model": "plain", "input": "Mine?", "previous_response_id": first["id"]});
    assert_eq!(
        ask(&other, &body).await.code(),
        "previous_response_not_found"
    );
    let deleted = caller.delete(&path(&first)).await.json();
    assert_eq!(
        deleted,
        json!({"id": first["id"], "object": "response", "deleted": true})
    );
    assert_eq!(caller.get(&path(&first)).await.status, 404);
    let body = json!({"model": "plain", "input": "On", "previous_response_id": second["id"]});
    let broken = ask(&caller, &body).await;
    assert_eq!(
        (broken.status, broken.code().as_str()),
        (400, "previous_response_not_found")
    );
    assert!(broken.text().contains(first["id"].as_str().unwrap()));
}

#[tokio::test]
async fn a_response_that_failed_or_was_cut_is_kept_with_its_status() {
    let (app, caller) = app().await;
    app.stub.once(Script::stream([delta("Hel")]));
    let body = json!({"model": "plain", "input": "Hi", "stream": true});
    let failed = ask(&caller, &body).await;
    let failed = events(&failed).pop().unwrap()["response"].clone();
    assert_eq!(failed["status"], "failed");
    assert_eq!(
        caller.get(&path(&failed)).await.json()["error"]["code"],
        "server_error"
    );
    app.stub.once(Script::open_stream([delta("Hel")]).stall());
    let mut open = caller
        .open(http::Method::POST, "/v1/responses", body.to_string())
        .await;
    let begun = open.read_until("\n\n").await;
    let begun: Value = serde_json::from_str(
        begun
            .split_once("data: ")
            .unwrap()
            .1
            .lines()
            .next()
            .unwrap(),
    )
    .unwrap();
    drop(open);
    let path = path(&begun["response"]);
    let kept = soon("the cut response", async {
        loop {
            let kept = caller.get(&path).await;
            if kept.status == 200 {
                return kept.json();
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(kept["status"], "cancelled");
}

#[tokio::test]
async fn what_is_not_to_be_kept_is_not_and_goes_on_all_the_same() {
    let (app, caller) = app().await;
    let first = answer(&caller, json!({"model": "native", "input": "One"})).await;
    let body = json!({"model": "native", "input": "Two", "store": false, "previous_response_id": first["id"]});
    let second = answer(&caller, body).await;
    assert_eq!(
        (&second["store"], &second["previous_response_id"]),
        (&json!(false), &first["id"])
    );
    assert_eq!(
        app.second.last().json()["input"].as_array().unwrap().len(),
        3
    );
    assert_eq!(caller.get(&path(&second)).await.status, 404);
    // Nothing is edited where nothing is kept.
    let body = json!({"model": "native", "input": "Three", "store": false});
    assert_eq!(answer(&caller, body).await["id"], "resp_theirs");
}

#[tokio::test]
async fn nothing_of_a_kept_response_is_on_the_disk_in_the_clear() {
    let (app, caller) = app().await;
    answer(
        &caller,
        json!({"model": "plain", "input": "Ostrich", "metadata": {"bird": "Emu"}}),
    )
    .await;
    app.execute("PRAGMA wal_checkpoint(FULL)").await;
    let database = std::fs::read(app.database_path()).unwrap();
    for word in ["Ostrich", "Emu", "output_text"] {
        let mut parts = database.windows(word.len());
        assert!(!parts.any(|part| part == word.as_bytes()), "{word}");
    }
}
