//! Every way in which a payment does not fit its order.

use store::PaymentOrderId;
use store::payments::{OrderStatus, PaymentOrder, Verdict};

use super::super::facts::{Facts, OrderName, PaymentState};
use super::judge;

fn order(status: OrderStatus) -> PaymentOrder {
    PaymentOrder {
        id: PaymentOrderId::from("ord_1"),
        account_id: "acct_1".into(),
        provider: "alipay".to_owned(),
        method: "wxpay".to_owned(),
        currency: "CNY".to_owned(),
        amount_minor: 14_600,
        credits_nanos: 20_000_000_000,
        created_by: String::new(),
        created_at_ms: 0,
        expires_at_ms: 1,
        status,
        checkout_ref: None,
        checkout_url: None,
        payment_ref: (!status.is_open()).then(|| "pay_1".to_owned()),
        paid_at_ms: None,
        refunded_minor: 0,
        taken_back_nanos: 0,
        shortfall_nanos: 0,
        refund_requested_at_ms: None,
        refund_request_reason: String::new(),
        attention: None,
        asked_at_ms: None,
        ask_at_ms: None,
    }
}

fn paid() -> Facts {
    Facts {
        payment_ref: Some("pay_1".to_owned()),
        amount_minor: Some(14_600),
        currency: Some("CNY".to_owned()),
        method: Some("wxpay".to_owned()),
        account_id: Some("acct_1".to_owned()),
        ..Facts::of(OrderName::Id("ord_1".to_owned()), PaymentState::Paid)
    }
}

fn verdict(status: OrderStatus, change: impl FnOnce(&mut Facts)) -> Verdict {
    let mut facts = paid();
    change(&mut facts);
    judge(&order(status), &facts).verdict
}

#[test]
fn only_a_payment_that_fits_the_whole_order_is_credited() {
    let open = OrderStatus::Open;
    assert_eq!(verdict(open, |_| {}), Verdict::Credited);
    assert_eq!(verdict(OrderStatus::Processing, |_| {}), Verdict::Credited);
    for amount in [0, 1, 180, 14_599, 14_601, -14_600, i64::MAX] {
        let wrong = verdict(open, |facts| facts.amount_minor = Some(amount));
        assert_eq!(wrong, Verdict::WrongAmount, "{amount}");
    }
    let currency = verdict(open, |facts| facts.currency = Some("VND".to_owned()));
    assert_eq!(currency, Verdict::WrongCurrency);
    let method = verdict(open, |facts| facts.method = Some("alipay".to_owned()));
    assert_eq!(method, Verdict::WrongMethod);
    let account = verdict(open, |facts| facts.account_id = Some("acct_2".to_owned()));
    assert_eq!(account, Verdict::WrongAccount);
    let merchant = verdict(open, |facts| facts.is_other_merchant = true);
    assert_eq!(merchant, Verdict::WrongMerchant);
}

#[test]
fn what_is_not_said_is_not_taken_for_granted() {
    let open = OrderStatus::Open;
    let none = verdict(open, |facts| facts.amount_minor = None);
    assert_eq!(none, Verdict::NotConfirmed);
    let none = verdict(open, |facts| facts.currency = None);
    assert_eq!(none, Verdict::NotConfirmed);
    let none = verdict(open, |facts| facts.payment_ref = None);
    assert_eq!(none, Verdict::NotConfirmed);
    let back = verdict(open, |facts| facts.refunded_minor = 1);
    assert_eq!(back, Verdict::Refunded);
    let back = verdict(open, |facts| facts.is_disputed = true);
    assert_eq!(back, Verdict::Disputed);
}

#[test]
fn an_order_that_ended_is_never_credited() {
    assert_eq!(verdict(OrderStatus::Expired, |_| {}), Verdict::Late);
    assert_eq!(verdict(OrderStatus::Failed, |_| {}), Verdict::Late);
    for status in [
        OrderStatus::Paid,
        OrderStatus::Refunded,
        OrderStatus::Disputed,
    ] {
        assert_eq!(verdict(status, |_| {}), Verdict::Repeated);
        let other = verdict(status, |facts| facts.payment_ref = Some("pay_2".to_owned()));
        assert_eq!(other, Verdict::PaidTwice);
    }
    let back = verdict(OrderStatus::Paid, |facts| facts.refunded_minor = 1);
    assert_eq!(back, Verdict::Refunded);
    let back = verdict(OrderStatus::Paid, |facts| facts.is_disputed = true);
    assert_eq!(back, Verdict::Disputed);
    let again = verdict(OrderStatus::Disputed, |facts| facts.is_disputed = true);
    assert_eq!(again, Verdict::Repeated);
}
