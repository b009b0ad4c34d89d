//! Virtual models: ordered rules lead a request to a real one.

use serde_json::{Value, json};

use crate::support::test_app::CATALOG;
use crate::support::{Script, TestApp, chat};

/// `auto` leads what has pictures or is for Enterprise to `second-only`, and anything else to `plain`.
const AUTO: &str = r#"
[[models]]
id = "auto"
min_tier = "free"
routes = [
    { model = "second-only", needs = ["vision", "tools"] },
    { model = "premium", tiers = ["free"] },
    { model = "second-only", input_tokens_min = 1000 },
    { model = "second-only", tiers = ["enterprise"] },
    { model = "plain" },
]
"#;

async fn app() -> TestApp {
    let text = format!("{CATALOG}{AUTO}");
    TestApp::builder().catalog(&text).start().await
}

fn with_picture() -> String {
    let url = json!({"url": "data:image/png;base64,AA=="});
    let content = json!([{"type": "image_url", "image_url": url}]);
    json!({"model": "auto", "messages": [{"role": "user", "content": content}]}).to_string()
}

#[tokio::test]
async fn the_first_rule_that_a_request_meets_and_whose_model_it_may_use_serves_it() {
    let app = app().await;
    let (free, enterprise) = (app.key("free").await, app.key("enterprise").await);
    let long = chat("auto", "").replace("Hello", &"word ".repeat(2_000));
    let mut expected: Vec<(&str, &str)> = Vec::new();
    for (caller, body, reason, model) in [
        (&free, with_picture(), "rule_needs", "second-only"),
        // The rule for this tier leads to a model that the tier does not reach.
        (&free, chat("auto", ""), "rule_default", "plain"),
        (&free, long, "rule_prompt", "second-only"),
        (&enterprise, chat("auto", ""), "rule_tier", "second-only"),
    ] {
        let response = caller.chat(body).await;
        assert_eq!(response.status, 200, "{}", response.text());
        assert_eq!(response.header("x-yunxin-route-reason"), Some(reason));
        expected.push((model, reason));
    }
    let events = app.events().await;
    let served: Vec<&Value> = events.iter().map(|event| &event["model"]).collect();
    let models: Vec<Value> = expected.iter().map(|(model, _)| json!(model)).collect();
    assert_eq!(served, models.iter().collect::<Vec<_>>());
    assert_eq!(app.stub.last().json()["model"], "plain");
}

#[tokio::test]
async fn a_key_that_may_use_the_virtual_model_may_use_it_whatever_it_leads_to() {
    let app = app().await;
    let caller = app.new_key("free").models(&["auto"]).make().await;
    assert_eq!(caller.chat(chat("auto", "")).await.status, 200);
    assert_eq!(caller.chat(chat("plain", "")).await.status, 403);
    let other = app.new_key("free").models(&["embed"]).make().await;
    assert_eq!(other.chat(chat("auto", "")).await.status, 403);
}

#[tokio::test]
async fn a_failure_goes_on_as_for_the_model_that_was_led_to() {
    let text = format!("{CATALOG}{AUTO}").replacen(
        "id = \"plain\"\n",
        "id = \"plain\"\nfallbacks = [\"second-only\"]\n",
        1,
    );
    let app = TestApp::builder().catalog(&text).start().await;
    let caller = app.key("free").await;
    app.stub.once(Script::status(500, "", "{}"));
    let response = caller.chat(chat("auto", "")).await;
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(response.header("x-yunxin-attempts"), Some("2"));
    assert_eq!(app.second.last().json()["model"], "second-only");
    // The client's list may name a virtual model too.
    app.second.once(Script::status(500, "", "{}"));
    let mut body: Value = serde_json::from_str(&chat("second-only", "")).unwrap();
    body["models"] = json!(["second-only", "auto"]);
    let response = caller.chat(body.to_string()).await;
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(app.stub.last().json()["model"], "plain");
}

#[tokio::test]
async fn a_virtual_model_is_listed_with_the_models_that_it_leads_to() {
    let app = app().await;
    let caller = app.key("free").await;
    let listed = caller.get("/v1/models").await.json();
    let all = listed["data"].as_array().unwrap();
    let auto = all.iter().find(|one| one["id"] == "auto").unwrap();
    assert_eq!(auto["available"], true);
    assert_eq!(
        auto["routes_to"],
        json!(["second-only", "premium", "plain"])
    );
}

#[tokio::test]
async fn a_request_that_no_rule_takes_is_told_so_and_nothing_is_counted() {
    let text = format!(
        "{CATALOG}[[models]]\nid = \"pictures\"\nmin_tier = \"free\"\nroutes = [{{ model = \"plain\", needs = [\"vision\"] }}]\n"
    );
    let app = TestApp::builder().catalog(&text).start().await;
    let caller = app.key("free").await;
    let response = caller.chat(chat("pictures", "")).await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (400, "no_matching_deployment")
    );
    assert!(app.stub.requests().is_empty());
    assert_eq!(app.event(1).await["admitted"], 0);
}

#[tokio::test]
async fn prompts_with_the_same_long_begin_stay_at_one_deployment_where_the_model_says_so() {
    let catalog = CATALOG.replacen(
        "id = \"pair\"\n",
        "id = \"pair\"\nsticky_prompts = true\n",
        1,
    );
    let catalog = catalog.replace("weight = 0\n", "");
    let app = TestApp::builder().catalog(&catalog).start().await;
    let caller = app.key("enterprise").await;
    let asking = |system: &str, user: &str| {
        json!({"model": "pair", "messages": [
            {"role": "system", "content": system.repeat(1_000)}, {"role": "user", "content": user},
        ]})
    };
    for user in ["one", "two", "three", "four"] {
        let response = caller.chat(asking("rules ", user).to_string()).await;
        assert_eq!(
            response.header("x-yunxin-route-reason"),
            Some("prompt_prefix")
        );
    }
    let counts = (app.stub.requests().len(), app.second.requests().len());
    assert!([(4, 0), (0, 4)].contains(&counts), "{counts:?}");
    // Many prompts are shared out, and a short one goes by weight.
    for number in 0..20 {
        let system = format!("{number} rules ");
        caller.chat(asking(&system, "Hello").to_string()).await;
    }
    assert!(app.stub.requests().len() > 4 || counts.0 == 0, "all at one");
    assert!(!app.stub.requests().is_empty() && !app.second.requests().is_empty());
    let short = caller.chat(chat("pair", "")).await;
    assert_eq!(short.header("x-yunxin-route-reason"), Some("weight"));
}
