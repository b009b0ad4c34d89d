//! Messages that are repeated, raced, reordered, or do not fit their order.

use futures_util::StreamExt;
use futures_util::stream;
use serde_json::json;

use super::{SHOPS, TWENTY};
use crate::support::cash_desk::{CashDesk, Order};

/// Deliveries of one payment, and how many of them are under way at the same time.
const DELIVERIES: usize = 1_000;
const AT_ONCE: usize = 50;

/// A message with one lie in it, delivered.
async fn lie(desk: &CashDesk, order: &Order, wishes: &[(&str, &str)]) -> u16 {
    let message = desk.pay(order, wishes).await;
    desk.deliver(order, &message).await.status
}

#[tokio::test]
async fn an_order_of_one_provider_is_not_completed_by_another() {
    let desk = CashDesk::open().await;
    let dear = desk.order("alipay", "wxpay").await;
    let cheap = desk.order("stripe", "card").await;
    // A signature that is right, over the name of an order that was made elsewhere.
    let wishes = [("lie", "order"), ("order", dear.id.as_str())];
    let message = desk.pay(&cheap, &wishes).await;
    assert_eq!(
        desk.deliver(&cheap, &message).await.status,
        200,
        "received and kept"
    );
    desk.assert_uncredited(&dear, "wrong_provider").await;
    assert_eq!(desk.shown(&dear).await["status"], "open");
    let other = desk.order("wechat", "wxpay").await;
    let wishes = [("lie", "order"), ("order", other.id.as_str())];
    let message = desk.pay(&dear, &wishes).await;
    assert_eq!(desk.deliver(&dear, &message).await.status, 200);
    desk.assert_uncredited(&other, "wrong_provider").await;
}

#[tokio::test]
async fn a_payment_of_another_order_of_the_same_provider_does_not_complete_this_one() {
    let desk = CashDesk::open().await;
    for (provider, method) in SHOPS {
        let (mine, other) = (
            desk.order(provider, method).await,
            desk.order(provider, method).await,
        );
        // The other one is paid, and the message names mine: the provider, asked about mine, knows better.
        let wishes = [("lie", "order"), ("order", mine.id.as_str())];
        let message = desk.pay(&other, &wishes).await;
        assert_eq!(desk.deliver(&mine, &message).await.status, 503);
        desk.assert_uncredited(&mine, "not_confirmed").await;
        assert_eq!(desk.shown(&mine).await["status"], "open");
    }
}

#[tokio::test]
async fn another_amount_than_that_of_the_order_is_not_credited() {
    let desk = CashDesk::open().await;
    for (provider, method) in SHOPS {
        for amount in ["180", "1999", "2001"] {
            let order = desk.order(provider, method).await;
            let wishes = [("lie", "amount"), ("amount", amount)];
            assert_eq!(lie(&desk, &order, &wishes).await, 200, "received and kept");
            desk.assert_uncredited(&order, "wrong_amount").await;
            let detail = desk.details(&order).await["events"][0]["detail"].clone();
            assert!(
                detail.as_str().unwrap().contains("1.80") || amount != "180",
                "{detail}"
            );
        }
    }
}

#[tokio::test]
async fn another_currency_account_method_or_merchant_is_not_credited() {
    let desk = CashDesk::open().await;
    for (provider, method, about, verdict) in [
        ("stripe", "card", "currency", "wrong_currency"),
        ("stripe", "card", "account", "wrong_account"),
        ("stripe", "card", "method", "wrong_method"),
        ("alipay", "wxpay", "account", "wrong_account"),
        ("alipay", "wxpay", "method", "wrong_method"),
        ("alipay", "wxpay", "merchant", "wrong_merchant"),
        ("wechat", "wxpay", "merchant", "wrong_merchant"),
    ] {
        let order = desk.order(provider, method).await;
        assert_eq!(lie(&desk, &order, &[("lie", about)]).await, 200, "{about}");
        desk.assert_uncredited(&order, verdict).await;
    }
}

#[tokio::test]
async fn a_message_about_no_order_of_ours_is_kept_for_operators() {
    let desk = CashDesk::open().await;
    let order = desk.order("alipay", "wxpay").await;
    let wishes = [("lie", "order"), ("order", "ord_nobody_made_this")];
    assert_eq!(lie(&desk, &order, &wishes).await, 200);
    let events = "/api/v1/admin/payment-events?verdict=unknown_order";
    let events = desk.operator.get(events).await.json();
    assert_eq!(events["data"][0]["order_id"], json!(null));
    assert!(
        events["data"][0]["raw"]
            .as_str()
            .unwrap()
            .contains("ord_nobody_made_this")
    );
    assert_eq!(desk.balance().await, 0);
    assert_eq!(
        desk.buyer.get("/api/v1/admin/payment-events").await.status,
        403
    );
}

#[tokio::test]
async fn a_thousand_deliveries_of_one_payment_are_one_credit() {
    let desk = CashDesk::open().await;
    for (provider, method) in [("stripe", "card"), ("alipay", "wxpay")] {
        let before = desk.balance().await;
        let order = desk.order(provider, method).await;
        let message = desk.pay(&order, &[]).await;
        let deliveries = stream::iter(0..DELIVERIES).map(|_| desk.deliver(&order, &message));
        let statuses: Vec<u16> = deliveries
            .buffer_unordered(AT_ONCE)
            .map(|taken| taken.status)
            .collect()
            .await;
        assert!(statuses.contains(&200), "{statuses:?}");
        assert_eq!(desk.balance().await, before + TWENTY, "{provider}");
        assert_eq!(desk.verdicts(&order).await, ["credited"]);
    }
}

#[tokio::test]
async fn different_messages_about_one_payment_are_one_credit() {
    let desk = CashDesk::open().await;
    let order = desk.order("stripe", "card").await;
    let mut messages = Vec::new();
    for what in ["paid", "settled", "paid", "settled"] {
        messages.push(desk.pay(&order, &[("what", what)]).await);
    }
    let deliveries = messages.iter().map(|message| desk.deliver(&order, message));
    for taken in futures_util::future::join_all(deliveries).await {
        assert_eq!(taken.status, 200, "{}", taken.text());
    }
    assert_eq!(desk.balance().await, TWENTY);
    let verdicts = desk.verdicts(&order).await;
    let credited = verdicts.iter().filter(|one| *one == "credited").count();
    assert_eq!((credited, verdicts.len()), (1, 4), "{verdicts:?}");
}

#[tokio::test]
async fn messages_that_come_in_the_wrong_order_never_take_an_order_back() {
    let desk = CashDesk::open().await;
    let order = desk.order("stripe", "card").await;
    let processing = desk.pay(&order, &[("what", "processing")]).await;
    let early = desk
        .pay(&order, &[("what", "failed"), ("truth", "unpaid")])
        .await;
    let paid = desk.pay(&order, &[("what", "settled")]).await;
    let expired = desk
        .pay(&order, &[("what", "expired"), ("truth", "unpaid")])
        .await;
    for (message, status) in [
        (&paid, "paid"),
        (&processing, "paid"),
        (&early, "paid"),
        (&expired, "paid"),
        (&paid, "paid"),
    ] {
        assert_eq!(desk.deliver(&order, message).await.status, 200);
        assert_eq!(desk.shown(&order).await["status"], status);
    }
    assert_eq!(desk.balance().await, TWENTY);
}

#[tokio::test]
async fn a_payment_that_takes_its_time_is_processing_and_then_paid_or_failed() {
    let desk = CashDesk::open().await;
    for (what, status) in [("settled", "paid"), ("failed", "failed")] {
        let order = desk.order("stripe", "card").await;
        let message = desk.pay(&order, &[("what", "processing")]).await;
        assert_eq!(desk.deliver(&order, &message).await.status, 200);
        assert_eq!(desk.shown(&order).await["status"], "processing");
        let message = desk.pay(&order, &[("what", what)]).await;
        assert_eq!(desk.deliver(&order, &message).await.status, 200);
        assert_eq!(desk.shown(&order).await["status"], status);
    }
    assert_eq!(desk.balance().await, TWENTY);
}

#[tokio::test]
async fn a_credit_that_fails_leaves_the_order_unpaid_and_the_next_delivery_does_both() {
    let desk = CashDesk::open().await;
    let order = desk.order("stripe", "card").await;
    let message = desk.pay(&order, &[]).await;
    let trip =
        "CREATE TRIGGER trip BEFORE INSERT ON ledger_postings BEGIN SELECT RAISE(ABORT, 'no'); END";
    desk.app.execute(trip).await;
    assert_eq!(
        desk.deliver(&order, &message).await.status,
        503,
        "to be sent again"
    );
    assert_eq!(
        desk.shown(&order).await["status"],
        "open",
        "no status without the credit"
    );
    desk.app.execute("DROP TRIGGER trip").await;
    assert_eq!(desk.deliver(&order, &message).await.status, 200);
    assert_eq!(desk.shown(&order).await["status"], "paid");
    assert_eq!(desk.balance().await, TWENTY);
}

#[tokio::test]
async fn a_payment_that_pays_another_order_already_is_credited_once() {
    let desk = CashDesk::open().await;
    let (first, second) = (
        desk.order("alipay", "wxpay").await,
        desk.order("alipay", "wxpay").await,
    );
    let message = desk.pay(&first, &[]).await;
    assert_eq!(desk.deliver(&first, &message).await.status, 200);
    // A gateway that gives two orders one number.
    let details = desk.details(&second).await;
    assert_eq!(details["order"]["payment_ref"], json!(null));
    let number = desk.details(&first).await["order"]["payment_ref"].clone();
    let number = number.as_str().unwrap().to_owned();
    let message = desk.pay(&second, &[("trade_no", &number)]).await;
    assert_eq!(desk.deliver(&second, &message).await.status, 200);
    assert_eq!(desk.balance().await, TWENTY);
    assert_eq!(desk.verdicts(&second).await, ["reference_used"]);
}

#[tokio::test]
async fn a_balance_that_cannot_be_as_high_is_not_credited_and_does_not_overflow() {
    let desk = CashDesk::open().await;
    let order = desk.order("stripe", "card").await;
    let top = "INSERT INTO credit_balances (account_id, balance_nanos, escrowed_nanos, changes)
               SELECT account_id, 999999999999999999, 0, 0 FROM payment_orders";
    desk.app.execute(top).await;
    let message = desk.pay(&order, &[]).await;
    assert_eq!(desk.deliver(&order, &message).await.status, 200);
    assert_eq!(desk.balance().await, 999_999_999_999_999_999);
    assert_eq!(desk.verdicts(&order).await, ["balance_full"]);
    assert_eq!(desk.shown(&order).await["status"], "open");
}
