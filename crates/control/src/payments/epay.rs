//! epay (易支付), the protocol of the gateways for Alipay and WeChat: v1 signs with MD5 and a shared key, v2 with RSA.

mod pairs;
mod rsa;
mod v1;
mod v2;

pub(super) use v1::EpayV1;
pub(super) use v2::EpayV2;

use aws_lc_rs::digest::{SHA256, digest};
use http::StatusCode;
use store::payments::PaymentOrder;

use super::facts::{Facts, OrderName, PaymentState};
use super::money::{decimal, exponent_of, parse_minor};
use super::provider::{Checkout, Reply};
use pairs::Pairs;

const PLAIN: &str = "text/plain; charset=utf-8";
const PAID: &str = "TRADE_SUCCESS";

/// The response that stops a gateway from sending a message again: these letters and nothing else.
const TAKEN: Reply = Reply {
    status: StatusCode::OK,
    content_type: PLAIN,
    body: "success",
};

fn not_taken(is_our_fault: bool) -> Reply {
    let status = if is_our_fault {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::BAD_REQUEST
    };
    Reply {
        status,
        content_type: PLAIN,
        body: "fail",
    }
}

/// The parameters of a payment's page, before they are signed.
fn page(merchant_id: &str, checkout: Checkout<'_>) -> Pairs {
    let order = checkout.order;
    let (id, account, name) = (&order.id, &order.account_id, &order.provider);
    let base = checkout.public_url;
    let mut pairs = Pairs::default();
    pairs.push("pid", merchant_id);
    pairs.push("type", &order.method);
    pairs.push("out_trade_no", id.as_str());
    pairs.push("notify_url", &format!("{base}/payments/{name}/notify"));
    pairs.push(
        "return_url",
        &format!("{base}/payments/return/{account}/{id}"),
    );
    pairs.push("name", checkout.title);
    pairs.push("money", &money_of(order));
    pairs.push("param", account.as_str());
    pairs
}

fn money_of(order: &PaymentOrder) -> String {
    decimal(order.amount_minor, exponent_of(&order.currency))
}

/// The facts of a message that was signed.
fn facts_of(pairs: &Pairs, merchant_id: &str, currency: &str) -> Facts {
    let state = if pairs.get("trade_status") == Some(PAID) {
        PaymentState::Paid
    } else {
        PaymentState::NotPaid
    };
    let text = |name: &str| pairs.get(name).map(str::to_owned);
    let mut facts = Facts::of(
        OrderName::Id(text("out_trade_no").unwrap_or_default()),
        state,
    );
    facts.payment_ref = text("trade_no");
    // What is no amount is none of this order's.
    let money = pairs.get("money");
    facts.amount_minor = money.map(|text| parse_minor(text, exponent_of(currency)).unwrap_or(0));
    // The protocol has one currency, that of the merchant.
    facts.currency = Some(currency.to_owned());
    facts.method = text("type");
    facts.account_id = text("param");
    facts.is_other_merchant = pairs.get("pid") != Some(merchant_id);
    facts
}

/// A digest by which a message is known when it comes again, with whatever time and signature.
fn digest_of(pairs: &Pairs) -> String {
    let digest = digest(&SHA256, pairs.without_time().signed_text().as_bytes());
    digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
