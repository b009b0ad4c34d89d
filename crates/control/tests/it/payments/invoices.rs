//! Invoices of paid orders and credit notes of refunds: numbered without gaps, never changed, and legible.

use serde_json::{Value, json};
use sqlx::Executor;
use store::members::Role;

use super::refunds::{paid, spend};
use crate::support::cash_desk::CashDesk;

async fn desk() -> CashDesk {
    CashDesk::open_with(|builder| {
        builder
            .set("invoices.seller_name", "云信科技有限公司")
            .set("invoices.seller_address", "世纪大道 100 号\n上海")
            .set("invoices.seller_tax_id", "91310000MA1FL0XX0X")
            .set("invoices.note", "Reverse charge applies.")
    })
    .await
}

async fn invoices(desk: &CashDesk) -> Vec<Value> {
    let path = format!("/api/v1/accounts/{}/credits/invoices", desk.account);
    let listed = desk.buyer.get(&path).await.json();
    listed["data"].as_array().unwrap().clone()
}

fn numbers(invoices: &[Value]) -> Vec<&str> {
    let numbers = invoices.iter().map(|one| one["number"].as_str().unwrap());
    numbers.collect()
}

#[tokio::test]
async fn a_paid_order_gets_one_invoice_however_often_it_is_told() {
    let desk = desk().await;
    let order = desk.order("stripe", "card").await;
    assert!(invoices(&desk).await.is_empty(), "nothing is paid yet");
    let message = desk.pay(&order, &[]).await;
    for _ in 0..3 {
        assert_eq!(desk.deliver(&order, &message).await.status, 200);
    }
    let listed = invoices(&desk).await;
    assert_eq!(numbers(&listed), ["INV-000001"]);
    let invoice = &listed[0];
    assert_eq!(invoice["kind"], "invoice");
    assert_eq!(invoice["order_id"], order.id.as_str());
    assert_eq!(
        (&invoice["amount_minor"], &invoice["currency"]),
        (&json!(2_000), &json!("USD"))
    );
    assert_eq!(invoice["seller"]["name"], "云信科技有限公司");
    assert_eq!(invoice["buyer"]["name"], "dev@example.com");
}

#[tokio::test]
async fn a_refund_gets_a_credit_note_that_names_what_it_corrects() {
    let desk = desk().await;
    let order = paid(&desk, "stripe", "card").await;
    spend(&desk, 5_000_000_000).await;
    let refund = json!({ "reason": "asked for" });
    assert_eq!(desk.act(&order, "refund", refund).await.status, 200);
    // The provider tells it too, and that is nothing new.
    let told = [("what", "refunded"), ("amount", "1500")];
    let told = desk.pay(&order, &told).await;
    assert_eq!(desk.deliver(&order, &told).await.status, 200);
    let listed = invoices(&desk).await;
    assert_eq!(numbers(&listed), ["CN-000001", "INV-000001"]);
    let note = &listed[0];
    assert_eq!(note["kind"], "credit_note");
    assert_eq!(note["corrects"], "INV-000001");
    assert_eq!(note["amount_minor"], 1_500);
    assert_eq!(note["credits_nanos"], 15_000_000_000_i64);
}

#[tokio::test]
async fn money_that_goes_back_at_the_provider_gets_a_credit_note_for_each_part() {
    let desk = desk().await;
    let order = paid(&desk, "stripe", "card").await;
    for (amount, notes) in [("500", 1), ("500", 1), ("2000", 2)] {
        let told = [("what", "refunded"), ("amount", amount)];
        let told = desk.pay(&order, &told).await;
        assert_eq!(desk.deliver(&order, &told).await.status, 200);
        assert_eq!(invoices(&desk).await.len(), 1 + notes, "{amount}");
    }
    let listed = invoices(&desk).await;
    assert_eq!(listed[0]["amount_minor"], 1_500);
    assert_eq!(listed[1]["amount_minor"], 500);
}

#[tokio::test]
async fn numbers_have_no_gaps_when_many_orders_are_paid_at_once() {
    let desk = desk().await;
    let mut orders = vec![];
    for _ in 0..8 {
        let order = desk.order("stripe", "card").await;
        let message = desk.pay(&order, &[]).await;
        orders.push((order, message));
    }
    let deliveries = orders
        .iter()
        .flat_map(|(order, message)| [desk.deliver(order, message), desk.deliver(order, message)]);
    futures_util::future::join_all(deliveries).await;
    let mut listed: Vec<String> = invoices(&desk)
        .await
        .iter()
        .map(|one| one["number"].as_str().unwrap().to_owned())
        .collect();
    listed.sort();
    let expected: Vec<String> = (1..=8).map(|number| format!("INV-{number:06}")).collect();
    assert_eq!(listed, expected);
}

#[tokio::test]
async fn what_was_issued_stays_when_the_details_of_the_buyer_change() {
    let desk = desk().await;
    let path = format!("/api/v1/accounts/{}/credits/billing-details", desk.account);
    let details =
        json!({ "name": "陈氏贸易", "address": "1 Main Street\nSpringfield", "tax_id": "DE123" });
    let written = desk.buyer.patch(&path, details.to_string()).await;
    assert_eq!((written.status, written.json()), (200, details.clone()));
    paid(&desk, "stripe", "card").await;
    let moved = desk
        .buyer
        .patch(&path, r#"{"address":"2 Side Street"}"#)
        .await;
    assert_eq!(moved.json()["name"], "陈氏贸易", "what is left out stays");
    paid(&desk, "stripe", "card").await;
    let listed = invoices(&desk).await;
    assert_eq!(listed[1]["buyer"], details);
    assert_eq!(listed[0]["buyer"]["address"], "2 Side Street");
    let mut database = desk.app.sql().await;
    for sql in [
        "UPDATE invoices SET amount_minor = 1",
        "DELETE FROM invoices",
    ] {
        let refused = database.execute(sql).await.unwrap_err();
        let words = "stays as it was issued";
        assert!(refused.to_string().contains(words), "{refused}");
    }
}

#[tokio::test]
async fn documents_are_for_the_account_and_for_operators() {
    let desk = desk().await;
    paid(&desk, "alipay", "wxpay").await;
    let id = invoices(&desk).await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/accounts/{}/credits/invoices/{id}", desk.account);
    let pdf = desk
        .buyer
        .get(&format!("{path}/document?language=zh-CN"))
        .await;
    assert_eq!(pdf.status, 200);
    assert_eq!(pdf.header("content-type"), Some("application/pdf"));
    assert_eq!(
        pdf.header("content-disposition"),
        Some("attachment; filename=\"INV-000001.pdf\"")
    );
    assert!(pdf.body.starts_with(b"%PDF-"));
    let page = desk
        .buyer
        .get(&format!("{path}/document?format=html"))
        .await;
    for text in [
        "INV-000001",
        "146.00 CNY",
        "云信科技有限公司",
        "Reverse charge applies.",
    ] {
        assert!(page.text().contains(text), "{text} of {}", page.text());
    }
    assert!(
        page.header("content-security-policy")
            .unwrap()
            .contains("default-src 'none'")
    );
    let wrong = desk
        .buyer
        .get(&format!("{path}/document?format=docx"))
        .await;
    assert_eq!(wrong.status, 400);

    let of_operator = format!("/api/v1/admin/invoices/{id}/document");
    assert_eq!(desk.operator.get(&of_operator).await.status, 200);
    let found = desk
        .operator
        .get("/api/v1/admin/invoices?query=INV-000001")
        .await
        .json();
    assert_eq!(found["data"][0]["id"], id.as_str());
    let other = desk.app.account("free").await;
    let stranger = desk.app.member(&other, Role::Owner).await;
    let theirs = format!("/api/v1/accounts/{other}/credits/invoices/{id}/document");
    assert_eq!(stranger.get(&theirs).await.status, 404);
    assert_eq!(stranger.get(&of_operator).await.status, 403);
}

#[tokio::test]
async fn the_table_is_in_dollars_and_can_be_summed() {
    let desk = desk().await;
    let order = paid(&desk, "stripe", "card").await;
    let refund = json!({ "reason": "x", "credits": "2.50" });
    assert_eq!(desk.act(&order, "refund", refund).await.status, 200);
    let path = format!("/api/v1/accounts/{}/credits/invoices.csv", desk.account);
    let table = desk.buyer.get(&path).await;
    let text = table.text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(
        lines[1].starts_with("CN-000001,credit_note,"),
        "{}",
        lines[1]
    );
    assert!(
        lines[1].ends_with(",INV-000001,-2.5,-2.50,USD"),
        "{}",
        lines[1]
    );
    assert!(lines[2].ends_with(",,20,20.00,USD"), "{}", lines[2]);
    let of_operator = desk.operator.get("/api/v1/admin/invoices.csv").await;
    assert_eq!(of_operator.text(), text);
}

#[tokio::test]
async fn without_a_seller_there_are_no_invoices() {
    let desk = CashDesk::open().await;
    let order = paid(&desk, "stripe", "card").await;
    let refund = json!({ "reason": "x" });
    assert_eq!(desk.act(&order, "refund", refund).await.status, 200);
    assert!(invoices(&desk).await.is_empty());
}

#[tokio::test]
async fn billing_details_are_bounded_and_written_by_admins() {
    let desk = desk().await;
    let path = format!("/api/v1/accounts/{}/credits/billing-details", desk.account);
    for (wrong, field) in [
        (json!({ "name": "x".repeat(201) }), "name"),
        (json!({ "name": "a\nb" }), "name"),
        (json!({ "address": "x\n".repeat(11) + "y" }), "address"),
        (json!({ "address": "x".repeat(501) }), "address"),
        (json!({ "tax_id": "x".repeat(51) }), "tax_id"),
        (json!({ "name": "a\u{202e}b" }), "name"),
    ] {
        let refused = desk.buyer.patch(&path, wrong.to_string()).await;
        assert_eq!(refused.status, 422, "{wrong}");
        assert_eq!(refused.json()["error"]["param"], field, "{wrong}");
    }
    let member = desk.app.member(&desk.account, Role::Member).await;
    assert_eq!(member.patch(&path, r#"{"name":"x"}"#).await.status, 403);
}
