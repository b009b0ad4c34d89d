//! The judgement on what a provider says of an order: it has to be the order's own provider, amount, currency,
//! method and account, all of them, or nothing is credited.

use store::payments::{OrderStatus, PaymentOrder, Verdict};

use super::facts::{Facts, PaymentState};
use super::money::{decimal, exponent_of};

/// A verdict, with its reason for operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Judgement {
    pub verdict: Verdict,
    pub detail: String,
}

impl Judgement {
    /// A verdict with its reason.
    pub(crate) fn new(verdict: Verdict, detail: impl Into<String>) -> Self {
        Self {
            verdict,
            detail: detail.into(),
        }
    }
}

/// Compares facts with what the order is bound to; `None` if they fit.
pub(crate) fn mismatch(order: &PaymentOrder, facts: &Facts) -> Option<Judgement> {
    let wrong = |verdict, what: &str, said: &str, bound: &str| {
        let detail = format!("{what} is {said}, and the order's is {bound}. Nothing was credited.");
        Some(Judgement::new(verdict, detail))
    };
    if facts.is_other_merchant {
        let detail = "The payment was made to another merchant. Nothing was credited.";
        return Some(Judgement::new(Verdict::WrongMerchant, detail));
    }
    if let Some(account) = &facts.account_id
        && *account != order.account_id.as_str()
    {
        let bound = order.account_id.as_str();
        return wrong(Verdict::WrongAccount, "The account", account, bound);
    }
    if let Some(method) = &facts.method
        && *method != order.method
    {
        return wrong(Verdict::WrongMethod, "The method", method, &order.method);
    }
    if let Some(currency) = &facts.currency
        && !currency.eq_ignore_ascii_case(&order.currency)
    {
        let bound = &order.currency;
        return wrong(Verdict::WrongCurrency, "The currency", currency, bound);
    }
    if let Some(paid) = facts.amount_minor
        && paid != order.amount_minor
    {
        let exponent = exponent_of(&order.currency);
        let (said, bound) = (
            decimal(paid, exponent),
            decimal(order.amount_minor, exponent),
        );
        return wrong(Verdict::WrongAmount, "The amount", &said, &bound);
    }
    None
}

/// Judges what a provider says of an order as it stands.
pub(crate) fn judge(order: &PaymentOrder, facts: &Facts) -> Judgement {
    if let Some(judgement) = mismatch(order, facts) {
        return judgement;
    }
    match (facts.state, order.status) {
        (PaymentState::Paid, OrderStatus::Open | OrderStatus::Processing) => first(facts),
        (PaymentState::Paid, OrderStatus::Expired | OrderStatus::Failed) => {
            let detail = "It was paid when the order had ended. Nothing was credited: pay it back at the provider, or grant the credits.";
            Judgement::new(Verdict::Late, detail)
        }
        (PaymentState::Paid, OrderStatus::Paid | OrderStatus::Refunded | OrderStatus::Disputed) => {
            again(order, facts)
        }
        (PaymentState::Processing, _) => {
            let detail = "The buyer has paid; the provider waits for the money.";
            Judgement::new(Verdict::Processing, detail)
        }
        (PaymentState::NotPaid, _) => {
            Judgement::new(Verdict::NotPaid, "The provider says that it is not paid.")
        }
        (PaymentState::Failed, _) => Judgement::new(Verdict::Failed, "The payment failed."),
        (PaymentState::Expired, _) => {
            let detail = "The buyer did not pay in time.";
            Judgement::new(Verdict::Expired, detail)
        }
    }
}

/// The first time that an order is said to be paid.
fn first(facts: &Facts) -> Judgement {
    let said_all =
        facts.payment_ref.is_some() && facts.amount_minor.is_some() && facts.currency.is_some();
    if !said_all {
        let detail =
            "It does not say which payment it is, or how much was paid. Nothing was credited.";
        return Judgement::new(Verdict::NotConfirmed, detail);
    }
    if facts.is_disputed {
        let detail = "The payer's bank took the money back before it was credited.";
        return Judgement::new(Verdict::Disputed, detail);
    }
    if facts.refunded_minor > 0 {
        let detail = "The money went back before it was credited.";
        return Judgement::new(Verdict::Refunded, detail);
    }
    Judgement::new(
        Verdict::Credited,
        "The order is paid, and its credits are there.",
    )
}

/// An order that was credited is said to be paid once more.
fn again(order: &PaymentOrder, facts: &Facts) -> Judgement {
    if let (Some(known), Some(said)) = (&order.payment_ref, &facts.payment_ref)
        && known != said
    {
        let detail = format!(
            "The order was paid by {known} already. Nothing more was credited: pay {said} back at the provider."
        );
        return Judgement::new(Verdict::PaidTwice, detail);
    }
    if facts.is_disputed && order.status != OrderStatus::Disputed {
        let detail =
            "The payer's bank took the money back; the credits that were left of it are taken.";
        return Judgement::new(Verdict::Disputed, detail);
    }
    if facts.refunded_minor > order.refunded_minor {
        let detail =
            "Money went back at the provider, and the credits that were left of it with it.";
        return Judgement::new(Verdict::Refunded, detail);
    }
    Judgement::new(Verdict::Repeated, "It says what was known.")
}

#[cfg(test)]
mod tests;
