//! The catalogue changes while the server runs.

use gateway::catalog::{Origin, parse_file, to_rows};
use gateway::server::Signal;
use sqlx::Executor;
use store::catalog::{self, CatalogRows};

use crate::support::test_app::{CATALOG, CREDENTIAL, fill_in};
use crate::support::{TestApp, chat, logs, until};

const ADDED: &str = r#"
[[models]]
id = "added"
min_tier = "free"

[[deployments]]
model = "added"
provider = "first"
"#;

fn write(app: &TestApp, text: &str) {
    std::fs::write(
        app.catalog_path(),
        fill_in(text, &app.stub, &app.second, &app.folder),
    )
    .unwrap();
}

fn has(app: &TestApp, model: &str) -> bool {
    app.app.gateway.catalog.load().model(model).is_some()
}

async fn import(app: &TestApp, text: &str) -> i64 {
    let definitions = parse_file(
        &fill_in(text, &app.stub, &app.second, &app.folder),
        Origin::File,
    )
    .unwrap();
    insert(
        app,
        &to_rows(&definitions, &app.app.gateway.master).unwrap(),
    )
    .await
}

async fn insert(app: &TestApp, rows: &CatalogRows) -> i64 {
    let mut tx = app.app.db.begin().await.unwrap();
    let seq = catalog::upsert(&mut tx, rows, app.now_ms()).await.unwrap();
    tx.commit().await.unwrap();
    seq
}

#[tokio::test]
async fn a_changed_file_is_picked_up() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    assert_eq!(caller.chat(chat("added", "")).await.status, 404);
    write(&app, &format!("{CATALOG}{ADDED}"));
    until("the new catalogue", || has(&app, "added")).await;
    assert_eq!(caller.chat(chat("added", "")).await.status, 200);
    write(&app, CATALOG);
    until("the old catalogue", || !has(&app, "added")).await;
}

#[tokio::test]
async fn a_signal_reads_the_file_at_once() {
    let app = TestApp::builder()
        .set("catalog.poll_ms", 3_600_000)
        .start()
        .await;
    write(&app, &format!("{CATALOG}{ADDED}"));
    app.signal(Signal::Reload).await;
    until("the new catalogue", || has(&app, "added")).await;
}

#[tokio::test]
async fn a_file_with_a_mistake_leaves_the_last_good_catalogue() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let wrong = [
        "[[models]\n".to_owned(),
        format!("{CATALOG}\n[[models]]\nid = \"plain\"\n"),
        format!("{CATALOG}\n[[models]]\nid = \"x\"\nmin_tier = \"gold\"\n"),
        format!("{CATALOG}\n[[models]]\nid = \"x\"\nno_such_field = 1\n"),
        format!("{CATALOG}\n[[models]]\nid = \"x\"\naliases = [\"nick\"]\n"),
        format!("{CATALOG}\n[[deployments]]\nmodel = \"nothing\"\nprovider = \"first\"\n"),
        format!("{CATALOG}\n[[providers]]\nname = \"x\"\nkind = \"nothing\"\n"),
        format!(
            "{CATALOG}\n[[providers]]\nname = \"x\"\nkind = \"openai\"\ncredential.env = \"NO_SUCH_VARIABLE_IS_SET\"\n"
        ),
        format!(
            "{CATALOG}\n[[providers]]\nname = \"x\"\nkind = \"openai\"\ncredential.file = \"/no/such/file\"\n"
        ),
    ];
    for (count, text) in wrong.iter().enumerate() {
        write(&app, text);
        until("a refusal", || {
            app.app.gateway.metrics.catalog_failures.get() > count as u64
        })
        .await;
        assert_eq!(caller.chat(chat("plain", "")).await.status, 200, "{text}");
        assert!(!has(&app, "x"));
    }
    std::fs::remove_file(app.catalog_path()).unwrap();
    assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
    write(&app, &format!("{CATALOG}{ADDED}"));
    until("the new catalogue", || has(&app, "added")).await;
}

#[tokio::test]
async fn an_import_into_the_database_holds_when_it_was_waited_for() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let text = "[[providers]]\nname = \"imported\"\nkind = \"openai_compatible\"\nbase_url = \"SECOND\"\ncredential.file = \"CREDENTIAL\"\n
[[models]]\nid = \"from-db\"\nmin_tier = \"free\"\n[[deployments]]\nmodel = \"from-db\"\nprovider = \"imported\"\n";
    let seq = import(&app, text).await;
    app.wait(seq).await;
    assert_eq!(caller.chat(chat("from-db", "")).await.status, 200);
    assert!(app.second.last().head.contains(CREDENTIAL));
    // A model of the database lies over one of the file, with its deployments.
    let seq = import(&app, &text.replace("from-db", "plain")).await;
    app.wait(seq).await;
    assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
    assert_eq!(app.second.requests().len(), 2);
}

#[tokio::test]
async fn a_row_with_a_mistake_is_left_out_and_the_others_hold() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let text = "[[providers]]\nname = \"odd\"\nkind = \"no-such-kind\"\n[[providers]]\nname = \"stolen\"\nkind = \"openai_compatible\"\nbase_url = \"SECOND\"\ncredential.file = \"CREDENTIAL\"\n
[[models]]\nid = \"of-odd\"\nmin_tier = \"free\"\n[[deployments]]\nmodel = \"of-odd\"\nprovider = \"odd\"\n
[[models]]\nid = \"taken\"\nmin_tier = \"free\"\naliases = [\"nick\"]\n
[[models]]\nid = \"of-stolen\"\nmin_tier = \"free\"\n[[deployments]]\nmodel = \"of-stolen\"\nprovider = \"stolen\"\n
[[models]]\nid = \"good\"\nmin_tier = \"free\"\n[[deployments]]\nmodel = \"good\"\nprovider = \"stolen\"\n";
    import(&app, text).await;
    // Whoever can write the table must not be able to send the credential elsewhere.
    app.execute("UPDATE providers SET spec = json_set(spec, '$.base_url', 'http://127.0.0.1:9/v1') WHERE name = 'stolen'")
        .await;
    let seq = import(
        &app,
        ADDED
            .replace("provider = \"first\"", "provider = \"odd\"")
            .as_str(),
    )
    .await;
    app.wait(seq).await;
    assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
    assert_eq!(caller.chat(chat("nick", "")).await.status, 200);
    let response = caller.chat(chat("of-stolen", "")).await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (503, "no_deployment")
    );
    assert_eq!(caller.chat(chat("of-odd", "")).await.status, 503);
    assert!(!has(&app, "taken"));
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_left_out_and_the_others_hold() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let text = "[[models]]\nid = \"odd\"\nmin_tier = \"free\"\n";
    let seq = import(&app, text).await;
    app.wait(seq).await;
    app.execute(
        "UPDATE models SET spec = json_set(spec, '$.capabilities', 'not a list') WHERE id = 'odd'",
    )
    .await;
    import(&app, "[[models]]\nid = \"good\"\nmin_tier = \"free\"\n").await;
    let applied = tokio::time::timeout(std::time::Duration::from_secs(2), async {
        while !has(&app, "good") {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
    });
    assert!(
        applied.await.is_ok(),
        "one bad row keeps every other change of the catalogue out"
    );
    app.app.clock.advance(std::time::Duration::from_secs(6));
    until("the lease", || app.app.gateway.keys.has_lease()).await;
    assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
}

#[tokio::test]
async fn one_bad_row_does_not_cost_the_lease() {
    let app = TestApp::new().await;
    import(&app, "[[models]]\nid = \"odd\"\nmin_tier = \"free\"\n").await;
    app.execute("UPDATE models SET spec = json_set(spec, '$.prices.input', '-1') WHERE id = 'odd'")
        .await;
    import(&app, "[[models]]\nid = \"good\"\nmin_tier = \"free\"\n").await;
    let caller = app.key("free");
    app.app.clock.advance(std::time::Duration::from_secs(6));
    let held = tokio::time::timeout(std::time::Duration::from_secs(2), async {
        while !app.app.gateway.keys.has_lease() {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
    });
    drop(caller);
    assert!(
        held.await.is_ok(),
        "a bad row of the catalogue stops the auth log: no lease, no revocation is applied, /readyz is 503"
    );
}

#[tokio::test]
async fn a_file_that_changed_while_the_database_was_away_is_read_when_it_is_back() {
    let app = TestApp::new().await;
    let mut other = app.sql().await;
    other
        .execute("ALTER TABLE deployments RENAME TO away")
        .await
        .unwrap();
    write(&app, &format!("{CATALOG}{ADDED}"));
    until("a failed reload", || {
        app.app.gateway.metrics.catalog_failures.get() > 0
    })
    .await;
    other
        .execute("ALTER TABLE away RENAME TO deployments")
        .await
        .unwrap();
    let applied = tokio::time::timeout(std::time::Duration::from_secs(2), async {
        while !has(&app, "added") {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
    });
    assert!(applied.await.is_ok(), "the change of the file is forgotten");
}

#[tokio::test]
async fn a_file_that_changes_between_the_load_and_the_watch_is_noticed() {
    let app = TestApp::builder()
        .before_run(|folder| {
            let path = folder.join("catalog.toml");
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::write(path, format!("{text}{ADDED}")).unwrap();
        })
        .start()
        .await;
    let applied = tokio::time::timeout(std::time::Duration::from_secs(2), async {
        while !has(&app, "added") {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
    });
    assert!(
        applied.await.is_ok(),
        "what the watch saw first is taken for what was loaded"
    );
}

#[tokio::test]
async fn a_bad_row_does_not_take_the_good_model_of_the_file_with_it() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    // Lies over the file's `plain`, and is refused because its alias belongs to another model.
    let seq = import(
        &app,
        "[[models]]\nid = \"plain\"\nmin_tier = \"free\"\naliases = [\"nick\"]\n",
    )
    .await;
    app.wait(seq).await;
    assert_eq!(caller.chat(chat("nick", "")).await.status, 200);
    assert_eq!(
        caller.chat(chat("plain", "")).await.status,
        200,
        "the row was left out, and so was what it lay over"
    );
}

#[tokio::test]
async fn a_credential_is_sent_without_what_storing_it_put_around_it() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    for (count, stored) in [
        "sk-stored-0",
        "sk-stored-1\r\n",
        "\u{feff}sk-stored-2\n",
        "\"sk-stored-3\"\n",
        "' sk-stored-4 '",
    ]
    .iter()
    .enumerate()
    {
        std::fs::write(app.folder.path().join("credential"), stored).unwrap();
        write(&app, &format!("{CATALOG}# {count}\n"));
        app.signal(Signal::Reload).await;
        let line = format!("authorization: Bearer sk-stored-{count}\r\n");
        until("the credential", || {
            let providers = app.app.gateway.catalog.text.lock();
            providers
                .as_deref()
                .is_some_and(|text| text.contains(&format!("# {count}\n")))
        })
        .await;
        assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
        let head = app.stub.last().head;
        assert!(head.contains(&line), "{stored:?}: {head}");
    }
}

#[tokio::test]
async fn a_credential_that_cannot_be_meant_is_refused_with_the_reason() {
    let app = TestApp::new().await;
    for (count, (stored, reason)) in [
        ("\"sk-half", "has a quotation mark at one end only"),
        ("Bearer sk-good", "begins with \"Bearer\""),
        ("sk-good sk-other", "has white space or a line break inside"),
        ("sk\u{2013}good", "beyond ASCII"),
        (" \n", "is empty"),
    ]
    .iter()
    .enumerate()
    {
        std::fs::write(app.folder.path().join("credential"), stored).unwrap();
        write(&app, &format!("{CATALOG}# {count}\n"));
        until("the refusal", || {
            let is_told = |line: &str| {
                line.contains("the catalogue is refused")
                    && line.contains(&reason.replace('"', "\\\""))
            };
            logs::text().lines().any(is_told)
        })
        .await;
        let body = serde_json::json!({
            "name": "typed", "kind": "openai_compatible", "base_url": "http://127.0.0.1:9/v1", "credential": { "secret": stored }
        });
        let operator = app.operator().await;
        let response = operator
            .post("/api/v1/admin/providers", body.to_string())
            .await;
        assert_eq!(
            (response.status, response.code().as_str()),
            (422, "invalid_field")
        );
        assert!(
            response.text().contains(&reason.replace('"', "\\\"")),
            "{}",
            response.text()
        );
    }
    assert!(!logs::text().contains("sk-half"));
}

#[tokio::test]
async fn a_time_for_streams_that_cannot_be_is_refused() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    let model = |seconds: &str| {
        format!(
            r#"{{"id":"m","display_name":"m","owned_by":"o","model_type":"chat","min_tier":"free","capabilities":[],
            "aliases":[],"pricing_unit":"per_million_tokens","prices":{{}},
            "is_public":true,"stream_timeout_seconds":{seconds}}}"#
        )
    };
    for seconds in ["0", "86401"] {
        let response = operator.post("/api/v1/admin/models", model(seconds)).await;
        assert_eq!(
            response.json()["error"]["param"],
            "stream_timeout_seconds",
            "{seconds}"
        );
    }
    let response = operator.post("/api/v1/admin/models", model("600")).await;
    assert_eq!(response.status, 201, "{}", response.text());
    assert_eq!(response.json()["stream_timeout_seconds"], 600);
    let kept = app.gateway().catalog.load();
    let kept = kept.model("m").unwrap().stream_timeout();
    assert_eq!(kept, Some(std::time::Duration::from_secs(600)));
}

#[tokio::test]
async fn a_type_that_no_model_has_is_refused() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    let model = r#"{"id":"m","model_type":"chatt"}"#;
    let response = operator.post("/api/v1/admin/models", model).await;
    let error = &response.json()["error"];
    assert_eq!(
        (response.status, &error["param"]),
        (422, &"model_type".into()),
        "{error}"
    );
    let words = error["message"].as_str().unwrap();
    assert!(words.contains("image_generation"), "{words}");
}

#[tokio::test]
async fn the_word_of_the_operator_is_checked_and_kept() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    let provider = |word: &str| {
        format!(
            r#"{{"name":"p","kind":"vllm","base_url":"http://127.0.0.1:1/v1","stream_usage":"{word}"}}"#
        )
    };
    let path = "/api/v1/admin/providers";
    let response = operator.post(path, provider("sometimes")).await;
    assert_eq!(response.json()["error"]["param"], "stream_usage");
    let response = operator.post(path, provider("never")).await;
    assert_eq!(response.status, 201, "{}", response.text());
    assert_eq!(response.json()["stream_usage"], "never");
    for (change, expected) in [
        (r#"{"serves_test_keys":true}"#, Some("never")),
        (r#"{"stream_usage":"learn"}"#, Some("learn")),
        (r#"{"stream_usage":""}"#, None),
    ] {
        let response = operator
            .patch("/api/v1/admin/providers/p", change.to_owned())
            .await;
        assert_eq!(response.json()["stream_usage"].as_str(), expected);
    }
}
