//! Refunds: the credits are taken first, then the provider is asked to pay back; what it refuses is given back.

use serde_json::json;
use store::ledger::{self, EntryKind, NewEntry};
use store::payments::{
    self, EventSource, NewPaymentEvent, OrderStatus, PaymentOrder, PaymentRefund, RefundStatus,
    Verdict,
};
use store::{PaymentOrderId, PaymentRefundId, StoreError, Tx};

use super::super::credits::{checked_amount, checked_reason, dollars};
use super::super::invoices::Refunded;
use super::super::{CommandError, Commands};
use super::note_of;
use crate::payments::{ProviderFault, Shop, share_of};

/// A refund that is to be made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewRefund<'a> {
    pub reason: &'a str,
    /// Dollars of credits that go back at most; all that are left without it.
    pub credits: Option<&'a str>,
}

impl Commands<'_> {
    /// Takes back what is left of an order's credits, and has its money paid back.
    ///
    /// # Errors
    /// If the order is not paid, or nothing of its credits is left.
    pub(crate) async fn refund_order(
        &self,
        shop: Option<&Shop>,
        id: &PaymentOrderId,
        new: NewRefund<'_>,
    ) -> Result<PaymentOrder, CommandError> {
        let reason = checked_reason(new.reason)?;
        let credits = new.credits.map(checked_amount).transpose();
        let credits = credits.map_err(|_| {
            CommandError::invalid("credits", "The credits are in dollars, above 0: 12.50.")
        })?;
        let can_ask = shop.is_some_and(|shop| shop.provider.can_refund());
        let refund = self.begin_refund(id, credits, (reason, can_ask)).await?;
        if let Some(shop) = shop.filter(|_| can_ask) {
            // What is not known to have happened is asked for again by the clock.
            self.push_refund(shop, &refund).await?;
        }
        Ok(payments::find_order(self.db, id).await?)
    }

    async fn begin_refund(
        &self,
        id: &PaymentOrderId,
        credits: Option<i64>,
        (reason, can_ask): (String, bool),
    ) -> Result<PaymentRefund, CommandError> {
        let mut tx = self.db.begin().await?;
        let mut order = payments::lock(&mut tx, id).await?;
        if order.status != OrderStatus::Paid {
            return Err(not_refundable("The order is not paid."));
        }
        let wanted = credits.map_or(order.credits_left_nanos(), |credits| {
            credits.min(order.credits_left_nanos())
        });
        let refund_id = PaymentRefundId::generate();
        let taken = self
            .take_unused(&mut tx, &order, (wanted, &refund_id, &reason))
            .await?;
        let amount_minor = money_for(&order, taken);
        if amount_minor == 0 {
            return Err(not_refundable("Too little of the credits is left."));
        }
        let refund = PaymentRefund {
            id: refund_id,
            order_id: order.id.clone(),
            at_ms: self.clock.now_ms(),
            amount_minor,
            credits_nanos: taken,
            status: if can_ask {
                RefundStatus::Pending
            } else {
                RefundStatus::ByHand
            },
            reason,
            made_by: self.actor.label.clone(),
        };
        order.taken_back_nanos += taken;
        order.refunded_minor += amount_minor;
        if order.refunded_minor == order.amount_minor {
            order.status = OrderStatus::Refunded;
        }
        payments::insert_refund(&mut tx, &refund).await?;
        if refund.status == RefundStatus::ByHand {
            self.issue_credit_note(&mut tx, &order, credited(&refund))
                .await?;
        }
        payments::write_order(&mut tx, &order).await?;
        let more = json!({ "taken_back": dollars(taken), "reason": refund.reason });
        self.note(&mut tx, note_of(&order, "order.refunded", more))
            .await?;
        tx.commit().await?;
        Ok(refund)
    }

    async fn take_unused(
        &self,
        tx: &mut Tx,
        order: &PaymentOrder,
        (wanted, id, reason): (i64, &PaymentRefundId, &str),
    ) -> Result<i64, CommandError> {
        let entry = NewEntry {
            at_ms: self.clock.now_ms(),
            kind: EntryKind::PaymentRefund,
            account_id: order.account_id.clone(),
            amount_nanos: -wanted,
            reference: id.to_string(),
            note: reason.to_owned(),
        };
        match ledger::take_what_is_left(tx, entry).await {
            Ok((_, taken)) => Ok(taken),
            Err(StoreError::Conflict { .. }) => {
                Err(not_refundable("Nothing of the credits is left."))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Asks the provider for a pending refund, as often as it takes: the id of the refund makes it one.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub(crate) async fn push_refund(
        &self,
        shop: &Shop,
        refund: &PaymentRefund,
    ) -> Result<(), CommandError> {
        let order = payments::find_order(self.db, &refund.order_id).await?;
        let now_ms = self.clock.now_ms();
        match shop.provider.refund(&order, refund, now_ms).await {
            Ok(raw) => {
                let detail = "The provider pays it back.";
                self.end_refund(refund, RefundStatus::Done, (detail, &raw))
                    .await
            }
            Err(ProviderFault::Unavailable(why)) => {
                tracing::warn!(
                    refund = refund.id.as_str(),
                    provider = shop.config.name,
                    "a refund is not known to be paid back; it is asked for again: {why}"
                );
                Ok(())
            }
            Err(fault @ (ProviderFault::Refused(_) | ProviderFault::Unsupported)) => {
                let why = fault.to_string();
                let detail = "The provider refused to pay it back; the credits were given back.";
                self.end_refund(refund, RefundStatus::Failed, (detail, &why))
                    .await
            }
        }
    }

    async fn end_refund(
        &self,
        refund: &PaymentRefund,
        status: RefundStatus,
        (detail, raw): (&str, &str),
    ) -> Result<(), CommandError> {
        let mut tx = self.db.begin().await?;
        let mut order = payments::lock(&mut tx, &refund.order_id).await?;
        if !payments::settle_refund(&mut tx, &refund.id, status).await? {
            return Ok(());
        }
        let verdict = if status == RefundStatus::Failed {
            self.give_back(&mut tx, &mut order, refund).await?;
            Verdict::Failed
        } else {
            self.issue_credit_note(&mut tx, &order, credited(refund))
                .await?;
            Verdict::Refunded
        };
        let event = NewPaymentEvent {
            provider: order.provider.clone(),
            event_ref: format!("refund:{}", refund.id),
            order_id: Some(order.id.clone()),
            source: EventSource::Refund,
            at_ms: self.clock.now_ms(),
            verdict,
            detail: detail.to_owned(),
            raw: raw.to_owned(),
        };
        payments::append_event(&mut tx, &event).await?;
        Ok(tx.commit().await?)
    }

    /// Gives back the credits of a refund that the provider refused.
    async fn give_back(
        &self,
        tx: &mut Tx,
        order: &mut PaymentOrder,
        refund: &PaymentRefund,
    ) -> Result<(), CommandError> {
        let entry = NewEntry {
            at_ms: self.clock.now_ms(),
            kind: EntryKind::PaymentRefund,
            account_id: order.account_id.clone(),
            amount_nanos: refund.credits_nanos,
            reference: format!("{}:failed", refund.id),
            note: "The refund was refused.".to_owned(),
        };
        ledger::post(tx, &entry).await?;
        order.taken_back_nanos -= refund.credits_nanos;
        order.refunded_minor -= refund.amount_minor;
        if order.status == OrderStatus::Refunded {
            order.status = OrderStatus::Paid;
        }
        Ok(payments::write_order(tx, order).await?)
    }
}

/// The money of a refund, for its credit note.
fn credited(refund: &PaymentRefund) -> Refunded {
    Refunded {
        reference: refund.id.to_string(),
        amount_minor: refund.amount_minor,
        credits_nanos: refund.credits_nanos,
    }
}

/// The money that goes back for credits: all that is left of it for the last of them, else their share, rounded down.
fn money_for(order: &PaymentOrder, taken: i64) -> i64 {
    let left = order.amount_minor - order.refunded_minor;
    if taken == order.credits_left_nanos() {
        return left;
    }
    share_of(order.amount_minor, taken, order.credits_nanos).min(left)
}

fn not_refundable(message: &str) -> CommandError {
    CommandError::conflict("not_refundable", message)
}
