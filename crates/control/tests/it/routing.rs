//! Route explain: operators see where a request would go, and how the deployments stand.

use serde_json::{Value, json};

use crate::support::test_app::CATALOG;
use crate::support::{Script, TestApp, chat};

const PATH: &str = "/api/v1/admin/routing";
const MODELS: &str = "/api/v1/admin/models";

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
async fn a_route_of_a_virtual_model_says_which_rule_takes_the_request() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    let rules = json!([
        {"model": "second-only", "needs": ["tools"]},
        {"model": "plain", "input_tokens_max": 1000},
    ]);
    let model = json!({"id": "auto", "min_tier": "free", "routes": rules});
    let made = operator.post(MODELS, model.to_string()).await;
    assert_eq!(made.status, 201, "{}", made.text());
    for (query, model, reason) in [
        ("", "plain", json!("rule_prompt")),
        ("&needs=tools", "second-only", json!("rule_needs")),
        ("&input_tokens=1001", "auto", Value::Null),
    ] {
        let route = operator.get(&format!("{PATH}?model=auto{query}")).await;
        let route = route.json();
        assert_eq!(
            (&route["model"], &route["rule"]["reason"]),
            (&json!(model), &reason),
            "{query}"
        );
    }
    // The account's list says that it is served.
    let caller = app.key("free").await;
    let owner = app
        .member(&caller.account, store::members::Role::Owner)
        .await;
    let path = format!("/api/v1/accounts/{}/models/auto", owner.account);
    assert_eq!(owner.get(&path).await.json()["is_available"], true);
}

#[tokio::test]
async fn rules_that_lead_nowhere_or_in_circles_are_refused_and_what_they_lead_to_stays() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    let made = |id: &str, routes: Value| {
        let model = json!({"id": id, "min_tier": "free", "routes": routes}).to_string();
        operator.post(MODELS, model)
    };
    for routes in [
        json!([{"model": "nothing"}]),
        json!([{"model": "auto"}]),
        json!([{"model": "plain", "needs": ["wings"]}]),
        json!([{"model": "plain", "percent": 0}]),
        json!([{"model": "plain", "input_tokens_min": 2, "input_tokens_max": 1}]),
    ] {
        let refused = made("auto", routes.clone()).await;
        assert_eq!(refused.status, 422, "{routes}: {}", refused.text());
    }
    let own = json!({"id": "own", "min_tier": "free"}).to_string();
    assert_eq!(operator.post(MODELS, own).await.status, 201);
    let auto = made("auto", json!([{"model": "own"}])).await;
    assert_eq!(auto.status, 201, "{}", auto.text());
    assert_eq!(made("again", json!([{"model": "auto"}])).await.status, 422);
    let deployment = json!({"model": "auto", "provider": "first"}).to_string();
    let served = operator.post("/api/v1/admin/deployments", deployment).await;
    assert_eq!(served.status, 422, "{}", served.text());
    let kept = operator.delete(&format!("{MODELS}/own")).await;
    assert_eq!((kept.status, kept.code().as_str()), (409, "model_in_use"));
    assert_eq!(operator.delete(&format!("{MODELS}/auto")).await.status, 204);
    assert_eq!(operator.delete(&format!("{MODELS}/own")).await.status, 204);
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
