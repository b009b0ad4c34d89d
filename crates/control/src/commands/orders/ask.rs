//! Asking a provider how an order stands: by the clock, when the buyer comes back, or when an operator wants to know.

use store::payments::{self, EventSource, PaymentOrder};
use store::{PaymentEventId, PaymentOrderId};

use super::super::{CommandError, Commands};
use super::note_of;
use super::settle::{GRACE_MS, Seen, unheard};
use crate::payments::{Facts, PaymentState, ProviderFault, Shop, Told};

/// The time within which an answer of the provider's is not asked for again by customers.
const FRESH_MS: i64 = 10_000;
/// The time after its end at which an order is given up although its checkout could not be closed.
const GIVE_UP_MS: i64 = 24 * 60 * 60_000;

impl Commands<'_> {
    /// Asks about an order for a buyer, unless that was done a moment ago.
    ///
    /// # Errors
    /// If the provider does not respond.
    pub(crate) async fn check_order(
        &self,
        shop: &Shop,
        order: PaymentOrder,
    ) -> Result<PaymentOrder, CommandError> {
        let now_ms = self.clock.now_ms();
        let is_fresh = order
            .asked_at_ms
            .is_some_and(|asked_at_ms| now_ms - asked_at_ms < FRESH_MS);
        if is_fresh || !order.status.is_open() || !shop.provider.can_query() {
            return Ok(order);
        }
        self.ask_about(shop, &order, false).await
    }

    /// Asks about an order for an operator, and keeps what the provider says.
    ///
    /// # Errors
    /// If the provider cannot be asked, or does not respond.
    pub(crate) async fn ask_again(
        &self,
        shop: &Shop,
        id: &PaymentOrderId,
    ) -> Result<PaymentOrder, CommandError> {
        let order = payments::find_order(self.db, id).await?;
        if !shop.provider.can_query() {
            let message = "This provider cannot be asked; it says by itself when an order is paid.";
            return Err(CommandError::conflict("cannot_ask", message));
        }
        let order = self.ask_about(shop, &order, true).await?;
        let mut tx = self.db.begin().await?;
        let note = note_of(&order, "order.checked", serde_json::json!({}));
        self.note(&mut tx, note).await?;
        tx.commit().await?;
        Ok(order)
    }

    /// Asks about an order whose time has come; one that was not paid in time expires.
    ///
    /// # Errors
    /// If the provider does not respond: it is asked again later.
    pub(crate) async fn ask_in_time(
        &self,
        shop: Option<&Shop>,
        order: &PaymentOrder,
    ) -> Result<PaymentOrder, CommandError> {
        match shop {
            Some(shop) if shop.provider.can_query() => self.ask_about(shop, order, false).await,
            // Of a provider that is gone, or that cannot be asked, nothing more is heard but by its messages.
            _ => {
                let facts = self.ended(unheard(order), order);
                self.settle_told(order, &told(facts), false).await
            }
        }
    }

    async fn ask_about(
        &self,
        shop: &Shop,
        order: &PaymentOrder,
        is_kept: bool,
    ) -> Result<PaymentOrder, CommandError> {
        let told = match shop.provider.query(order, self.clock.now_ms()).await {
            Ok(told) => told,
            Err(fault) => return Err(CommandError::Payment(fault)),
        };
        let facts = self.ended(told.facts.clone(), order);
        let is_over = facts.state == PaymentState::Expired && told.facts.state != facts.state;
        if is_over && !self.is_closed(shop, order).await {
            // Somebody may be paying: it is asked again.
            return self.settle_told(order, &told, is_kept).await;
        }
        let told = Told { facts, ..told };
        self.settle_told(order, &told, is_kept).await
    }

    /// The facts of an order, expired if it is not paid and its time is over.
    fn ended(&self, facts: Facts, order: &PaymentOrder) -> Facts {
        let is_over = self.clock.now_ms() >= order.expires_at_ms + GRACE_MS;
        if facts.state == PaymentState::NotPaid && order.status.is_open() && is_over {
            return Facts {
                state: PaymentState::Expired,
                ..facts
            };
        }
        facts
    }

    /// Closes the checkout of an order that is not credited any more, so that it cannot be paid.
    async fn is_closed(&self, shop: &Shop, order: &PaymentOrder) -> bool {
        let now_ms = self.clock.now_ms();
        match shop.provider.close(order, now_ms).await {
            Ok(()) | Err(ProviderFault::Unsupported) => true,
            Err(ProviderFault::Unavailable(_) | ProviderFault::Refused(_)) => {
                now_ms >= order.expires_at_ms + GIVE_UP_MS
            }
        }
    }

    async fn settle_told(
        &self,
        order: &PaymentOrder,
        told: &Told,
        is_kept: bool,
    ) -> Result<PaymentOrder, CommandError> {
        let seen = Seen {
            source: EventSource::Query,
            event_ref: format!("query:{}", PaymentEventId::generate()),
            raw: &told.raw,
            facts: &told.facts,
            claims_paid: false,
            is_kept,
        };
        let (order, _) = self.settle_order(&order.id, &seen).await?;
        Ok(order)
    }
}

fn told(facts: Facts) -> Told {
    Told {
        facts,
        raw: String::new(),
    }
}
