//! Money that goes back: what is unused of the credits goes with it, and no balance is below zero.

use serde_json::json;
use store::ledger::{self, EntryKind, NewEntry};

use super::TWENTY;
use crate::support::cash_desk::{CashDesk, Order};

pub(super) async fn paid(desk: &CashDesk, provider: &str, method: &str) -> Order {
    let order = desk.order(provider, method).await;
    let message = desk.pay(&order, &[]).await;
    assert_eq!(desk.deliver(&order, &message).await.status, 200);
    order
}

/// Has the account use credits, as requests do.
pub(super) async fn spend(desk: &CashDesk, nanos: i64) {
    let entry = NewEntry {
        at_ms: 1,
        kind: EntryKind::Adjustment,
        account_id: desk.account.clone(),
        amount_nanos: -nanos,
        reference: format!("spent:{nanos}"),
        note: "x".to_owned(),
    };
    let mut tx = desk.app.gateway().db.begin().await.unwrap();
    ledger::post(&mut tx, &entry).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_refund_takes_what_is_unused_and_pays_its_share_back() {
    let desk = CashDesk::open().await;
    let order = paid(&desk, "stripe", "card").await;
    spend(&desk, 5_000_000_000).await;
    let refunded = desk
        .act(&order, "refund", json!({ "reason": "asked for" }))
        .await;
    assert_eq!(refunded.status, 200, "{}", refunded.text());
    let details = refunded.json();
    assert_eq!(details["refunds"][0]["status"], "done");
    assert_eq!(details["refunds"][0]["credits_nanos"], 15_000_000_000_i64);
    assert_eq!(details["refunds"][0]["amount_minor"], 1_500);
    assert_eq!(details["order"]["status"], "paid", "a part of it went back");
    assert_eq!(details["order"]["refunded_minor"], 1_500);
    assert_eq!(desk.balance().await, 0);
    // Stripe tells it too, and that is nothing new.
    let told = desk
        .pay(&order, &[("what", "refunded"), ("amount", "1500")])
        .await;
    assert_eq!(desk.deliver(&order, &told).await.status, 200);
    assert_eq!(
        desk.details(&order).await["order"]["taken_back_nanos"],
        15_000_000_000_i64
    );
    let refused = desk
        .act(&order, "refund", json!({ "reason": "again" }))
        .await;
    assert_eq!(
        (refused.status, refused.code()),
        (409, "not_refundable".to_owned())
    );
}

#[tokio::test]
async fn a_whole_refund_of_each_provider_leaves_nothing() {
    let desk = CashDesk::open().await;
    for (provider, method, status) in [
        ("stripe", "card", "done"),
        ("alipay", "wxpay", "by_hand"),
        ("wechat", "wxpay", "done"),
    ] {
        let order = paid(&desk, provider, method).await;
        let part = json!({ "reason": "a part", "credits": "0.01" });
        assert_eq!(desk.act(&order, "refund", part).await.status, 200);
        let refunded = desk.act(&order, "refund", json!({ "reason": "all" })).await;
        let details = refunded.json();
        assert_eq!(details["order"]["status"], "refunded", "{details}");
        assert_eq!(
            details["order"]["refunded_minor"],
            details["order"]["amount_minor"]
        );
        assert_eq!(details["refunds"][0]["status"], status);
        assert_eq!(desk.balance().await, 0, "{provider}");
        // It was paid and is gone: the first message pays nothing any more.
        let message = desk.pay(&order, &[]).await;
        desk.deliver(&order, &message).await;
        assert_eq!(desk.balance().await, 0, "{provider}");
    }
}

#[tokio::test]
async fn a_refund_that_the_provider_refuses_gives_the_credits_back() {
    let desk = CashDesk::open().await;
    let order = paid(&desk, "stripe", "card").await;
    // The money went back already, and nobody said so.
    desk.pay(&order, &[("what", "refunded")]).await;
    let refunded = desk.act(&order, "refund", json!({ "reason": "x" })).await;
    let details = refunded.json();
    assert_eq!(details["refunds"][0]["status"], "failed", "{details}");
    assert_eq!(details["order"]["status"], "paid");
    assert_eq!(details["order"]["refunded_minor"], 0);
    assert_eq!(desk.balance().await, TWENTY);
}

#[tokio::test]
async fn money_that_goes_back_at_the_provider_takes_its_credits_with_it_once() {
    let desk = CashDesk::open().await;
    let order = paid(&desk, "stripe", "card").await;
    let part = desk
        .pay(&order, &[("what", "refunded"), ("amount", "500")])
        .await;
    for _ in 0..3 {
        assert_eq!(desk.deliver(&order, &part).await.status, 200);
        assert_eq!(desk.balance().await, 15_000_000_000);
    }
    let whole = desk.pay(&order, &[("what", "refunded")]).await;
    assert_eq!(desk.deliver(&order, &whole).await.status, 200);
    assert_eq!(desk.deliver(&order, &part).await.status, 200);
    assert_eq!(desk.balance().await, 0);
    assert_eq!(desk.shown(&order).await["status"], "refunded");
}

#[tokio::test]
async fn credits_that_were_spent_before_a_dispute_are_a_loss_that_operators_see() {
    let desk = CashDesk::open().await;
    let order = paid(&desk, "stripe", "card").await;
    spend(&desk, 12_000_000_000).await;
    let dispute = desk.pay(&order, &[("what", "disputed")]).await;
    for _ in 0..2 {
        assert_eq!(desk.deliver(&order, &dispute).await.status, 200);
    }
    assert_eq!(desk.balance().await, 0, "never below");
    let shown = desk.details(&order).await["order"].clone();
    assert_eq!(shown["status"], "disputed");
    assert_eq!(shown["attention"], "disputed");
    assert_eq!(shown["taken_back_nanos"], 8_000_000_000_i64);
    assert_eq!(shown["shortfall_nanos"], 12_000_000_000_i64);
    let findings = ledger::check::run(&desk.app.gateway().db, 0).await.unwrap();
    assert_eq!(findings, []);
}

#[tokio::test]
async fn a_customer_asks_for_a_refund_within_two_weeks_and_once() {
    let desk = CashDesk::open().await;
    let order = paid(&desk, "stripe", "card").await;
    assert_eq!(desk.shown(&order).await["can_request_refund"], true);
    let asked = desk.request_refund(&order).await;
    assert_eq!(asked.status, 201, "{}", asked.text());
    assert_eq!(desk.balance().await, TWENTY, "an operator decides");
    assert_eq!(desk.request_refund(&order).await.code(), "not_refundable");
    let listed = "/api/v1/admin/orders?attention=true";
    let listed = desk.operator.get(listed).await.json();
    assert_eq!(
        listed["data"][0]["refund_request_reason"],
        "I took too much"
    );
    let late = paid(&desk, "stripe", "card").await;
    desk.app
        .gateway()
        .clock
        .advance(std::time::Duration::from_secs(14 * 86_400));
    desk.app.advance(std::time::Duration::from_secs(1)).await;
    let owner = desk
        .app
        .member(&desk.account, store::members::Role::Owner)
        .await;
    let path = format!(
        "/api/v1/accounts/{}/credits/orders/{}/refund-requests",
        desk.account, late.id
    );
    let refused = owner
        .post(&path, json!({ "reason": "x" }).to_string())
        .await;
    assert_eq!(
        (refused.status, refused.code()),
        (409, "not_refundable".to_owned())
    );
}

#[tokio::test]
async fn bought_credits_are_taken_back_by_a_refund_and_not_by_undoing_the_entry() {
    let desk = CashDesk::open().await;
    paid(&desk, "stripe", "card").await;
    let entries = desk
        .operator
        .get("/api/v1/admin/credits/entries")
        .await
        .json();
    let id = entries["data"][0]["id"].as_str().unwrap();
    let path = format!("/api/v1/admin/credits/entries/{id}/undo");
    let refused = desk
        .operator
        .post(&path, json!({ "reason": "x" }).to_string())
        .await;
    assert_eq!(
        (refused.status, refused.code()),
        (409, "not_undoable".to_owned())
    );
}
