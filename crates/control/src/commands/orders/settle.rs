//! Settling: a provider's facts become the state of an order and, in the same transaction, credits.

use serde_json::json;
use store::ledger::{self, EntryKind, NewEntry};
use store::payments::{self, EventSource, NewPaymentEvent, OrderStatus, PaymentOrder, Verdict};
use store::{PaymentEventId, PaymentOrderId, StoreError, Tx};

use super::super::credits::dollars;
use super::super::invoices::Refunded;
use super::super::{CommandError, Commands};
use super::note_of;
use crate::payments::{Facts, Judgement, PaymentState, judge, share_of};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// The time between two questions about an order that is open.
const OPEN_EVERY_MS: i64 = 15 * MINUTE_MS;
/// The time that a payment of the last minute has to be told.
pub(super) const GRACE_MS: i64 = 5 * MINUTE_MS;

/// The words of a provider on an order, as they came.
#[derive(Debug, Clone)]
pub(super) struct Seen<'a> {
    pub(super) source: EventSource,
    /// By which the same is known when it comes again.
    pub(super) event_ref: String,
    pub(super) raw: &'a str,
    /// The facts that are believed.
    pub(super) facts: &'a Facts,
    /// The message said that the order is paid.
    pub(super) claims_paid: bool,
    /// The event is kept in any case.
    pub(super) is_kept: bool,
}

/// The order after it was settled, and the verdict.
pub(super) type Settled = (PaymentOrder, Verdict);

impl Commands<'_> {
    /// Settles an order by what its provider says, exactly once: repeated, raced and reordered events change nothing more.
    pub(super) async fn settle_order(
        &self,
        id: &PaymentOrderId,
        seen: &Seen<'_>,
    ) -> Result<Settled, CommandError> {
        let mut tx = self.db.begin().await?;
        let mut order = payments::lock(&mut tx, id).await?;
        let mut judgement = judge(&order, seen.facts);
        if let Some(harder) = self.second_look(&mut tx, &order, seen, &judgement).await? {
            judgement = harder;
        }
        match self.apply(&mut tx, &mut order, seen, &judgement).await {
            Ok(()) => {}
            // Nothing of the transaction holds; what is written instead credits nothing.
            Err(CommandError::Store(StoreError::Conflict { .. }))
                if judgement.verdict == Verdict::Credited =>
            {
                drop(tx);
                return self.keep_uncredited(id, seen).await;
            }
            Err(error) => return Err(error),
        }
        self.finish_order(&mut tx, &mut order, seen, &judgement)
            .await?;
        tx.commit().await?;
        Ok((order, judgement.verdict))
    }

    /// The verdicts that need more than the order and the facts.
    async fn second_look(
        &self,
        tx: &mut Tx,
        order: &PaymentOrder,
        seen: &Seen<'_>,
        judgement: &Judgement,
    ) -> Result<Option<Judgement>, CommandError> {
        let unconfirmed = matches!(
            judgement.verdict,
            Verdict::NotPaid | Verdict::Expired | Verdict::Failed
        );
        if seen.claims_paid && unconfirmed && order.status.is_open() {
            let detail = "The message said that it is paid; the provider, asked, says that it is not. Nothing was credited.";
            return Ok(Some(Judgement::new(Verdict::NotConfirmed, detail)));
        }
        let Some(payment) = &seen.facts.payment_ref else {
            return Ok(None);
        };
        let is_first = judgement.verdict == Verdict::Credited;
        if is_first && payments::is_payment_taken(tx, order, payment).await? {
            let detail =
                format!("The payment {payment} pays another order already. Nothing was credited.");
            return Ok(Some(Judgement::new(Verdict::ReferenceUsed, detail)));
        }
        Ok(None)
    }

    async fn apply(
        &self,
        tx: &mut Tx,
        order: &mut PaymentOrder,
        seen: &Seen<'_>,
        judgement: &Judgement,
    ) -> Result<(), CommandError> {
        let facts = seen.facts;
        match judgement.verdict {
            Verdict::Credited => self.credit(tx, order, facts).await?,
            Verdict::Refunded if order.status == OrderStatus::Paid => {
                self.follow_refund(tx, order, seen).await?;
            }
            Verdict::Disputed if order.status == OrderStatus::Paid => {
                self.follow_dispute(tx, order).await?;
            }
            // The money was there and is gone again: it cannot be paid once more.
            Verdict::Refunded | Verdict::Disputed if order.status.is_open() => {
                order.refunded_minor = facts.refunded_minor.clamp(0, order.amount_minor);
                order.payment_ref.clone_from(&facts.payment_ref);
                order.status = match judgement.verdict {
                    Verdict::Disputed => OrderStatus::Disputed,
                    _ => OrderStatus::Refunded,
                };
            }
            Verdict::Processing if order.status == OrderStatus::Open => {
                order.status = OrderStatus::Processing;
            }
            Verdict::Failed if order.status.is_open() => order.status = OrderStatus::Failed,
            Verdict::Expired if order.status.is_open() => order.status = OrderStatus::Expired,
            _ => {}
        }
        Ok(())
    }

    /// The credits and the status of the order, in one transaction.
    async fn credit(
        &self,
        tx: &mut Tx,
        order: &mut PaymentOrder,
        facts: &Facts,
    ) -> Result<(), CommandError> {
        let entry = NewEntry {
            at_ms: self.clock.now_ms(),
            kind: EntryKind::Payment,
            account_id: order.account_id.clone(),
            amount_nanos: order.credits_nanos,
            reference: order.id.to_string(),
            note: format!("{} {}", order.provider, order.method),
        };
        ledger::post(tx, &entry).await?;
        order.status = OrderStatus::Paid;
        order.payment_ref.clone_from(&facts.payment_ref);
        order.paid_at_ms = Some(entry.at_ms);
        order.attention = None;
        self.issue_invoice(tx, order).await?;
        let more = json!({ "payment": order.payment_ref });
        let note = note_of(order, "order.paid", more);
        self.note(tx, note).await
    }

    /// Takes back the credits of money that went back without us.
    async fn follow_refund(
        &self,
        tx: &mut Tx,
        order: &mut PaymentOrder,
        seen: &Seen<'_>,
    ) -> Result<(), CommandError> {
        let back = seen.facts.refunded_minor.clamp(0, order.amount_minor);
        let part = back - order.refunded_minor;
        let wanted = if back == order.amount_minor {
            order.credits_left_nanos()
        } else {
            share_of(order.credits_nanos, part, order.amount_minor).min(order.credits_left_nanos())
        };
        let reference = format!("{}:refunded:{back}", order.id);
        let taken_before = order.taken_back_nanos;
        self.take_back(tx, order, wanted, reference.clone()).await?;
        let credited = Refunded {
            reference,
            amount_minor: part,
            credits_nanos: order.taken_back_nanos - taken_before,
        };
        self.issue_credit_note(tx, order, credited).await?;
        order.refunded_minor = back;
        if back == order.amount_minor {
            order.status = OrderStatus::Refunded;
        }
        let more = json!({ "taken_back": dollars(order.taken_back_nanos), "short": dollars(order.shortfall_nanos) });
        let note = note_of(order, "order.refunded", more);
        self.note(tx, note).await
    }

    async fn follow_dispute(
        &self,
        tx: &mut Tx,
        order: &mut PaymentOrder,
    ) -> Result<(), CommandError> {
        let (wanted, reference) = (order.credits_left_nanos(), format!("{}:disputed", order.id));
        self.take_back(tx, order, wanted, reference).await?;
        order.status = OrderStatus::Disputed;
        let more = json!({ "taken_back": dollars(order.taken_back_nanos), "short": dollars(order.shortfall_nanos) });
        let note = note_of(order, "order.disputed", more);
        self.note(tx, note).await
    }

    /// Takes credits back as far as they are there; what was spent of them is written on the order, for operators.
    async fn take_back(
        &self,
        tx: &mut Tx,
        order: &mut PaymentOrder,
        wanted: i64,
        reference: String,
    ) -> Result<(), CommandError> {
        if wanted <= 0 {
            return Ok(());
        }
        let entry = NewEntry {
            at_ms: self.clock.now_ms(),
            kind: EntryKind::PaymentRefund,
            account_id: order.account_id.clone(),
            amount_nanos: -wanted,
            reference,
            note: format!("{} {}", order.provider, order.id),
        };
        let taken = ledger::take_back(tx, &entry).await?;
        order.taken_back_nanos += taken;
        order.shortfall_nanos += wanted - taken;
        Ok(())
    }

    /// Writes the order, and the event that it follows.
    async fn finish_order(
        &self,
        tx: &mut Tx,
        order: &mut PaymentOrder,
        seen: &Seen<'_>,
        judgement: &Judgement,
    ) -> Result<(), CommandError> {
        let now_ms = self.clock.now_ms();
        let is_short = judgement.verdict == Verdict::Refunded && order.shortfall_nanos > 0;
        if judgement.verdict.needs_attention() || is_short {
            order.attention = Some(judgement.verdict);
        }
        if seen.source == EventSource::Query {
            order.asked_at_ms = Some(now_ms);
        }
        if order.status != OrderStatus::Paid || judgement.verdict == Verdict::Credited {
            order.ask_at_ms = next_ask(order, now_ms);
        } else if seen.source == EventSource::Query {
            order.ask_at_ms = None;
        }
        payments::write_order(tx, order).await?;
        if seen.is_kept || is_news(judgement.verdict) {
            let event = event_of(order, seen, judgement, now_ms);
            payments::append_event(tx, &event).await?;
        }
        Ok(())
    }

    /// Keeps what cannot be credited because the balance is too high.
    async fn keep_uncredited(
        &self,
        id: &PaymentOrderId,
        seen: &Seen<'_>,
    ) -> Result<Settled, CommandError> {
        let detail = "The balance cannot be as high as that. Nothing was credited: pay it back at the provider.";
        let judgement = Judgement::new(Verdict::BalanceFull, detail);
        let mut tx = self.db.begin().await?;
        let mut order = payments::lock(&mut tx, id).await?;
        self.finish_order(&mut tx, &mut order, seen, &judgement)
            .await?;
        tx.commit().await?;
        Ok((order, judgement.verdict))
    }
}

/// Returns whether an answer to a question is worth keeping.
fn is_news(verdict: Verdict) -> bool {
    !matches!(
        verdict,
        Verdict::NotPaid | Verdict::Processing | Verdict::Repeated
    )
}

fn event_of(
    order: &PaymentOrder,
    seen: &Seen<'_>,
    judgement: &Judgement,
    now_ms: i64,
) -> NewPaymentEvent {
    // What may be true a moment later is looked at again when it comes again.
    let is_final = judgement.verdict != Verdict::NotConfirmed;
    let event_ref = if is_final {
        seen.event_ref.clone()
    } else {
        format!("{}#{}", seen.event_ref, PaymentEventId::generate())
    };
    NewPaymentEvent {
        provider: order.provider.clone(),
        event_ref,
        order_id: Some(order.id.clone()),
        source: seen.source,
        at_ms: now_ms,
        verdict: judgement.verdict,
        detail: judgement.detail.clone(),
        raw: seen.raw.to_owned(),
    }
}

/// The time at which the provider is asked about an order next.
fn next_ask(order: &PaymentOrder, now_ms: i64) -> Option<i64> {
    match order.status {
        OrderStatus::Open => {
            let end_ms = order.expires_at_ms + GRACE_MS;
            let soon_ms = now_ms + OPEN_EVERY_MS;
            Some(if now_ms < end_ms {
                soon_ms.min(end_ms)
            } else {
                soon_ms
            })
        }
        OrderStatus::Processing if now_ms - order.created_at_ms < 2 * DAY_MS => {
            Some(now_ms + HOUR_MS)
        }
        // Once more a day after: money may have gone back meanwhile, and the message of it been lost.
        OrderStatus::Processing | OrderStatus::Paid => Some(now_ms + DAY_MS),
        OrderStatus::Expired
        | OrderStatus::Failed
        | OrderStatus::Refunded
        | OrderStatus::Disputed => None,
    }
}

/// The facts of an order of which nobody can say more than that nothing was heard.
pub(super) fn unheard(order: &PaymentOrder) -> Facts {
    let name = crate::payments::OrderName::Id(order.id.to_string());
    Facts::of(name, PaymentState::NotPaid)
}
