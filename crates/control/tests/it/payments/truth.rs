//! The provider is asked: before a credit, when it said nothing, and when somebody wants to know.

use std::time::Duration;

use serde_json::json;

use super::{SHOPS, TWENTY};
use crate::support::cash_desk::{CashDesk, settings};
use crate::support::soon;

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_signed_message_is_not_enough_where_the_provider_says_otherwise() {
    let desk = CashDesk::open().await;
    for (provider, method) in SHOPS {
        let order = desk.order(provider, method).await;
        let message = desk.pay(&order, &[("truth", "unpaid")]).await;
        let again = desk.deliver(&order, &message).await;
        assert_eq!(again.status, 503, "it should come again: {}", again.text());
        desk.assert_uncredited(&order, "not_confirmed").await;
    }
}

#[tokio::test]
async fn a_message_that_was_ahead_of_its_provider_is_credited_when_it_comes_again() {
    let desk = CashDesk::open().await;
    for (provider, method) in SHOPS {
        let before = desk.balance().await;
        let order = desk.order(provider, method).await;
        let message = desk.pay(&order, &[("truth", "unpaid")]).await;
        assert_eq!(desk.deliver(&order, &message).await.status, 503);
        desk.pay(&order, &[]).await;
        assert_eq!(
            desk.deliver(&order, &message).await.status,
            200,
            "{provider}"
        );
        assert_eq!(desk.balance().await, before + TWENTY);
        assert_eq!(
            desk.details(&order).await["order"]["attention"],
            json!(null)
        );
    }
}

#[tokio::test]
async fn what_a_provider_never_told_is_asked_for() {
    let desk = CashDesk::open().await;
    for (provider, method) in SHOPS {
        let order = desk.order(provider, method).await;
        desk.pay(&order, &[]).await;
        desk.app.advance(16 * MINUTE).await;
        desk.until_status(&order, "paid").await;
        assert_eq!(desk.verdicts(&order).await, ["credited"], "{provider}");
    }
    assert_eq!(desk.balance().await, 3 * TWENTY);
}

#[tokio::test]
async fn a_buyer_who_comes_back_need_not_wait_for_the_message() {
    let desk = CashDesk::open().await;
    let order = desk.order("wechat", "wxpay").await;
    assert_eq!(desk.check(&order).await.json()["status"], "open");
    let message = desk.pay(&order, &[]).await;
    assert_eq!(
        desk.check(&order).await.json()["status"],
        "open",
        "asked a moment ago"
    );
    desk.app.advance(Duration::from_secs(11)).await;
    assert_eq!(desk.check(&order).await.json()["status"], "paid");
    assert_eq!(desk.deliver(&order, &message).await.text(), "success");
    assert_eq!(desk.balance().await, TWENTY);
}

#[tokio::test]
async fn an_operator_asks_again_and_is_in_the_audit_log() {
    let desk = CashDesk::open().await;
    let order = desk.order("alipay", "wxpay").await;
    desk.pay(&order, &[]).await;
    let asked = desk.act(&order, "check", json!({})).await.json();
    assert_eq!(asked["order"]["status"], "paid");
    assert_eq!(asked["events"][0]["source"], "query");
    assert!(
        asked["events"][0]["raw"]
            .as_str()
            .unwrap()
            .contains("trade_no")
    );
    let log = desk.operator.get("/api/v1/admin/audit-log").await.text();
    for action in ["order.created", "order.paid", "order.checked"] {
        assert!(log.contains(action), "{action}: {log}");
    }
    let found = format!("/api/v1/admin/orders?search={}", order.id);
    let found = desk.operator.get(&found).await.json();
    let reference = found["data"][0]["payment_ref"].as_str().unwrap().to_owned();
    let by_reference =
        format!("/api/v1/admin/orders?search={reference}&status=paid&provider=alipay");
    let by_reference = desk.operator.get(&by_reference).await.json();
    assert_eq!(by_reference["data"][0]["id"], order.id.as_str());
    let part = format!("/api/v1/admin/orders?search={}", &reference[..5]);
    assert_eq!(desk.operator.get(&part).await.json()["data"], json!([]));
}

#[tokio::test]
async fn an_order_that_nobody_pays_expires_and_is_not_credited_later() {
    let desk = CashDesk::open().await;
    let late = desk.order("alipay", "wxpay").await;
    let closed = desk.order("wechat", "wxpay").await;
    let session = desk.order("stripe", "card").await;
    desk.app.advance(66 * MINUTE).await;
    for order in [&late, &closed, &session] {
        desk.until_status(order, "expired").await;
    }
    // v1 has no way to close an order: who pays it after all is seen.
    let message = desk.pay(&late, &[]).await;
    assert_eq!(desk.deliver(&late, &message).await.status, 200);
    desk.assert_uncredited(&late, "late").await;
    let shown = desk.shown(&late).await;
    assert_eq!(
        (&shown["status"], &shown["url"]),
        (&json!("expired"), &json!(null))
    );
    let asked = desk.act(&late, "check", json!({})).await.json();
    assert_eq!(
        asked["order"]["status"], "expired",
        "asking credits nothing either"
    );
    assert_eq!(desk.balance().await, 0);
}

#[tokio::test]
async fn a_payment_of_the_last_minute_is_credited() {
    let desk = CashDesk::open().await;
    let order = desk.order("alipay", "wxpay").await;
    desk.app.advance(61 * MINUTE).await;
    let message = desk.pay(&order, &[]).await;
    assert_eq!(desk.deliver(&order, &message).await.status, 200);
    assert_eq!(desk.balance().await, TWENTY);
}

#[tokio::test]
async fn a_provider_that_is_away_is_told_to_say_it_again() {
    let desk = CashDesk::open().await;
    let order = desk.order("stripe", "card").await;
    let message = desk.pay(&order, &[]).await;
    // The same server, whose provider cannot be reached.
    let mut app = desk.app;
    app.stop().await;
    let config = settings(([127, 0, 0, 1], 9).into());
    std::fs::write(app.folder.path().join("config.toml"), config).unwrap();
    let app = app.start_again().await;
    let buyer = app.caller(&desk.buyer);
    let text = |name: &str| message.0[name].as_str().unwrap().to_owned();
    let signature = message.0["headers"]["stripe-signature"].as_str().unwrap();
    let stripe = app.anonymous().with("stripe-signature", signature);
    let taken = stripe.post("/payments/stripe/notify", text("body")).await;
    assert_eq!(taken.status, 503, "{}", taken.text());
    let credits = format!("/api/v1/accounts/{}/credits", desk.account);
    assert_eq!(buyer.get(&credits).await.json()["balance_nanos"], 0);
    let body = json!({ "provider": "stripe", "method": "card", "credits": "20" });
    let orders = format!("{credits}/orders");
    let refused = soon("a refusal", buyer.post(&orders, body.to_string())).await;
    assert_eq!(
        (refused.status, refused.code()),
        (503, "payment_provider_unavailable".to_owned())
    );
    let listed = buyer.get(&format!("{orders}?status=failed")).await.json();
    assert_eq!(
        listed["data"].as_array().unwrap().len(),
        1,
        "what was not opened cannot be paid"
    );
}

#[tokio::test]
async fn a_gateway_that_cannot_be_asked_is_believed_when_it_signs() {
    let desk = CashDesk::open_with(|builder| {
        builder.edit_config("merchant_key =", "can_query = false\nmerchant_key =")
    })
    .await;
    let order = desk.order("alipay", "wxpay").await;
    let refused = desk.act(&order, "check", json!({})).await;
    assert_eq!(
        (refused.status, refused.code()),
        (409, "cannot_ask".to_owned())
    );
    let message = desk.pay(&order, &[]).await;
    assert_eq!(desk.deliver(&order, &message).await.text(), "success");
    assert_eq!(desk.balance().await, TWENTY);
}
