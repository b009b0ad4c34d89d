//! The table of operations: a row is all that the router, the restrictions of keys, the limits' headers, the
//! document, the deployments and the metering need to know.

use llm::operation::{CHAT, COMPLETIONS, EMBEDDINGS, Input, Operation, RequestBody, ResponseBody};
use llm::{Meter, ModelType, OPERATIONS, Operations};
use store::members::Role;

use crate::support::{Script, TestApp};

/// An operation that was made up for this test.
static DIVINE: Operation = Operation {
    name: "divine",
    path: "/rank/again",
    model_type: ModelType::Embedding,
    input: Input::Unread,
    body: RequestBody::Json {
        may_hold_media: false,
    },
    response: ResponseBody::Json,
    meters: &[Meter::UncachedInput],
    resource: "ranking",
};
static TABLE: Operations = &[&CHAT, &COMPLETIONS, &EMBEDDINGS, &DIVINE];

const REQUEST: &str = r#"{"model":"embed","query":"a","documents":["b","c"]}"#;
const RESPONSE: &str = r#"{"results":[{"index":1}],"usage":{"total_tokens":7}}"#;

async fn start() -> TestApp {
    TestApp::builder().operations(TABLE).start().await
}

#[tokio::test]
async fn a_row_is_routed_sent_and_metered() {
    let app = start().await;
    let caller = app.key("free").await;
    for path in ["/v1/rank/again", "/rank/again"] {
        app.stub.once(Script::json(RESPONSE));
        let response = caller.post(path, REQUEST).await;
        assert_eq!(
            (response.status, response.text()),
            (200, RESPONSE.to_owned())
        );
        assert_eq!(response.header("x-ratelimit-resource"), Some("ranking"));
    }
    let sent = app.stub.last();
    assert!(
        sent.head.starts_with("POST /v1/rank/again "),
        "{}",
        sent.head
    );
    assert_eq!(sent.body, REQUEST);
    let event = app.event(2).await;
    assert_eq!(
        (&event["endpoint"], &event["input"]),
        (&"divine".into(), &7.into())
    );
}

#[tokio::test]
async fn a_row_restricts_keys() {
    let app = start().await;
    let account = app.account("free").await;
    let owner = app.member(&account, Role::Owner).await;
    let keys = format!("/api/v1/accounts/{account}/api-keys");
    let key = r#"{"name":"Ranks","environment":"live","restrictions":{"endpoints":["divine"]}}"#;
    let made = owner.post(&keys, key).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let caller = app
        .anonymous()
        .with_secret(made.json()["secret"].as_str().unwrap());
    app.stub.once(Script::json(RESPONSE));
    assert_eq!(caller.post("/v1/rank/again", REQUEST).await.status, 200);
    let refused = caller.post("/v1/embeddings", REQUEST).await;
    assert_eq!(
        (refused.status, refused.code()),
        (403, "insufficient_permissions".into())
    );
    let models = caller.get("/v1/models").await.json();
    assert_eq!(models["data"].as_array().unwrap().len(), 1, "{models}");
}

#[tokio::test]
async fn a_row_is_in_the_document() {
    let app = start().await;
    let document = app.anonymous().get("/openapi.json").await.json();
    let components = &document["components"];
    let names = &components["schemas"]["Operation"]["enum"];
    assert_eq!(names[3], "divine");
    let allowed = &components["schemas"]["ApiKey"]["properties"]["allowed_endpoints"];
    let items = &allowed["oneOf"][0]["items"];
    assert_eq!(items["$ref"], "#/components/schemas/Operation");
    let resources = &components["headers"]["x-ratelimit-resource"]["schema"]["enum"];
    assert_eq!(
        (&resources[2], &resources[3]),
        (&"embeddings".into(), &"ranking".into())
    );
}

#[tokio::test]
async fn without_the_row_there_is_nothing() {
    let app = TestApp::new().await;
    assert_eq!(app.gateway().operations.len(), OPERATIONS.len());
    let caller = app.key("free").await;
    assert_eq!(caller.post("/v1/rank/again", REQUEST).await.status, 404);
    let account = app.account("free").await;
    let owner = app.member(&account, Role::Owner).await;
    let keys = format!("/api/v1/accounts/{account}/api-keys");
    let key = r#"{"name":"Ranks","environment":"live","restrictions":{"endpoints":["divine"]}}"#;
    let refused = owner.post(&keys, key).await;
    let expected = "There is no endpoint \"divine\"; there are chat, completions, embeddings, moderations, rerank, images, image_edits, image_variations, speech, transcriptions, translations.";
    assert_eq!(refused.json()["error"]["message"], expected);
}
