//! Paying: every way in which credits were got for nothing elsewhere, through the door that the world has.

mod invoices;
mod refunds;
mod routes;
mod settling;
mod truth;

use store::members::Role;

use crate::support::cash_desk::CashDesk;

/// Nano-dollars of the orders here.
const TWENTY: i64 = 20_000_000_000;

/// The providers, with a method of each.
const SHOPS: [(&str, &str); 3] = [("stripe", "card"), ("alipay", "wxpay"), ("wechat", "wxpay")];

#[tokio::test]
async fn an_order_is_paid_at_its_provider_and_its_credits_are_there() {
    let desk = CashDesk::open().await;
    for (index, (provider, method)) in SHOPS.into_iter().enumerate() {
        let order = desk.order(provider, method).await;
        let message = desk.pay(&order, &[]).await;
        let before = TWENTY * i64::try_from(index).unwrap();
        assert_eq!(
            desk.balance().await,
            before,
            "paid there is not credited here"
        );
        let taken = desk.deliver(&order, &message).await;
        assert_eq!(taken.status, 200, "{provider}: {}", taken.text());
        if provider != "stripe" {
            assert_eq!(taken.text(), "success");
        }
        assert_eq!(desk.balance().await, before + TWENTY, "{provider}");
        let shown = desk.shown(&order).await;
        assert_eq!(shown["status"], "paid");
        assert!(
            shown["paid_at"].is_string() && shown["url"].is_null(),
            "{shown}"
        );
        assert_eq!(desk.verdicts(&order).await, ["credited"]);
    }
    let entries = format!(
        "/api/v1/accounts/{}/credits/entries?kind=payment",
        desk.account
    );
    let entries = desk.buyer.get(&entries).await.json();
    assert_eq!(entries["data"].as_array().unwrap().len(), SHOPS.len());
    assert_eq!(entries["data"][0]["amount_nanos"], TWENTY);
}

#[tokio::test]
async fn an_order_is_bound_to_what_is_offered_and_to_who_asks() {
    let desk = CashDesk::open().await;
    let options = format!("/api/v1/accounts/{}/credits/payment-options", desk.account);
    let options = desk.buyer.get(&options).await.json();
    let names: Vec<&str> = options["providers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["stripe", "alipay", "wechat"]);
    assert_eq!(options["providers"][0]["amounts"][1]["amount_minor"], 2_000);
    for (provider, method, credits, param) in [
        ("paypal", "card", "20", "provider"),
        ("stripe", "wxpay", "20", "method"),
        ("stripe", "card", "4.99", "credits"),
        ("stripe", "card", "1000.01", "credits"),
        ("stripe", "card", "-20", "credits"),
        ("stripe", "card", "1e3", "credits"),
        ("stripe", "card", "", "credits"),
    ] {
        let refused = desk.try_order(provider, method, credits).await;
        assert_eq!(refused.status, 422, "{}", refused.text());
        assert_eq!(refused.json()["error"]["param"], param);
    }
    let made = desk.try_order("alipay", "wxpay", "12.345").await.json();
    assert_eq!(made["amount_minor"], 9_012, "rounded up to the minor unit");
    assert_eq!(made["credits_nanos"], 12_345_000_000_i64);
    let account = desk.app.account("free").await;
    let stranger = desk.app.member(&account, Role::Owner).await;
    let theirs = format!(
        "/api/v1/accounts/{}/credits/orders/{}",
        stranger.account,
        made["id"].as_str().unwrap()
    );
    assert_eq!(stranger.get(&theirs).await.status, 404);
}

#[tokio::test]
async fn orders_that_nobody_pays_are_few_and_a_balance_has_a_top() {
    let desk = CashDesk::open_with(|builder| builder.set("payments.balance_max", "5000")).await;
    let refused = desk.try_order("alipay", "wxpay", "5000").await;
    assert_eq!(refused.status, 201, "{}", refused.text());
    let grant = format!("/api/v1/admin/accounts/{}/credits", desk.account);
    let body = serde_json::json!({ "amount": "0.01", "reason": "x" }).to_string();
    assert_eq!(desk.operator.post(&grant, body).await.status, 201);
    let refused = desk.try_order("alipay", "wxpay", "5000").await;
    assert_eq!(
        (refused.status, refused.code()),
        (409, "balance_too_high".to_owned())
    );
    for _ in 1..20 {
        assert_eq!(desk.try_order("alipay", "wxpay", "20").await.status, 201);
    }
    let refused = desk.try_order("alipay", "wxpay", "20").await;
    assert_eq!(
        (refused.status, refused.code()),
        (409, "too_many_open_orders".to_owned())
    );
}
