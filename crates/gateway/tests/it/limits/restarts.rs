//! Counts that outlast a stop, a kill, another tier and another secret.

use std::time::Duration;

use super::{DAY_S, MINUTE, admitted, small};
use crate::support::{Caller, TestApp, chat};

#[tokio::test]
async fn what_was_counted_outlasts_a_kill_and_a_stop() {
    let app = TestApp::builder()
        .set("metering.flush_interval_ms", 600_000)
        .start()
        .await;
    app.execute("UPDATE tiers SET requests_per_day = 15 WHERE id = 'free'")
        .await;
    app.app.reload_catalog().await.unwrap();
    let caller = app.key("free").await;
    for _ in 0..6 {
        assert_eq!(caller.chat(small()).await.status, 200);
    }
    let at = |app: &TestApp, caller: &Caller| Caller {
        address: app.address,
        ..caller.clone()
    };

    let second = app.killed().await;
    assert_eq!(
        second.stored_events().await.len(),
        6,
        "nor is their usage lost"
    );
    let neighbour = second
        .new_key("free")
        .of_account(&caller.account)
        .make()
        .await;
    let caller = at(&second, &caller);
    let response = caller.chat(small()).await;
    assert_eq!(
        (response.status, response.number("x-ratelimit-used")),
        (200, 7)
    );
    assert_eq!(admitted(&neighbour).await, 3, "the account has a ceiling");

    let third = second.killed().await;
    let caller = at(&third, &caller);
    assert_eq!(caller.chat(small()).await.status, 429);
    third.advance(MINUTE).await;
    assert_eq!(admitted(&caller).await, 5, "of the day");

    let fourth = third.restart().await;
    let caller = at(&fourth, &caller);
    fourth.advance(MINUTE).await;
    assert_eq!(caller.chat(small()).await.status, 429);
    fourth.advance(Duration::from_secs(DAY_S)).await;
    assert_eq!(admitted(&caller).await, 10);
}

#[tokio::test]
async fn a_clean_stop_counts_neither_more_nor_less_tokens() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let response = caller.chat(chat("plain", r#","max_tokens":4000"#)).await;
    assert_eq!(response.status, 200);
    app.event(1).await;
    let remaining = "x-ratelimit-remaining-tokens";
    let before = caller.get("/v1/models").await.number(remaining);
    assert_eq!(before, 40_000 - 14);
    let killed = app.killed().await;
    let caller = Caller {
        address: killed.address,
        ..caller
    };
    let after = caller.get("/v1/models").await.number(remaining);
    assert!(
        after <= 36_000,
        "what was reserved when it was killed: {after}"
    );
    let stopped = app.restart().await;
    let caller = Caller {
        address: stopped.address,
        ..caller
    };
    let after = caller.get("/v1/models").await.number(remaining);
    assert_eq!(after, before);
}

#[tokio::test]
async fn another_tier_holds_at_once_and_keeps_the_counts() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    for _ in 0..10 {
        caller.chat(small()).await;
    }
    assert_eq!(caller.chat(small()).await.status, 429);
    app.set_tier(&caller.account, "basic").await;
    let response = caller.chat(small()).await;
    assert_eq!(
        (
            response.status,
            response.number("x-ratelimit-limit"),
            response.number("x-ratelimit-used")
        ),
        (200, 50, 11)
    );
    assert_eq!(response.header("x-request-priority"), Some("2"));
    app.set_tier(&caller.account, "free").await;
    let response = caller.chat(small()).await;
    assert_eq!(response.status, 429);
    assert_eq!(
        response.number("x-ratelimit-used") + response.number("x-ratelimit-remaining"),
        10
    );
}

#[tokio::test]
async fn a_regenerated_key_goes_on_with_its_counts() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    for _ in 0..4 {
        caller.chat(small()).await;
    }
    let renewed = app.regenerate(&caller, 60_000).await;
    assert_eq!(renewed.chat(small()).await.number("x-ratelimit-used"), 5);
    assert_eq!(
        caller.chat(small()).await.number("x-ratelimit-used"),
        6,
        "the old secret counts with the new one"
    );
}
