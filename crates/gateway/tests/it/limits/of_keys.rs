//! Limits that keys have of their own, below those of their tier.

use store::key_limits::KeyLimits;

use super::{admitted, limits, small};
use crate::support::upstream_stub::COMPLETION;
use crate::support::{Gate, Script, TestApp, chat};

fn own(set: impl FnOnce(&mut KeyLimits)) -> KeyLimits {
    let mut own = KeyLimits::default();
    set(&mut own);
    own
}

#[tokio::test]
async fn a_key_has_its_own_limits_where_they_are_below_those_of_its_tier() {
    let app = TestApp::new().await;
    let cases = [
        (
            own(|own| own.requests_per_minute = Some(4)),
            4,
            "4 requests per minute set for this key",
        ),
        (
            own(|own| own.requests_per_day = Some(3)),
            3,
            "3 requests per day set for this key",
        ),
        // Fourteen tokens each.
        (
            own(|own| own.tokens_per_minute = Some(45)),
            3,
            "45 tokens per minute set for this key",
        ),
        // The tier's is lower: ten a minute.
        (
            own(|own| own.requests_per_minute = Some(400)),
            10,
            "10 requests per minute for this key",
        ),
    ];
    for (limits, most, words) in cases {
        let caller = app.new_key("free").limits(limits).make().await;
        assert_eq!(admitted(&caller).await, most, "{words}");
        let refused = caller.chat(small()).await;
        assert_eq!(refused.status, 429, "{words}");
        assert!(refused.text().contains(words), "{}", refused.text());
    }
}

#[tokio::test]
async fn the_headers_tell_the_limit_of_the_key_where_it_is_the_tighter_one() {
    let app = TestApp::new().await;
    let lower = own(|own| {
        own.requests_per_minute = Some(4);
        own.tokens_per_minute = Some(1_000);
    });
    let caller = app.new_key("free").limits(lower).make().await;
    let told = limits(&caller.chat(small()).await);
    for line in [
        "x-ratelimit-limit: 4",
        "x-ratelimit-remaining: 3",
        "x-ratelimit-limit-requests: 4",
        "x-ratelimit-limit-tokens: 1000",
    ] {
        assert!(told.lines().any(|one| one == line), "{line} of {told}");
    }
    let stood = caller.get("/v1/key").await.json();
    assert_eq!(stood["limits"]["requests_per_minute"], 4);
    assert_eq!(stood["limits"]["requests_per_day"], 500);
}

#[tokio::test]
async fn the_ceiling_of_the_account_stays_that_of_its_tier() {
    let app = TestApp::new().await;
    let lower = own(|own| own.requests_per_minute = Some(4));
    let first = app.new_key("free").limits(lower).make().await;
    let second = app.new_key("free").of_account(&first.account).make().await;
    assert_eq!(admitted(&first).await, 4);
    assert_eq!(admitted(&second).await, 6, "ten of the account, less four");
    let refused = second.chat(small()).await;
    assert!(
        refused
            .text()
            .contains("10 requests per minute for this account"),
        "{}",
        refused.text()
    );
}

#[tokio::test]
async fn tokens_that_the_account_has_left_are_told_where_they_are_fewer() {
    let app = TestApp::new().await;
    let first = app.key("free").await;
    let second = app.new_key("free").of_account(&first.account).make().await;
    let left =
        |response: &crate::support::TestResponse| response.number("x-ratelimit-remaining-tokens");
    let of_first = left(&first.chat(small()).await);
    assert!(left(&second.chat(small()).await) < of_first);
}

#[tokio::test]
async fn a_key_runs_no_more_requests_at_the_same_time_than_it_may_itself() {
    let app = TestApp::new().await;
    let lower = own(|own| own.concurrent_requests = Some(1));
    let caller = app.new_key("basic").limits(lower).make().await;
    let gate = Gate::new();
    app.stub
        .once(Script::nothing().wait(&gate).then_json(COMPLETION));
    let running = tokio::spawn({
        let caller = caller.clone();
        async move { caller.chat(small()).await }
    });
    app.stub.wait_for_requests(1).await;
    let refused = caller.chat(small()).await;
    assert_eq!(refused.status, 429);
    let words = "1 requests at the same time set for this key";
    assert!(refused.text().contains(words), "{}", refused.text());
    gate.open();
    assert_eq!(running.await.unwrap().status, 200);
}

#[tokio::test]
async fn a_hundred_requests_at_once_get_exactly_the_limit_of_the_key() {
    let app = TestApp::new().await;
    let lower = own(|own| own.requests_per_minute = Some(7));
    let caller = app.new_key("basic").limits(lower).make().await;
    let mut requests = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let caller = caller.clone();
        requests.spawn(async move { caller.chat(small()).await.status });
    }
    let statuses = requests.join_all().await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 7);
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 93);
}

#[tokio::test]
async fn a_request_that_needs_more_tokens_than_the_key_may_use_is_told_that_waiting_is_in_vain() {
    let app = TestApp::new().await;
    let lower = own(|own| own.tokens_per_minute = Some(100));
    let caller = app.new_key("basic").limits(lower).make().await;
    let refused = caller.chat(chat("plain", r#","max_tokens":500"#)).await;
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("100 tokens per minute of this key"));
}
