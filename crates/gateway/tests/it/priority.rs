//! Priority that can be felt: a provider that takes four requests at a time, many small accounts, and one that pays.

use std::time::Duration;

use crate::support::upstream_stub::{COMPLETION, DONE, delta, finish};
use crate::support::{Caller, Gate, Script, TestApp, TestResponse, chat, until};

/// The time that the provider works on a request.
const WORK: Duration = Duration::from_millis(20);
const AT_ONCE: usize = 4;

fn working() -> Script {
    Script::nothing().work(WORK).then_json(COMPLETION)
}

async fn app() -> TestApp {
    let app = TestApp::new().await;
    app.stub.always(working());
    app.stub.takes_at_once(AT_ONCE);
    app
}

/// Has the server find out what the provider takes.
async fn learn(app: &TestApp, caller: &Caller) {
    let gate = Gate::new();
    app.stub
        .always(Script::nothing().wait(&gate).then_json(COMPLETION));
    let asked: Vec<_> = (0..AT_ONCE + 1)
        .map(|_| {
            let caller = caller.clone();
            tokio::spawn(async move { caller.chat(chat("plain", "")).await.status })
        })
        .collect();
    until("a refusal", || app.stub.refused() == 1).await;
    gate.open();
    for one in asked {
        assert_eq!(one.await.unwrap(), 200, "what was refused is asked again");
    }
    app.stub.always(working());
}

fn assert_shed(response: &TestResponse) {
    assert_eq!(
        (response.status, response.code().as_str()),
        (503, "model_overloaded"),
        "{}",
        response.text()
    );
    let reason = response.header("x-yunxin-shed-reason").unwrap();
    assert!(
        ["queue_full", "wait_exceeded", "displaced"].contains(&reason),
        "{reason}"
    );
    let wait: u64 = response.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=4).contains(&wait), "{wait}");
}

#[tokio::test]
async fn one_enterprise_key_has_no_error_while_sixty_free_accounts_offer_far_too_much() {
    let app = app().await;
    let enterprise = app.key("enterprise").await;
    let mut free = Vec::new();
    for _ in 0..60 {
        free.push(app.key("free").await);
    }
    let flood: Vec<_> = free
        .iter()
        .map(|caller| {
            let caller = caller.clone();
            tokio::spawn(async move {
                let mut responses = Vec::new();
                for _ in 0..5 {
                    responses.push(caller.chat(chat("plain", "")).await);
                }
                responses
            })
        })
        .collect();
    let mut asked = 0;
    while asked < 30 || !flood.iter().all(tokio::task::JoinHandle::is_finished) {
        let response = enterprise.chat(chat("plain", "")).await;
        assert_eq!(response.status, 200, "{}", response.text());
        asked += 1;
    }
    let mut served = 0;
    for one in flood {
        for response in one.await.unwrap() {
            if response.status == 200 {
                served += 1;
            } else {
                assert_shed(&response);
            }
        }
    }
    assert!(served >= 30, "{served}");
    // The first burst is refused, before anything was known, and nothing behind it.
    let refused = app.stub.refused();
    assert!(refused <= free.len() + 1, "{refused}");
}

#[tokio::test]
async fn what_was_shed_is_not_counted_and_costs_nothing() {
    let app = app().await;
    let enterprise = app.key("enterprise").await;
    learn(&app, &enterprise).await;
    let gate = Gate::new();
    app.stub
        .always(Script::nothing().wait(&gate).then_json(COMPLETION));
    let held: Vec<_> = (0..AT_ONCE)
        .map(|_| enterprise.send_only("/v1/chat/completions", chat("plain", "")))
        .collect();
    app.stub.wait_for_requests(2 * AT_ONCE + 2).await;
    let free = app.key("free").await;
    let impatient = free.with("x-yunxin-deadline-ms", "1");
    let response = impatient.chat(chat("plain", "")).await;
    assert_eq!(response.status, 503);
    assert_eq!(
        response.header("x-yunxin-shed-reason"),
        Some("deadline_exceeded")
    );
    assert_eq!(response.header("x-ratelimit-used"), Some("0"));
    let event = app.event(AT_ONCE + 2).await;
    assert_eq!(
        (
            event["end"].as_str(),
            event["code"].as_str(),
            event["attempts"].as_u64()
        ),
        (Some("refused"), Some("model_overloaded"), Some(0))
    );
    assert_eq!(
        (event["admitted"].as_u64(), event["input"].as_u64()),
        (Some(0), Some(0))
    );
    gate.open();
    drop(held);
}

#[tokio::test]
async fn a_seat_is_held_to_the_end_of_a_stream_and_who_waited_is_told_how_long() {
    let app = app().await;
    let enterprise = app.key("enterprise").await;
    learn(&app, &enterprise).await;
    let gate = Gate::new();
    let stream = Script::open_stream([delta("Hello")])
        .wait(&gate)
        .chunk(finish())
        .chunk(DONE)
        .end();
    app.stub.always(stream);
    let mut streams = Vec::new();
    for _ in 0..AT_ONCE {
        let mut open = enterprise
            .open_chat(chat("plain", r#","stream":true"#))
            .await;
        open.read_until("Hello").await;
        streams.push(open);
    }
    app.stub.always(Script::json(COMPLETION));
    let waiting = tokio::spawn({
        let caller = enterprise.clone();
        async move { caller.chat(chat("plain", "")).await }
    });
    let pool = app.app.catalog.load().model("plain").unwrap().pool.clone();
    until("a request in the queue", || {
        pool.counts().levels[3].waiting == 1
    })
    .await;
    drop(streams.pop());
    let response = waiting.await.unwrap();
    assert_eq!(response.status, 200);
    assert!(response.header("x-yunxin-queue-ms").is_some());
    gate.open();
    for mut open in streams {
        open.read_until(DONE).await;
    }
    let counts = pool.counts();
    assert_eq!((counts.levels[3].running, counts.seats), (0, Some(4)));
}

#[tokio::test]
async fn nothing_waits_while_there_is_room() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let asked = (0..40).map(|_| caller.chat(chat("plain", "")));
    for response in futures_util::future::join_all(asked).await {
        assert_eq!(response.status, 200);
        assert_eq!(response.header("x-yunxin-queue-ms"), None);
        assert_eq!(response.header("x-yunxin-attempts"), Some("1"));
        assert_eq!(response.header("x-yunxin-route-reason"), Some("only"));
        let deployment = response.header("x-yunxin-deployment").unwrap();
        assert!(deployment.starts_with("dep_"), "{deployment}");
    }
}
