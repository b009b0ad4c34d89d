//! Facts: what a provider says of an order, whichever its protocol is.

/// The state of a payment, as the provider tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PaymentState {
    NotPaid,
    /// The buyer has done their part; the money comes later or not at all.
    Processing,
    Paid,
    Failed,
    Expired,
}

/// The way in which a provider names an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OrderName {
    /// By the id that we gave it.
    Id(String),
    /// By the payment that paid it.
    Payment(String),
}

/// The things that a provider says of an order; what it does not say is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    pub order: OrderName,
    /// The provider's id of the payment.
    pub payment_ref: Option<String>,
    pub state: PaymentState,
    pub amount_minor: Option<i64>,
    pub currency: Option<String>,
    pub method: Option<String>,
    pub account_id: Option<String>,
    /// The payment was made to somebody else.
    pub is_other_merchant: bool,
    /// The money that went back so far.
    pub refunded_minor: i64,
    pub is_disputed: bool,
}

/// A message of a provider, its signature verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notification {
    /// The provider's id of the message, or a digest of it.
    pub event_ref: String,
    /// The message as it came, for operators.
    pub raw: String,
    /// The facts that it claims; `None` if it is about nothing of ours.
    pub claims: Option<Facts>,
}

impl Facts {
    /// Facts of an order of which nothing but its state is said.
    pub(crate) fn of(order: OrderName, state: PaymentState) -> Self {
        Self {
            order,
            payment_ref: None,
            state,
            amount_minor: None,
            currency: None,
            method: None,
            account_id: None,
            is_other_merchant: false,
            refunded_minor: 0,
            is_disputed: false,
        }
    }
}
