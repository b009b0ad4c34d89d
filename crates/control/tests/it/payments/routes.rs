//! The addresses at which something is said to be paid, and those who are let in.

use control::config::PaymentsConfig;
use store::members::Role;

use crate::support::cash_desk::{CashDesk, Message, settings};
use crate::support::{TestApp, TestResponse};

/// The settings with one line of the reference changed.
fn changed(from: &str, to: &str) -> String {
    let text = settings(([127, 0, 0, 1], 9).into());
    assert!(text.contains(from), "{from}");
    text.replace(from, to)
}

fn faults(text: &str) -> Option<String> {
    let table: toml::Table = text.parse().unwrap();
    let mut section = table["payments"].as_table().unwrap().clone();
    for (name, value) in [
        ("order_minutes", toml::Value::from(60)),
        ("refund_days", 14.into()),
        ("balance_max", "100000".into()),
    ] {
        section.insert(name.to_owned(), value);
    }
    let config: PaymentsConfig = toml::Value::Table(section).try_into().unwrap();
    let fault = config.validate(Some("https://yunxin.example")).err()?;
    Some(format!("{fault:#}"))
}

#[tokio::test]
async fn without_its_secret_a_provider_has_no_address_and_sells_nothing() {
    for (from, to, provider) in [
        (
            "webhook_secrets = [\"whsec_the_next_one_0123\", \"whsec_sandbox_0123456789abcdef\"]",
            "",
            "stripe",
        ),
        (
            "webhook_secrets = [\"whsec_the_next_one_0123\", ",
            "webhook_secrets = [\"\", ",
            "stripe",
        ),
        ("secret_key = \"sk_sandbox_0123456789\"", "", "stripe"),
        (
            "merchant_key = \"sandbox-epay-key-0123456789abcdef\"",
            "merchant_key = \"\"",
            "alipay",
        ),
    ] {
        let app = TestApp::builder().config(&changed(from, to)).start().await;
        let path = format!("/payments/{provider}/notify");
        let refused = app.anonymous().post(&path, "{}").await;
        assert_eq!(refused.status, 404, "{provider}: {}", refused.text());
        let caller = app.member(&app.account("free").await, Role::Viewer).await;
        let options = format!(
            "/api/v1/accounts/{}/credits/payment-options",
            caller.account
        );
        let options = caller.get(&options).await.text();
        assert!(
            !options.contains(&format!("\"name\":\"{provider}\"")),
            "{options}"
        );
    }
    let app = TestApp::new().await;
    for path in ["/payments/stripe/notify", "/payments/x/notify"] {
        assert_eq!(app.anonymous().post(path, "{}").await.status, 404);
        assert_eq!(app.anonymous().get(path).await.status, 404);
    }
}

#[test]
fn a_secret_that_can_be_guessed_is_refused_when_the_configuration_is_read() {
    assert_eq!(faults(&settings(([127, 0, 0, 1], 9).into())), None);
    for (from, to) in [
        ("\"whsec_the_next_one_0123\"", "\"whsec_123456789\""),
        ("\"sk_sandbox_0123456789\"", "\"sk_1\""),
        ("\"sandbox-epay-key-0123456789abcdef\"", "\"123456\""),
    ] {
        let fault = faults(&changed(from, to)).unwrap();
        assert!(fault.contains("less than 16 characters"), "{fault}");
    }
}

#[tokio::test]
async fn a_signature_of_somebody_else_is_refused_and_seen() {
    let desk = CashDesk::open().await;
    for (provider, method) in super::SHOPS {
        let order = desk.order(provider, method).await;
        let forged = desk.pay(&order, &[("lie", "signature")]).await;
        let refused = desk.deliver(&order, &forged).await;
        assert_eq!(refused.status, 400, "{}", refused.text());
        assert_ne!(refused.text(), "success");
        desk.assert_uncredited(&order, "bad_signature").await;
    }
    let order = desk.order("stripe", "card").await;
    for lie in ["empty", "old"] {
        let forged = desk.pay(&order, &[("lie", lie)]).await;
        assert_eq!(desk.deliver(&order, &forged).await.status, 400, "{lie}");
        desk.assert_uncredited(&order, "bad_signature").await;
    }
    let unsigned =
        Message(serde_json::json!({ "method": "POST", "query": "", "headers": {}, "body": "{}" }));
    for (provider, _) in super::SHOPS {
        assert_eq!(desk.deliver_to(provider, &unsigned).await.status, 400);
    }
}

#[tokio::test]
async fn forged_messages_fill_no_database() {
    let desk = CashDesk::open().await;
    let order = desk.order("alipay", "wxpay").await;
    let forged = desk.pay(&order, &[("lie", "signature")]).await;
    for _ in 0..15 {
        assert_eq!(desk.deliver(&order, &forged).await.status, 400);
    }
    assert_eq!(desk.verdicts(&order).await.len(), 10);
}

#[tokio::test]
async fn a_body_is_not_read_beyond_what_a_message_can_be() {
    let desk = CashDesk::open().await;
    let long = "a".repeat(64 * 1024 + 1);
    for (provider, _) in super::SHOPS {
        let path = format!("/payments/{provider}/notify");
        let refused = desk.app.anonymous().post(&path, long.clone()).await;
        assert_eq!(refused.status, 413, "{provider}");
    }
}

#[tokio::test]
async fn each_protocol_gets_its_methods_and_its_words() {
    let desk = CashDesk::open().await;
    let get = desk.app.anonymous().get("/payments/stripe/notify").await;
    assert_eq!(get.status, 405);
    let put = |path: &'static str| {
        let caller = desk.app.anonymous();
        async move {
            let response: TestResponse =
                caller.open(http::Method::PUT, path, "").await.whole().await;
            response.status
        }
    };
    assert_eq!(put("/payments/alipay/notify").await, 405);
    for (provider, method) in [("alipay", "wxpay"), ("wechat", "wxpay")] {
        for how in ["GET", "POST"] {
            let order = desk.order(provider, method).await;
            let message = desk.pay(&order, &[("method", how)]).await;
            let taken = desk.deliver(&order, &message).await;
            assert_eq!((taken.status, taken.text()), (200, "success".to_owned()));
            let kind = taken.header("content-type").unwrap();
            assert!(kind.starts_with("text/plain"), "{kind}");
            assert_eq!(desk.shown(&order).await["status"], "paid");
        }
    }
}

#[tokio::test]
async fn two_values_of_one_parameter_are_no_message() {
    let desk = CashDesk::open().await;
    let order = desk.order("alipay", "wxpay").await;
    let Message(mut message) = desk.pay(&order, &[]).await;
    let query = format!("money=146.00&{}", message["query"].as_str().unwrap());
    message["query"] = query.into();
    assert_eq!(desk.deliver(&order, &Message(message)).await.status, 400);
    assert_eq!(desk.balance().await, 0);
}

#[tokio::test]
async fn the_page_that_a_buyer_comes_back_to_believes_nothing() {
    let desk = CashDesk::open().await;
    let order = desk.order("alipay", "wxpay").await;
    let message = desk.pay(&order, &[("truth", "unpaid")]).await;
    let query = message.0["query"].as_str().unwrap();
    let back = format!("/payments/return/{}/{}?{query}", desk.account, order.id);
    let sent = desk.app.anonymous().get(&back).await;
    assert_eq!(sent.status, 303);
    let page = format!(
        "https://yunxin.example/a/{}/billing?order={}",
        desk.account, order.id
    );
    assert_eq!(sent.header("location"), Some(page.as_str()));
    assert_eq!(desk.balance().await, 0);
    assert_eq!(desk.shown(&order).await["status"], "open");
    for elsewhere in [
        "/payments/return/..%2f/x",
        "/payments/return/a%0d/x",
        "/payments/return/evil.example/x",
    ] {
        assert_eq!(desk.app.anonymous().get(elsewhere).await.status, 404);
    }
}

#[tokio::test]
async fn nobody_marks_an_order_as_paid() {
    let desk = CashDesk::open().await;
    let order = desk.order("stripe", "card").await;
    for action in ["paid", "complete", "credit", "mark-paid"] {
        let refused = desk.act(&order, action, serde_json::json!({})).await;
        assert_eq!(refused.status, 404, "{action}");
    }
    let asked = desk.act(&order, "check", serde_json::json!({})).await;
    assert_eq!(asked.status, 200, "{}", asked.text());
    assert_eq!(asked.json()["order"]["status"], "open");
    assert_eq!(desk.verdicts(&order).await, ["not_paid"], "asking is kept");
    assert_eq!(
        desk.buyer
            .post(&format!("/api/v1/admin/orders/{}/check", order.id), "")
            .await
            .status,
        403
    );
}
