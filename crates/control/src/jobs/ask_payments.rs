//! Asks payment providers about orders whose time has come: those that are open, and those that were paid a day ago.

use std::time::Duration;

use futures_util::future::join_all;
use store::payments::{self, PaymentOrder};
use tokio_util::sync::CancellationToken;

use crate::commands::cashier;
use crate::state::{Control, ControlState};

const EVERY: Duration = Duration::from_secs(1);
/// Orders that are asked about at the same time.
const AT_ONCE: u32 = 8;
/// Until when nobody else asks, and after which it is asked again if there was no answer.
const CLAIM_MS: i64 = 5 * 60_000;
/// A refund that was begun so long ago is asked for again; until then whoever began it is at it.
const REFUND_AFTER_MS: i64 = 60_000;
/// The time within which providers know a repeated refund by its id.
const REFUND_UNTIL_MS: i64 = 20 * 60 * 60_000;
/// Pauses between two rounds of refunds.
const REFUNDS_EVERY: u32 = 60;

pub(super) async fn run(app: ControlState, stop: CancellationToken) {
    let mut round = 0u32;
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
        if let Err(error) = ask_all(&app, &stop).await {
            tracing::warn!(
                error = &*error as &dyn std::error::Error,
                "payment providers could not be asked now; trying again"
            );
        }
        round = round.wrapping_add(1);
        if round.is_multiple_of(REFUNDS_EVERY)
            && let Err(error) = push_refunds(&app).await
        {
            tracing::warn!(
                error = &*error as &dyn std::error::Error,
                "refunds could not be asked for now; trying again"
            );
        }
    }
}

async fn ask_all(app: &Control, stop: &CancellationToken) -> anyhow::Result<()> {
    loop {
        let due = payments::list_due(&app.db, app.clock.now_ms(), AT_ONCE).await?;
        let questions = due.iter().map(|order| ask(app, order));
        for result in join_all(questions).await {
            result?;
        }
        if due.is_empty() || stop.is_cancelled() {
            return Ok(());
        }
    }
}

async fn ask(app: &Control, order: &PaymentOrder) -> anyhow::Result<()> {
    let until_ms = app.clock.now_ms() + CLAIM_MS;
    let mut tx = app.db.begin().await?;
    let is_ours = payments::claim(&mut tx, order, until_ms).await?;
    tx.commit().await?;
    if !is_ours {
        return Ok(());
    }
    let actor = cashier(&order.provider);
    let shop = app.payments.find(&order.provider);
    let asked = app.commands(&actor).ask_in_time(shop, order).await;
    if let Err(error) = asked {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            order = order.id.as_str(),
            provider = order.provider,
            "it is not known how an order stands; asking again in five minutes"
        );
    }
    Ok(())
}

async fn push_refunds(app: &Control) -> anyhow::Result<()> {
    let now_ms = app.clock.now_ms();
    let (since_ms, until_ms) = (now_ms - REFUND_UNTIL_MS, now_ms - REFUND_AFTER_MS);
    let pending = payments::list_pending_refunds(&app.db, since_ms, until_ms, AT_ONCE).await?;
    for refund in pending {
        let order = payments::find_order(&app.db, &refund.order_id).await?;
        let actor = cashier(&order.provider);
        if let Some(shop) = app.payments.find(&order.provider) {
            app.commands(&actor).push_refund(shop, &refund).await?;
        }
    }
    Ok(())
}
