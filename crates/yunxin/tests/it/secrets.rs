//! Secrets that must never be seen, looked for everywhere.

use yunxin::config::Config;

use crate::support::test_app::{CREDENTIAL, MASTER};
use crate::support::{Script, TestApp, logs};

const PROMPT: &str = "canary-in-the-prompt";
const COMPLETION_TEXT: &str = "canary-in-the-completion";

#[tokio::test]
async fn secrets_prompts_and_completions_are_in_no_log_metric_table_or_debug_output() {
    let master_hex: String = MASTER.iter().map(|byte| format!("{byte:02x}")).collect();
    let app = TestApp::builder()
        .set("auth.master_key", &master_hex)
        .start()
        .await;
    let caller = app.key("enterprise").await;
    let new = app.regenerate(&caller, 60_000).await;
    let body = format!(r#"{{"model":"pair","messages":[{{"role":"user","content":"{PROMPT}"}}]}}"#);
    let response = format!(
        r#"{{"choices":[{{"message":{{"content":"{COMPLETION_TEXT}"}}}}],"model":"pair"}}"#
    );
    for script in [
        Script::json(&response),
        Script::status(
            401,
            "",
            &format!(r#"{{"error":{{"message":"bad key {CREDENTIAL}"}}}}"#),
        ),
        Script::status(
            400,
            "",
            &format!(r#"{{"error":{{"message":"{COMPLETION_TEXT}"}}}}"#),
        ),
        Script::raw(format!(
            "HTTP/1.1 200 OK\r\n{CREDENTIAL} {COMPLETION_TEXT}\r\n\r\n"
        ))
        .close(),
        Script::json(&response).reset(),
    ] {
        app.stub.once(script);
        caller.chat(body.clone()).await;
        new.chat(format!("{body} {PROMPT}")).await;
    }
    app.anonymous()
        .with_secret(&caller.secret[..51])
        .chat(body.clone())
        .await;
    app.anonymous()
        .with("authorization", format!("Basic {}", caller.secret))
        .chat(body.clone())
        .await;
    app.revoke(&caller).await;
    caller.chat(body).await;
    app.events().await;

    let setting = ("YUNXIN__AUTH__MASTER_KEY".to_owned(), master_hex.clone());
    let config = Config::from_layers(None, [setting].into_iter()).unwrap();
    let debug = [
        format!("{:?}", app.app),
        format!("{:?}", app.app.gateway.config),
        format!("{config:#?}"),
        format!("{:?}", app.app.gateway.catalog.load()),
        format!("{:?}", app.app.gateway.keys),
        format!("{:?}", app.app.gateway.catalog.sources),
        format!("{:?}", app.app.gateway.metering),
        toml::to_string(&config).unwrap(),
    ];
    let mut places = vec![
        ("debug", debug.join("\n")),
        ("logs", logs::text()),
        ("metrics", app.metrics().await),
    ];
    for file in ["yunxin.db", "yunxin.db-wal"] {
        let bytes = std::fs::read(app.folder.path().join(file)).unwrap_or_default();
        places.push(("database", String::from_utf8_lossy(&bytes).into_owned()));
    }
    for (place, text) in &places {
        for secret in [
            CREDENTIAL,
            &caller.secret,
            &new.secret,
            &master_hex,
            PROMPT,
            COMPLETION_TEXT,
            "[7, 7, 7, 7",
        ] {
            assert!(!text.contains(secret), "{secret} in {place}");
        }
    }
    assert!(
        logs::text().contains("attempt failed"),
        "the log was captured at all"
    );
}
