//! The objects of Stripe's API, as far as they are needed. Fields that are unknown are ignored.

use serde::Deserialize;
use serde_json::Value;

use super::super::facts::{Facts, OrderName, PaymentState};

/// Beginning of the ids that we give orders: other sessions of the account are none of ours.
const ORDER_PREFIX: &str = "ord_";

/// An event.
#[derive(Debug, Deserialize)]
pub(super) struct Event {
    pub(super) id: String,
    #[serde(rename = "type")]
    kind: String,
    data: EventData,
}

#[derive(Debug, Deserialize)]
struct EventData {
    object: Value,
}

/// A session of Checkout.
#[derive(Debug, Deserialize)]
pub(super) struct Session {
    pub(super) id: String,
    pub(super) url: Option<String>,
    client_reference_id: Option<String>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    payment_status: Option<String>,
    #[serde(default)]
    amount_total: Option<i64>,
    #[serde(default)]
    currency: Option<String>,
    #[serde(default)]
    payment_method_types: Vec<String>,
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    payment_intent: Option<PaymentIntent>,
}

#[derive(Debug, Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    account_id: Option<String>,
}

/// A payment: by its id, or whole where it was asked for so.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum PaymentIntent {
    Id(String),
    Whole(WholePayment),
}

#[derive(Debug, Deserialize)]
struct WholePayment {
    id: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    latest_charge: Option<Charge>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Charge {
    Id(#[expect(dead_code, reason = "tells the form that says nothing more")] String),
    Whole(WholeCharge),
}

#[derive(Debug, Deserialize)]
struct WholeCharge {
    #[serde(default)]
    amount_refunded: i64,
    #[serde(default)]
    disputed: bool,
}

/// The part of a charge or a dispute that names its payment.
#[derive(Debug, Deserialize)]
struct OfPayment {
    payment_intent: Option<String>,
}

/// A refund.
#[derive(Debug, Deserialize)]
pub(super) struct Refund {
    pub(super) id: String,
    #[serde(default)]
    status: String,
}

impl Refund {
    pub(super) fn has_failed(&self) -> bool {
        matches!(self.status.as_str(), "failed" | "canceled")
    }
}

impl Event {
    /// The facts that it claims; `None` if it is of another kind, or of nothing of ours.
    pub(super) fn claims(&self) -> Option<Facts> {
        match self.kind.as_str() {
            "checkout.session.completed"
            | "checkout.session.async_payment_succeeded"
            | "checkout.session.expired" => self.session_facts(),
            "checkout.session.async_payment_failed" => {
                let facts = self.session_facts()?;
                Some(Facts {
                    state: PaymentState::Failed,
                    ..facts
                })
            }
            "charge.refunded"
            | "charge.refund.updated"
            | "charge.dispute.created"
            | "charge.dispute.closed" => {
                let of = OfPayment::deserialize(&self.data.object).ok()?;
                let order = OrderName::Payment(of.payment_intent?);
                Some(Facts::of(order, PaymentState::Paid))
            }
            _ => None,
        }
    }

    fn session_facts(&self) -> Option<Facts> {
        let session = Session::deserialize(&self.data.object).ok()?;
        let is_ours = session
            .client_reference_id
            .as_deref()
            .is_some_and(|id| id.starts_with(ORDER_PREFIX));
        is_ours.then(|| session.facts())
    }
}

impl Session {
    /// The facts of it.
    pub(super) fn facts(self) -> Facts {
        let state = self.state();
        let id = self.client_reference_id.unwrap_or_default();
        let mut facts = Facts::of(OrderName::Id(id), state);
        facts.amount_minor = self.amount_total;
        facts.currency = self.currency.map(|text| text.to_ascii_uppercase());
        facts.account_id = self.metadata.account_id;
        // Of several it is not said which one was used.
        if let [method] = self.payment_method_types.as_slice() {
            facts.method = Some(method.clone());
        }
        match self.payment_intent {
            Some(PaymentIntent::Id(id)) => facts.payment_ref = Some(id),
            Some(PaymentIntent::Whole(payment)) => {
                facts.payment_ref = Some(payment.id);
                if let Some(Charge::Whole(charge)) = payment.latest_charge {
                    facts.refunded_minor = charge.amount_refunded;
                    facts.is_disputed = charge.disputed;
                }
            }
            None => {}
        }
        facts
    }

    fn state(&self) -> PaymentState {
        let payment = match &self.payment_intent {
            Some(PaymentIntent::Whole(payment)) => payment.status.as_str(),
            _ => "",
        };
        match (self.status.as_deref(), self.payment_status.as_deref()) {
            (_, Some("paid")) => PaymentState::Paid,
            (Some("expired"), _) => PaymentState::Expired,
            (Some("complete"), _) if matches!(payment, "requires_payment_method" | "canceled") => {
                PaymentState::Failed
            }
            (Some("complete"), _) => PaymentState::Processing,
            _ => PaymentState::NotPaid,
        }
    }
}
