//! Orders in JSON: what their buyers see, and what operators see besides.

use serde::Serialize;
use store::payments::{OrderStatus, PaymentEvent, PaymentOrder, PaymentRefund};
use utoipa::ToSchema;

use crate::api::time::Time;
use crate::commands::can_request_refund;
use crate::payments::exponent_of;
use crate::state::Control;

/// An order of credits at a payment provider.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrderResponse {
    id: String,
    account_id: String,
    /// The name of the provider.
    provider: String,
    /// The label of the provider, for people.
    label: String,
    /// `card`, `alipay`, `wxpay`: as the provider calls it.
    method: String,
    currency: String,
    /// The decimals of the currency.
    currency_exponent: u32,
    /// The price, in the minor unit of the currency.
    amount_minor: i64,
    credits_nanos: i64,
    /// `open`, `processing`, `paid`, `expired`, `failed`, `refunded` or `disputed`.
    #[schema(value_type = crate::api::document_words::OrderStatusName)]
    status: &'static str,
    /// The page on which it is paid, while it is open.
    url: Option<String>,
    created_by: String,
    created_at: Time,
    expires_at: Time,
    paid_at: Option<Time>,
    /// The money that went back.
    refunded_minor: i64,
    /// The credits that went with it.
    taken_back_nanos: i64,
    refund_requested_at: Option<Time>,
    refund_request_reason: String,
    /// True if a refund of what is unused can be asked for.
    can_request_refund: bool,
}

/// An order as operators see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OperatorOrderResponse {
    #[serde(flatten)]
    order: OrderResponse,
    account_name: String,
    /// The provider's id of the payment.
    payment_ref: Option<String>,
    /// The verdict for which it should be looked at.
    attention: Option<&'static str>,
    /// Credits that should have come back with money that did, and were spent.
    shortfall_nanos: i64,
}

/// A message of a payment provider, or its answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PaymentEventResponse {
    id: String,
    at: Time,
    /// `notify`, `query` or `refund`.
    source: &'static str,
    order_id: Option<String>,
    provider: String,
    /// The decision on it: `credited`, `repeated`, `wrong_amount`, …
    verdict: &'static str,
    needs_attention: bool,
    /// The reason, in words.
    detail: String,
    /// The text as it came.
    raw: String,
}

/// A refund of an order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PaymentRefundResponse {
    id: String,
    at: Time,
    amount_minor: i64,
    credits_nanos: i64,
    /// `pending`, `done`, `failed` or `by_hand`.
    status: &'static str,
    reason: String,
    by: String,
}

/// An order with all that was said and done about it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrderDetailsResponse {
    order: OperatorOrderResponse,
    events: Vec<PaymentEventResponse>,
    refunds: Vec<PaymentRefundResponse>,
    can_refund: bool,
}

impl OrderResponse {
    pub(in crate::api) fn of(app: &Control, order: PaymentOrder) -> Self {
        let is_open = order.status == OrderStatus::Open;
        Self {
            can_request_refund: can_request_refund(&app.payments, &order, app.clock.now_ms()),
            label: app.payments.label_of(&order).to_owned(),
            currency_exponent: exponent_of(&order.currency),
            id: order.id.to_string(),
            account_id: order.account_id.to_string(),
            provider: order.provider,
            method: order.method,
            currency: order.currency,
            amount_minor: order.amount_minor,
            credits_nanos: order.credits_nanos,
            status: order.status.as_str(),
            url: order.checkout_url.filter(|_| is_open),
            created_by: order.created_by,
            created_at: Time(order.created_at_ms),
            expires_at: Time(order.expires_at_ms),
            paid_at: order.paid_at_ms.map(Time),
            refunded_minor: order.refunded_minor,
            taken_back_nanos: order.taken_back_nanos,
            refund_requested_at: order.refund_requested_at_ms.map(Time),
            refund_request_reason: order.refund_request_reason,
        }
    }
}

impl OperatorOrderResponse {
    pub(in crate::api) fn of(app: &Control, (order, name): (PaymentOrder, String)) -> Self {
        Self {
            account_name: name,
            payment_ref: order.payment_ref.clone(),
            attention: order.attention.map(|verdict| verdict.as_str()),
            shortfall_nanos: order.shortfall_nanos,
            order: OrderResponse::of(app, order),
        }
    }
}

impl PaymentEventResponse {
    pub(in crate::api) fn of(event: PaymentEvent) -> Self {
        Self {
            id: event.id.to_string(),
            at: Time(event.at_ms),
            source: event.source.as_str(),
            order_id: event.order_id.map(|id| id.to_string()),
            provider: event.provider,
            verdict: event.verdict.as_str(),
            needs_attention: event.needs_attention,
            detail: event.detail,
            raw: event.raw,
        }
    }
}

impl PaymentRefundResponse {
    fn of(refund: PaymentRefund) -> Self {
        Self {
            id: refund.id.to_string(),
            at: Time(refund.at_ms),
            amount_minor: refund.amount_minor,
            credits_nanos: refund.credits_nanos,
            status: refund.status.as_str(),
            reason: refund.reason,
            by: refund.made_by,
        }
    }
}

impl OrderDetailsResponse {
    pub(in crate::api) fn of(
        app: &Control,
        order: (PaymentOrder, String),
        events: Vec<PaymentEvent>,
        refunds: Vec<PaymentRefund>,
    ) -> Self {
        Self {
            can_refund: order.0.status == OrderStatus::Paid && order.0.credits_left_nanos() > 0,
            order: OperatorOrderResponse::of(app, order),
            events: events.into_iter().map(PaymentEventResponse::of).collect(),
            refunds: refunds.into_iter().map(PaymentRefundResponse::of).collect(),
        }
    }
}
