//! Route explain: operators see where a request would go, and how the deployments stand.

use serde_json::{Value, json};

use crate::support::test_app::CATALOG;
use crate::support::{Script, TestApp, chat};

const PATH: &str = "/api/v1/admin/routing";

fn candidate<'a>(route: &'a Value, provider: &str) -> &'a Value {
    let all = route["candidates"].as_array().unwrap();
    all.iter().find(|one| one["provider"] == provider).unwrap()
}

#[tokio::test]
async fn a_route_shows_the_order_and_why_a_deployment_is_out() {
    let app = TestApp::new().await;
    let (caller, operator) = (app.key("enterprise").await, app.operator().await);
    let path = format!("{PATH}?model=pair&key={}", caller.key);
    let route = operator.get(&path).await.json();
    assert_eq!(candidate(&route, "first")["place"], 1);
    assert_eq!(candidate(&route, "first")["reason"], "weight");
    assert_eq!(candidate(&route, "second")["status"], "well");
    assert_eq!(
        (&route["key"]["level"], &route["key"]["may_use"]),
        (&json!("critical"), &json!(true))
    );
    assert_eq!(
        (&route["seats"], &route["policy"]),
        (&Value::Null, &json!("weights"))
    );

    app.stub.always(Script::status(401, "", "{}"));
    assert_eq!(caller.chat(chat("pair", "")).await.status, 200);
    let route = operator.get(&path).await.json();
    let first = candidate(&route, "first");
    assert_eq!(
        (&first["status"], &first["breaker"]),
        (&json!("credential_refused"), &json!("open"))
    );
    assert_eq!(first["place"], 2);
    assert_eq!(candidate(&route, "second")["reason"], "only");
    assert_eq!(route["levels"][0]["level"], "critical");
    assert_eq!(route["levels"][0]["offered"], 1);
}

#[tokio::test]
async fn a_route_shows_which_deployments_lack_what_a_request_needs() {
    let able = "capabilities = [\"chat\", \"vision\"]\ncontext_length = 1000\n";
    let text = CATALOG.replacen(
        "id = \"pair\"\n",
        "id = \"pair\"\ncapabilities = [\"chat\"]\n",
        1,
    );
    let app = TestApp::builder()
        .catalog(&format!("{text}{able}"))
        .start()
        .await;
    let operator = app.operator().await;
    for (query, first, second) in [
        ("", "well", "well"),
        ("&needs=vision", "lacks_vision", "well"),
        ("&needs=vision,tools", "lacks_tools", "lacks_tools"),
        ("&input_tokens=1001", "well", "lacks_context"),
        ("&needs=json_schema", "well", "well"),
    ] {
        let route = operator.get(&format!("{PATH}?model=pair{query}")).await;
        let route = route.json();
        assert_eq!(candidate(&route, "first")["status"], first, "{query}");
        assert_eq!(candidate(&route, "second")["status"], second, "{query}");
    }
    let unknown = operator
        .get(&format!("{PATH}?model=pair&needs=wings"))
        .await;
    assert_eq!(
        (unknown.status, unknown.code().as_str()),
        (400, "invalid_parameter")
    );
}

#[tokio::test]
async fn a_route_is_for_operators_and_for_models_that_exist() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    assert_eq!(
        operator.get(&format!("{PATH}?model=nothing")).await.status,
        404
    );
    assert_eq!(
        operator
            .get(&format!("{PATH}?model=pair&key=key_none"))
            .await
            .status,
        404
    );
    assert_eq!(
        app.anonymous()
            .get(&format!("{PATH}?model=pair"))
            .await
            .status,
        401
    );
}
