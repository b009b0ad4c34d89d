//! Limits under clocks that are set back, to and fro, or for good.

use std::time::Duration;

use super::{DAY_S, MINUTE, RESET_S, admitted, small};
use crate::support::TestApp;

#[tokio::test]
async fn a_clock_that_is_set_back_hands_out_nothing_twice() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    for _ in 0..10 {
        assert_eq!(caller.chat(small()).await.status, 200);
    }
    app.app.clock.set_ahead(-30_000);
    let response = caller.chat(small()).await;
    assert_eq!((response.status, response.number("retry-after")), (429, 55));
    // By the clock as it is now, its client is told the truth.
    assert_eq!(response.number("x-ratelimit-reset"), RESET_S - 30);
    app.advance(Duration::from_secs(55)).await;
    assert_eq!(caller.chat(small()).await.status, 429);
}

#[tokio::test]
async fn a_clock_that_goes_back_and_forth_hands_out_nothing_twice_and_keeps_nobody_out() {
    let app = TestApp::new().await;
    app.execute("UPDATE tiers SET requests_per_day = 25 WHERE id = 'free'")
        .await;
    app.app.reload_catalog().await.unwrap();
    let caller = app.key("free").await;
    let mut sum = 0;
    for ahead_s in [0, -3_600, 0, -86_400, 3_617, 0, 86_400, -17] {
        app.app.clock.set_ahead(ahead_s * 1_000);
        sum += admitted(&caller).await;
    }
    assert_eq!(sum, 10, "in one minute");
    // The end of the minute comes while the clock is wrong, and it is mended in the middle of the next.
    app.app.clock.set_ahead(3_617_000);
    app.advance(Duration::from_secs(55)).await;
    let mut sum = admitted(&caller).await;
    app.advance(Duration::from_secs(20)).await;
    sum += admitted(&caller).await;
    app.app.clock.set_ahead(0);
    sum += admitted(&caller).await;
    app.advance(Duration::from_secs(30)).await;
    sum += admitted(&caller).await;
    assert_eq!(sum, 10, "in the next one");
    app.advance(Duration::from_secs(15)).await;
    let response = caller.chat(small()).await;
    assert_eq!(
        response.status,
        200,
        "and in the one after that: {}",
        response.text()
    );
    app.advance(MINUTE).await;
    assert_eq!(admitted(&caller).await, 4, "in one day");
    app.advance(Duration::from_secs(DAY_S)).await;
    assert_eq!(admitted(&caller).await, 10);
}

#[tokio::test]
async fn a_clock_that_was_set_for_good_is_believed_after_an_hour() {
    let app = TestApp::new().await;
    app.execute("UPDATE tiers SET requests_per_day = 5 WHERE id = 'free'")
        .await;
    app.app.reload_catalog().await.unwrap();
    let caller = app.key("free").await;
    assert_eq!(admitted(&caller).await, 5);
    app.app.clock.set_ahead(3 * 86_400_000);
    assert_eq!(caller.chat(small()).await.status, 429);
    app.advance(Duration::from_secs(3_601)).await;
    assert_eq!(admitted(&caller).await, 5);
}
