//! Metrics: they move, and they cannot be blown up from outside.

use crate::support::snapshot::assert_text;
use crate::support::upstream_stub::{DONE, delta, usage};
use crate::support::{Script, TestApp, chat};

#[tokio::test]
async fn the_counters_move() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    assert_eq!(caller.chat(chat("nick", "")).await.status, 200);
    app.stub
        .once(Script::stream([delta("a"), usage(5, 6), DONE.to_owned()]));
    assert_eq!(
        caller.chat(chat("plain", r#","stream":true"#)).await.status,
        200
    );
    app.stub.once(Script::status(500, "", ""));
    assert_eq!(caller.chat(chat("plain", "")).await.status, 502);
    assert_eq!(caller.chat(chat("premium", "")).await.status, 403);
    assert_eq!(app.anonymous().get("/v1/models").await.status, 401);
    app.events().await;
    app.gateway().metering.observations.flush().await;
    let text = app.metrics().await;
    let mut lines: Vec<&str> = text
        .lines()
        .filter(|line| {
            !line.starts_with('#')
                && !line.starts_with("yunxin_connections ")
                && !line.starts_with("yunxin_journal_bytes ")
                && !line.contains("_bucket")
                && !line.contains("_sum")
        })
        .collect();
    lines.sort_unstable();
    assert_text!(lines.join("\n"));
}

#[tokio::test]
async fn what_strangers_write_does_not_become_a_label() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    for number in 0..30 {
        caller.chat(chat(&format!("made-up-{number}"), "")).await;
        caller.get(&format!("/v1/made-up-{number}")).await;
        caller.get(&format!("/v1/models/made-up-{number}")).await;
        app.anonymous()
            .with_secret(&format!("yx-made-up-{number}"))
            .get("/v1/models")
            .await;
    }
    app.events().await;
    let text = app.metrics().await;
    assert!(!text.contains("made-up"), "{text}");
    let series = text
        .lines()
        .filter(|line| line.starts_with("yunxin_requests_total"))
        .count();
    assert_eq!(series, 1, "{text}");
}

#[tokio::test]
async fn metrics_have_a_listener_of_their_own() {
    let app = TestApp::new().await;
    assert_eq!(app.anonymous().get("/metrics").await.status, 404);
    let scraper = crate::support::Caller::anonymous(app.metrics_address);
    assert_eq!(scraper.get("/v1/models").await.status, 401);
    assert_eq!(scraper.get("/healthz").await.status, 404);
}

#[tokio::test]
async fn the_metrics_that_dashboards_and_alerts_ask_for_exist() {
    let app = TestApp::new().await;
    // A family is there when something was counted in it.
    let caller = app.key("free").await;
    app.stub
        .once(Script::stream([delta("a"), usage(5, 6), DONE.to_owned()]));
    caller.chat(chat("plain", r#","stream":true"#)).await;
    app.stub.once(Script::status(500, "", ""));
    caller.chat(chat("plain", "")).await;
    for _ in 0..40 {
        caller.chat(chat("nick", "")).await;
    }
    app.anonymous().get("/v1/models").await;
    app.events().await;
    app.gateway().metering.observations.flush().await;
    let text = app.metrics().await;
    let known: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next())
        .collect();
    let asked = [
        include_str!("../../../../deploy/grafana/yunxin.json"),
        include_str!("../../../../deploy/helm/yunxin/alerts.yaml"),
        include_str!("../../../../deploy/helm/yunxin/templates/availability.yaml"),
    ];
    let is_of_name = |letter: char| letter.is_ascii_lowercase() || letter == '_';
    let mut checked = 0;
    for file in asked {
        for (at, _) in file.match_indices("yunxin_") {
            let rest = &file[at..];
            let end = rest.find(|letter| !is_of_name(letter)).unwrap();
            let name = &rest[..end];
            let base = ["_total", "_bucket", "_count", "_sum"]
                .iter()
                .find_map(|ending| name.strip_suffix(ending))
                .unwrap_or(name);
            assert!(known.contains(&base), "{name} is not among {known:?}");
            checked += 1;
        }
    }
    assert!(checked > 30, "{checked}");
}
