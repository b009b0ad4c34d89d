//! Messages of providers. What they say is looked at; what is credited is asked for.

use store::PaymentOrderId;
use store::payments::{self, EventSource, NewPaymentEvent, PaymentOrder, Verdict, append_event};
use store::{PaymentEventId, StoreError};

use super::super::{CommandError, Commands};
use super::settle::Seen;
use super::unavailable;
use crate::payments::{
    Facts, Judgement, Notification, OrderName, PaymentState, ProviderFault, Shop, mismatch,
};

/// Messages with a wrong signature that are kept of an order: anybody can send them.
const REFUSED_MAX: u64 = 10;

/// The response that a message gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Acknowledged {
    /// The message was received and kept: it need not come again.
    Taken,
    /// The message should come again: it is ahead of what the provider says when it is asked.
    Again,
}

impl Commands<'_> {
    /// Takes a message whose signature was verified.
    ///
    /// # Errors
    /// If the provider, asked, does not respond, or the database cannot be written: it should come again.
    pub(crate) async fn take_notification(
        &self,
        shop: &Shop,
        notification: &Notification,
    ) -> Result<Acknowledged, CommandError> {
        let provider = &shop.config.name;
        let Some(claims) = &notification.claims else {
            return Ok(Acknowledged::Taken);
        };
        if payments::is_known_event(self.db, provider, &notification.event_ref).await? {
            return Ok(Acknowledged::Taken);
        }
        let Some(order) = self.order_named(provider, &claims.order).await? else {
            return self.keep_unknown(shop, notification, claims).await;
        };
        if let Some(judgement) = at_first_sight(shop, &order, claims) {
            self.keep(shop, notification, &order, judgement).await?;
            return Ok(Acknowledged::Taken);
        }
        let told = self.truth(shop, &order, claims).await?;
        let seen = Seen {
            source: EventSource::Notify,
            event_ref: notification.event_ref.clone(),
            raw: &notification.raw,
            facts: &told,
            claims_paid: claims.state == PaymentState::Paid,
            is_kept: true,
        };
        let (_, verdict) = self.settle_order(&order.id, &seen).await?;
        Ok(match verdict {
            Verdict::NotConfirmed => Acknowledged::Again,
            _ => Acknowledged::Taken,
        })
    }

    /// Keeps a message that is not believed, if it names an order that exists; at most a few per order.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub(crate) async fn keep_refused(
        &self,
        shop: &Shop,
        order_id: Option<&str>,
        (detail, raw): (&str, &str),
    ) -> Result<(), CommandError> {
        let Some(order_id) = order_id.map(PaymentOrderId::from) else {
            return Ok(());
        };
        // Anybody can send one: the writer is not asked for on behalf of an order that does not exist.
        match payments::find_order(self.db, &order_id).await {
            Err(StoreError::NotFound { .. }) => return Ok(()),
            order => drop(order?),
        }
        let mut tx = self.db.begin().await?;
        let mut order = payments::lock(&mut tx, &order_id).await?;
        if payments::count_refused_events(&mut tx, &order_id).await? >= REFUSED_MAX {
            return Ok(());
        }
        let event = NewPaymentEvent {
            provider: shop.config.name.clone(),
            event_ref: format!("refused:{}", PaymentEventId::generate()),
            order_id: Some(order_id),
            source: EventSource::Notify,
            at_ms: self.clock.now_ms(),
            verdict: Verdict::BadSignature,
            detail: detail.to_owned(),
            raw: raw.to_owned(),
        };
        append_event(&mut tx, &event).await?;
        // What matters more stays.
        order.attention.get_or_insert(Verdict::BadSignature);
        payments::write_order(&mut tx, &order).await?;
        Ok(tx.commit().await?)
    }

    async fn order_named(
        &self,
        provider: &str,
        name: &OrderName,
    ) -> Result<Option<PaymentOrder>, CommandError> {
        let id = match name {
            OrderName::Id(id) => Some(PaymentOrderId::from(id.as_str())),
            OrderName::Payment(payment) => {
                payments::find_by_payment(self.db, provider, payment).await?
            }
        };
        let Some(id) = id else {
            return Ok(None);
        };
        match payments::find_order(self.db, &id).await {
            Ok(order) => Ok(Some(order)),
            Err(StoreError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The facts that are credited: the provider's answer, where it can be asked.
    async fn truth(
        &self,
        shop: &Shop,
        order: &PaymentOrder,
        claims: &Facts,
    ) -> Result<Facts, CommandError> {
        if !shop.provider.can_query() {
            return Ok(claims.clone());
        }
        match shop.provider.query(order, self.clock.now_ms()).await {
            Ok(told) => Ok(told.facts),
            // A message must not be lost because its question was refused.
            Err(ProviderFault::Refused(why)) => Err(unavailable(why)),
            Err(fault) => Err(CommandError::Payment(fault)),
        }
    }

    async fn keep_unknown(
        &self,
        shop: &Shop,
        notification: &Notification,
        claims: &Facts,
    ) -> Result<Acknowledged, CommandError> {
        // A payment that paid no order of ours is of something else that is sold there.
        if let OrderName::Id(_) = claims.order {
            let event = NewPaymentEvent {
                provider: shop.config.name.clone(),
                event_ref: notification.event_ref.clone(),
                order_id: None,
                source: EventSource::Notify,
                at_ms: self.clock.now_ms(),
                verdict: Verdict::UnknownOrder,
                detail: "It names no order of ours. Nothing was credited.".to_owned(),
                raw: notification.raw.clone(),
            };
            let mut tx = self.db.begin().await?;
            append_event(&mut tx, &event).await?;
            tx.commit().await?;
        }
        Ok(Acknowledged::Taken)
    }

    /// Keeps a message that credits nothing.
    async fn keep(
        &self,
        shop: &Shop,
        notification: &Notification,
        order: &PaymentOrder,
        judgement: Judgement,
    ) -> Result<(), CommandError> {
        let mut tx = self.db.begin().await?;
        let mut order = payments::lock(&mut tx, &order.id).await?;
        let event = NewPaymentEvent {
            provider: shop.config.name.clone(),
            event_ref: notification.event_ref.clone(),
            order_id: Some(order.id.clone()),
            source: EventSource::Notify,
            at_ms: self.clock.now_ms(),
            verdict: judgement.verdict,
            detail: judgement.detail,
            raw: notification.raw.clone(),
        };
        append_event(&mut tx, &event).await?;
        order.attention = Some(judgement.verdict);
        payments::write_order(&mut tx, &order).await?;
        Ok(tx.commit().await?)
    }
}

/// The faults that need no question to the provider.
fn at_first_sight(shop: &Shop, order: &PaymentOrder, claims: &Facts) -> Option<Judgement> {
    if order.provider != shop.config.name {
        let detail = format!(
            "The order was made at {}, and {} says that it is paid. Nothing was credited.",
            order.provider, shop.config.name
        );
        return Some(Judgement::new(Verdict::WrongProvider, detail));
    }
    mismatch(order, claims)
}
