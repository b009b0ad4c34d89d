//! Orders of credits: making them, and asking for money back.
//!
//! An order is never marked as paid: what credits it is in `settle`, and comes from the provider.

mod ask;
mod notifications;
mod refunds;
mod settle;

use serde_json::{Value, json};
use store::audit_log::{Actor, Subject};
use store::ledger;
use store::payments::{self, NewPaymentOrder, OrderStatus, PaymentOrder};
use store::{AccountId, PaymentOrderId};

use super::credits::{checked_reason, dollars};
use super::{CommandError, Commands, Note};
use crate::payments::{Checkout, PaymentProviders, ProviderFault, Shop, decimal, exponent_of};

pub(crate) use notifications::Acknowledged;
pub(crate) use refunds::NewRefund;

/// Orders of an account that may be open at the same time.
pub(crate) const OPEN_ORDERS_MAX: u64 = 20;
/// The time after which the provider is asked about an order of which it said nothing.
const ASK_AFTER_MS: i64 = 15 * 60_000;

/// An order that is to be made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewOrder<'a> {
    pub account_id: &'a AccountId,
    pub method: &'a str,
    /// Dollars of credits.
    pub credits: &'a str,
}

/// The actor of what follows from messages of a provider.
pub(crate) fn cashier(provider: &str) -> Actor {
    Actor {
        kind: "system",
        id: "payments".to_owned(),
        label: provider.to_owned(),
        address: None,
    }
}

impl Commands<'_> {
    /// Makes an order, and opens the page on which it is paid.
    ///
    /// # Errors
    /// If that cannot be bought, or the provider does not open a checkout; the order has failed then.
    pub(crate) async fn create_order(
        &self,
        providers: &PaymentProviders,
        shop: &Shop,
        new: NewOrder<'_>,
    ) -> Result<PaymentOrder, CommandError> {
        let credits_nanos = checked_credits(shop, new.credits)?;
        let amount_minor = shop
            .price_minor(credits_nanos)
            .ok_or_else(|| CommandError::invalid("credits", "That cannot be paid."))?;
        if !shop.config.methods.iter().any(|known| known == new.method) {
            let message = format!("This provider takes {}.", shop.config.methods.join(", "));
            return Err(CommandError::invalid("method", message));
        }
        self.check_room(providers, new.account_id, credits_nanos)
            .await?;
        let now_ms = self.clock.now_ms();
        let row = NewPaymentOrder {
            id: PaymentOrderId::generate(),
            account_id: new.account_id.clone(),
            provider: shop.config.name.clone(),
            method: new.method.to_owned(),
            currency: shop.config.currency.clone(),
            amount_minor,
            credits_nanos,
            created_by: self.actor.label.clone(),
            created_at_ms: now_ms,
            expires_at_ms: now_ms + providers.order_ms,
            ask_at_ms: now_ms + ASK_AFTER_MS,
        };
        self.insert_order(&row).await?;
        self.open_checkout(shop, &row.id).await
    }

    /// Checks that the balance would not be too high.
    async fn check_room(
        &self,
        providers: &PaymentProviders,
        account_id: &AccountId,
        credits_nanos: i64,
    ) -> Result<(), CommandError> {
        let balance = ledger::balance_of(self.db, account_id).await?;
        let after = i128::from(balance.balance_nanos) + i128::from(credits_nanos);
        if after > i128::from(providers.balance_max_nanos) {
            let message = format!(
                "With that the balance would be above ${}.",
                dollars(providers.balance_max_nanos)
            );
            return Err(CommandError::conflict("balance_too_high", message));
        }
        Ok(())
    }

    async fn insert_order(&self, row: &NewPaymentOrder) -> Result<(), CommandError> {
        let mut tx = self.db.begin().await?;
        self.require_active(&mut tx, &row.account_id).await?;
        if payments::count_open(&mut tx, &row.account_id).await? >= OPEN_ORDERS_MAX {
            let message = format!(
                "There are {OPEN_ORDERS_MAX} open orders. Pay one, or wait until one expires."
            );
            return Err(CommandError::conflict("too_many_open_orders", message));
        }
        payments::insert_order(&mut tx, row).await?;
        let order = payments::lock(&mut tx, &row.id).await?;
        self.note(&mut tx, note_of(&order, "order.created", json!({})))
            .await?;
        Ok(tx.commit().await?)
    }

    /// Opens the checkout, outside of any transaction; what is not opened cannot be paid.
    async fn open_checkout(
        &self,
        shop: &Shop,
        id: &PaymentOrderId,
    ) -> Result<PaymentOrder, CommandError> {
        let order = payments::find_order(self.db, id).await?;
        let title = format!("Credits ${}", dollars(order.credits_nanos));
        let checkout = Checkout {
            order: &order,
            title: &title,
            public_url: self.accounts.public_url().unwrap_or_default(),
            now_ms: self.clock.now_ms(),
        };
        let created = shop.provider.create(checkout).await;
        let mut tx = self.db.begin().await?;
        let mut order = payments::lock(&mut tx, id).await?;
        match &created {
            Ok(created) => {
                order.checkout_ref.clone_from(&created.checkout_ref);
                order.checkout_url = Some(created.url.clone());
            }
            Err(_) => {
                order.status = OrderStatus::Failed;
                order.ask_at_ms = None;
            }
        }
        payments::write_order(&mut tx, &order).await?;
        tx.commit().await?;
        created.map(|_| order).map_err(CommandError::Payment)
    }

    /// Asks operators for the money of a paid order back, as far as its credits are unused.
    ///
    /// # Errors
    /// If it is not paid, too old, or was asked for before.
    pub(crate) async fn request_refund(
        &self,
        providers: &PaymentProviders,
        id: &PaymentOrderId,
        reason: &str,
    ) -> Result<PaymentOrder, CommandError> {
        let reason = checked_reason(reason)?;
        let now_ms = self.clock.now_ms();
        let mut tx = self.db.begin().await?;
        let mut order = payments::lock(&mut tx, id).await?;
        if !can_request_refund(providers, &order, now_ms) {
            let message = format!(
                "A refund can be asked for once, of a paid order, within {} days.",
                providers.refund_days
            );
            return Err(CommandError::conflict("not_refundable", message));
        }
        order.refund_requested_at_ms = Some(now_ms);
        order.refund_request_reason = reason;
        payments::write_order(&mut tx, &order).await?;
        let after = json!({ "reason": order.refund_request_reason });
        self.note(&mut tx, note_of(&order, "order.refund_requested", after))
            .await?;
        tx.commit().await?;
        Ok(order)
    }
}

/// Returns whether a refund of an order may be asked for.
pub(crate) fn can_request_refund(
    providers: &PaymentProviders,
    order: &PaymentOrder,
    now_ms: i64,
) -> bool {
    let is_young = order
        .paid_at_ms
        .is_some_and(|paid_at_ms| now_ms - paid_at_ms < providers.refund_ms);
    order.status == OrderStatus::Paid
        && is_young
        && order.refund_requested_at_ms.is_none()
        && order.credits_left_nanos() > 0
}

fn checked_credits(shop: &Shop, text: &str) -> Result<i64, CommandError> {
    let (least, most) = shop.config.bounds_nanos();
    let amount = gateway::catalog::Price::parse(text.trim());
    let amount = amount.and_then(|price| i64::try_from(price.nanos).ok());
    amount
        .filter(|nanos| (least..=most).contains(nanos))
        .ok_or_else(|| {
            let message = format!(
                "The amount is in dollars, from {} to {}, with up to nine decimals: 12.50.",
                dollars(least),
                dollars(most)
            );
            CommandError::invalid("credits", message)
        })
}

/// The note of a change of an order; `more` is what is said besides.
fn note_of<'a>(order: &'a PaymentOrder, action: &'static str, more: Value) -> Note<'a> {
    let amount = decimal(order.amount_minor, exponent_of(&order.currency));
    let mut after = json!({
        "provider": order.provider,
        "status": order.status.as_str(),
        "credits": dollars(order.credits_nanos),
    });
    if let (Value::Object(after), Value::Object(more)) = (&mut after, more) {
        after.extend(more);
    }
    Note {
        account_id: Some(&order.account_id),
        action,
        subject: Subject {
            kind: "order",
            id: order.id.to_string(),
            label: format!("{amount} {}", order.currency),
        },
        before: None,
        after: Some(after),
    }
}

/// The fault of a provider that was not there.
fn unavailable(why: impl Into<String>) -> CommandError {
    CommandError::Payment(ProviderFault::Unavailable(why.into()))
}
