//! Wishes of clients that cannot be met, and needs of requests that deployments do not meet.

use serde_json::{Value, json};

use crate::support::test_app::CATALOG;
use crate::support::upstream_stub::COMPLETION;
use crate::support::{Caller, Script, TestApp, TestResponse, chat};

/// The catalogue with lines for the model `pair`, and for its second deployment.
fn catalog(of_model: &str, of_second: &str) -> String {
    let text = CATALOG.replacen("id = \"pair\"\n", &format!("id = \"pair\"\n{of_model}"), 1);
    format!("{text}{of_second}")
}

async fn app(of_model: &str, of_second: &str) -> TestApp {
    TestApp::builder()
        .catalog(&catalog(of_model, of_second))
        .start()
        .await
}

/// The catalogue in which the second provider routes by the `provider` object.
async fn app_with_router() -> TestApp {
    let provider = "name = \"second\"\nkind = \"openai_compatible\"";
    let router = "name = \"second\"\nkind = \"openrouter\"";
    let text = CATALOG.replacen(provider, router, 1);
    TestApp::builder().catalog(&text).start().await
}

/// A chat with further members.
fn asking(model: &str, members: &Value) -> String {
    let mut body = json!({"model": model, "messages": [{"role": "user", "content": "Hello"}]});
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    body.to_string()
}

fn error(response: &TestResponse) -> (u16, String, Value, String) {
    let error = &response.json()["error"];
    let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
    (
        response.status,
        text("code"),
        error["param"].clone(),
        text("message"),
    )
}

/// The requests that reached the providers.
fn sent(app: &TestApp) -> (usize, usize) {
    (app.stub.requests().len(), app.second.requests().len())
}

#[tokio::test]
async fn a_wish_that_leaves_no_deployment_is_the_clients_mistake_and_counts_nothing() {
    let app = app("prices = { input = \"2\", output = \"8\" }\n", "").await;
    let caller = app.key("enterprise").await;
    for (wish, param) in [
        (json!({"only": ["nobody"]}), "provider.only"),
        (json!({"ignore": ["first", "second"]}), "provider.ignore"),
        (
            json!({"order": ["nobody"], "allow_fallbacks": false}),
            "provider.order",
        ),
        (json!({"max_price": {"prompt": 1.9}}), "provider.max_price"),
        (
            json!({"max_price": {"completion": "7.99"}}),
            "provider.max_price",
        ),
        (
            json!({"data_collection": "deny"}),
            "provider.data_collection",
        ),
        (json!({"zdr": true}), "provider.zdr"),
        (json!({"quantizations": ["fp8"]}), "provider.quantizations"),
    ] {
        let response = caller
            .chat(asking("pair", &json!({ "provider": wish })))
            .await;
        let (status, code, told, message) = error(&response);
        assert_eq!(
            (status, code.as_str()),
            (400, "no_matching_deployment"),
            "{wish}"
        );
        assert_eq!(told, param, "{wish}");
        for part in [param, "(first)", "(second)", "dep_"] {
            assert!(message.contains(part), "{part}: {message}");
        }
        assert_eq!(response.header("x-should-retry"), Some("false"));
        assert_eq!(response.header("x-ratelimit-used"), Some("0"));
    }
    assert_eq!(sent(&app), (0, 0));
    let event = app.event(8).await;
    assert_eq!(
        (&event["end"], &event["admitted"]),
        (&json!("refused"), &json!(0))
    );
    let within = json!({"max_price": {"prompt": 2, "completion": 8}});
    let response = caller
        .chat(asking("pair", &json!({ "provider": within })))
        .await;
    assert_eq!(response.status, 200, "{}", response.text());
}

#[tokio::test]
async fn the_message_says_which_wish_left_out_which_deployment() {
    let app = app("", "").await;
    let caller = app.key("enterprise").await;
    let wish = json!({"only": ["second"], "ignore": ["second"]});
    let response = caller
        .chat(asking("pair", &json!({ "provider": wish })))
        .await;
    let (_, _, _, message) = error(&response);
    let (only, ignore) = message.split_once("; ").unwrap();
    assert!(
        only.contains("'provider.only'") && only.ends_with("(first)"),
        "{message}"
    );
    assert!(
        ignore.contains("'provider.ignore'") && ignore.contains("(second)"),
        "{message}"
    );
}

#[tokio::test]
async fn the_next_model_of_the_list_serves_what_the_first_leaves_out() {
    let app = app("", "").await;
    let caller = app.key("enterprise").await;
    let body = asking(
        "plain",
        &json!({"models": ["plain", "second-only"], "provider": {"only": ["second"]}}),
    );
    let response = caller.chat(body).await;
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(response.header("x-yunxin-attempts"), Some("1"));
    assert_eq!(sent(&app), (0, 1));
    // A failure says more than a wish.
    app.second.once(Script::status(500, "", "{}"));
    let body = asking(
        "second-only",
        &json!({"models": ["second-only", "plain"], "provider": {"only": ["second"]}}),
    );
    assert_eq!(error(&caller.chat(body).await).1, "upstream_error");
}

async fn refused(caller: &Caller, path: &str, mut body: Value, wish: &Value) -> Value {
    for (name, value) in wish.as_object().unwrap() {
        body[name] = value.clone();
    }
    let response = caller.post(path, body.to_string()).await;
    assert_eq!(response.status, 400, "{path} {wish}: {}", response.text());
    response.json()
}

#[tokio::test]
async fn a_wish_that_cannot_be_understood_is_refused_by_name_on_every_endpoint() {
    let app = app("", "").await;
    let caller = app.key("enterprise").await;
    let chat = json!([{"role": "user", "content": "Hello"}]);
    let paths = [
        (
            "/v1/chat/completions",
            json!({"model": "pair", "messages": chat}),
        ),
        (
            "/v1/completions",
            json!({"model": "pair", "prompt": "Hello"}),
        ),
        (
            "/v1/embeddings",
            json!({"model": "embed", "input": "Hello"}),
        ),
        ("/v1/responses", json!({"model": "pair", "input": "Hello"})),
        (
            "/v1/messages",
            json!({"model": "pair", "max_tokens": 9, "messages": chat}),
        ),
        (
            "/v1/messages/count_tokens",
            json!({"model": "pair", "messages": chat}),
        ),
    ];
    for (path, body) in &paths {
        for (wish, param) in [
            (json!({"provider": "x"}), "provider"),
            (json!({"provider": {"only": "x"}}), "provider.only"),
            (json!({"provider": {"sort": "zzz"}}), "provider.sort"),
            (
                json!({"provider": {"allow_fallbacks": 1}}),
                "provider.allow_fallbacks",
            ),
            (
                json!({"provider": {"max_price": {"prompt": "much"}}}),
                "provider.max_price",
            ),
            (json!({"provider": {"zzz": 1}}), "provider.zzz"),
            (json!({"models": [1]}), "models"),
            (json!({"models": "x"}), "models"),
        ] {
            let body = refused(&caller, path, body.clone(), &wish).await;
            let message = body["error"]["message"].as_str().unwrap();
            assert!(message.contains(param), "{path} {wish}: {message}");
            if path.starts_with("/v1/messages") {
                assert_eq!(body["type"], "error");
                assert_eq!(body["error"]["type"], "invalid_request_error");
            } else {
                assert_eq!(body["error"]["param"], param, "{path} {wish}");
            }
        }
    }
    assert_eq!(sent(&app), (0, 0));
}

#[tokio::test]
async fn a_deadline_that_is_no_number_is_refused() {
    let app = app("", "").await;
    let caller = app.key("enterprise").await;
    for deadline in ["soon", "-1", "1.5", ""] {
        let response = caller
            .with("x-yunxin-deadline-ms", deadline)
            .chat(chat("pair", ""))
            .await;
        let (status, code, param, _) = error(&response);
        assert_eq!(
            (status, code.as_str()),
            (400, "invalid_parameter"),
            "{deadline}"
        );
        assert_eq!(param, "x-yunxin-deadline-ms");
    }
    let response = caller
        .with("x-yunxin-deadline-ms", " 2000 ")
        .chat(chat("pair", ""))
        .await;
    assert_eq!(response.status, 200);
}

#[tokio::test]
async fn what_only_a_routing_provider_knows_goes_to_one_and_to_no_other() {
    let app = app_with_router().await;
    let caller = app.key("enterprise").await;
    for wish in [
        json!({"data_collection": "deny"}),
        json!({"only": ["deepinfra"]}),
        json!({"order": ["deepinfra"], "allow_fallbacks": false}),
        json!({"of_tomorrow": {"x": 1}}),
    ] {
        let body = asking("pair", &json!({ "provider": wish }));
        let response = caller.chat(body).await;
        assert_eq!(response.status, 200, "{wish}: {}", response.text());
        assert_eq!(app.second.last().json()["provider"], wish);
    }
    assert_eq!(sent(&app), (0, 4));
    // What asks nothing of a provider leaves none out.
    let wish = json!({"data_collection": "allow", "preferred_min_throughput": 5});
    let body = asking("pair", &json!({ "provider": wish }));
    assert_eq!(caller.chat(body).await.status, 200);
    assert_eq!(sent(&app), (1, 4));
    // A list of models is for us alone, and the object still reaches the provider.
    let body = asking(
        "pair",
        &json!({"models": ["pair"], "provider": {"zdr": true}}),
    );
    assert_eq!(caller.chat(body).await.status, 200);
    let last = app.second.last().json();
    assert_eq!(
        (&last["provider"]["zdr"], &last["models"]),
        (&json!(true), &Value::Null)
    );
    // So it does from a client of another language.
    let message = json!({"model": "pair", "max_tokens": 9, "provider": {"zdr": true},
        "messages": [{"role": "user", "content": "Hello"}]});
    let response = caller.post("/v1/messages", message.to_string()).await;
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(app.second.last().json()["provider"], json!({"zdr": true}));
}

/// Requests that need tools, pictures and schemas, in each language of clients.
fn needing() -> [(&'static str, &'static str, Value); 9] {
    let tool = json!({"type": "function", "function": {"name": "f", "parameters": {}}});
    let url = "https://example.com/a.png";
    let picture = json!([{"type": "image_url", "image_url": {"url": url}}]);
    let schema =
        json!({"type": "json_schema", "json_schema": {"name": "s", "schema": {"type": "object"}}});
    let hello = json!([{"role": "user", "content": "Hello"}]);
    let (chat, messages, responses) = ("/v1/chat/completions", "/v1/messages", "/v1/responses");
    [
        ("tools", chat, json!({"messages": hello, "tools": [tool]})),
        (
            "vision",
            chat,
            json!({"messages": [{"role": "user", "content": picture}]}),
        ),
        (
            "json",
            chat,
            json!({"messages": hello, "response_format": schema}),
        ),
        (
            "tools",
            messages,
            json!({"max_tokens": 9, "messages": hello, "tools": [{"name": "f", "input_schema": {"type": "object"}}]}),
        ),
        (
            "vision",
            messages,
            json!({"max_tokens": 9, "messages": [{"role": "user", "content":
            [{"type": "image", "source": {"type": "url", "url": url}}]}]}),
        ),
        (
            "tools",
            responses,
            json!({"input": "Hello", "tools": [{"type": "function", "name": "f", "parameters": {}}]}),
        ),
        (
            "vision",
            responses,
            json!({"input": [{"role": "user", "content": [{"type": "input_image", "image_url": url}]}]}),
        ),
        (
            "json",
            responses,
            json!({"input": "Hello", "text": {"format": {"type": "json_schema", "name": "s", "schema": {"type": "object"}}}}),
        ),
        ("nothing", chat, json!({"messages": hello, "tools": []})),
    ]
}

#[tokio::test]
async fn a_deployment_that_lacks_what_a_request_needs_is_left_out() {
    // The first deployment has what its model has, which is little.
    let able = "capabilities = [\"chat\", \"function_calling\", \"vision\", \"json_mode\"]\n";
    let app = app("capabilities = [\"chat\"]\n", able).await;
    let caller = app.key("enterprise").await;
    for (need, path, mut body) in needing() {
        body["model"] = json!("pair");
        let response = caller.post(path, body.to_string()).await;
        assert_eq!(response.status, 200, "{need} {path}: {}", response.text());
        assert_eq!(response.header("x-yunxin-attempts"), Some("1"));
    }
    assert_eq!(sent(&app), (1, 8));
}

#[tokio::test]
async fn a_need_that_no_deployment_meets_is_told_and_where_nothing_is_known_nothing_is_left_out() {
    let app = app("capabilities = [\"chat\"]\n", "").await;
    let caller = app.key("enterprise").await;
    for (need, path, body) in needing() {
        let mut listed = body.clone();
        listed["model"] = json!("pair");
        let response = caller.post(path, listed.to_string()).await;
        let is_refused = matches!(need, "tools" | "vision");
        assert_eq!(
            response.status,
            if is_refused { 400 } else { 200 },
            "{need} {path}"
        );
        if is_refused {
            let text = response.text();
            let word = if need == "tools" {
                "calling tools"
            } else {
                "'vision'"
            };
            assert!(text.contains(word) && text.contains("(second)"), "{text}");
        }
        // Lists say less of schemas than there is: one is left out for good where the client says so.
        if need == "json" {
            listed["provider"] = json!({"require_parameters": true});
            let response = caller.post(path, listed.to_string()).await;
            assert_eq!(response.status, 400, "{path}");
        }
        let mut unknown = body;
        unknown["model"] = json!("plain");
        unknown["provider"] = json!({"require_parameters": true});
        let response = caller.post(path, unknown.to_string()).await;
        assert_eq!(response.status, 200, "{need} {path}: {}", response.text());
    }
}

#[tokio::test]
async fn a_model_of_the_list_that_lacks_what_is_needed_is_passed_over() {
    let text = CATALOG.replacen(
        "id = \"plain\"\n",
        "id = \"plain\"\ncapabilities = [\"chat\"]\ncontext_length = 100\n",
        1,
    );
    let app = TestApp::builder().catalog(&text).start().await;
    let caller = app.key("enterprise").await;
    let models = json!(["plain", "second-only"]);
    for (need, path, mut body) in needing() {
        body["models"] = models.clone();
        body["model"] = json!("plain");
        let response = caller.post(path, body.to_string()).await;
        assert_eq!(response.status, 200, "{need} {path}: {}", response.text());
    }
    assert_eq!(sent(&app), (1, 8));
    let long =
        json!({"models": models, "messages": [{"role": "user", "content": "word ".repeat(200)}]});
    assert_eq!(caller.chat(long.to_string()).await.status, 200);
    assert_eq!(sent(&app), (1, 9));
    // The estimate of a prompt is no reason to refuse it.
    let alone =
        json!({"model": "plain", "messages": [{"role": "user", "content": "word ".repeat(200)}]});
    assert_eq!(caller.chat(alone.to_string()).await.status, 200);
}

#[tokio::test]
async fn arguments_of_a_tool_are_no_pictures_of_the_prompt() {
    let app = app("capabilities = [\"function_calling\"]\n", "").await;
    app.stub.always(Script::json(COMPLETION));
    let caller = app.key("enterprise").await;
    let body = json!({"model": "pair", "max_tokens": 9,
    "tools": [{"name": "f", "input_schema": {"type": "object", "properties": {"type": {"type": "image"}}}}],
    "messages": [
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "t1", "name": "f", "input": {"type": "image"}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "done"}]},
    ]});
    let response = caller.post("/v1/messages", body.to_string()).await;
    assert_eq!(response.status, 200, "{}", response.text());
}
