//! Orders, events and refunds, over both engines.

use store::ledger::{self, EntryKind, NewEntry, check};
use store::payments::{
    self, EventSource, NewPaymentEvent, NewPaymentOrder, OrderFilter, OrderStatus, PaymentRefund,
    RefundStatus, Verdict,
};
use store::{AccountId, Db, PaymentOrderId, PaymentRefundId, StoreError};

use crate::support::{NOW_MS, an_account, on_each_engine};

async fn an_order(db: &Db, account: &AccountId) -> PaymentOrderId {
    let new = NewPaymentOrder {
        id: PaymentOrderId::generate(),
        account_id: account.clone(),
        provider: "alipay".to_owned(),
        method: "wxpay".to_owned(),
        currency: "CNY".to_owned(),
        amount_minor: 14_600,
        credits_nanos: 20_000,
        created_by: "dev@example.com".to_owned(),
        created_at_ms: NOW_MS,
        expires_at_ms: NOW_MS + 60_000,
        ask_at_ms: NOW_MS + 10,
    };
    let mut tx = db.begin().await.unwrap();
    payments::insert_order(&mut tx, &new).await.unwrap();
    tx.commit().await.unwrap();
    new.id
}

fn an_event(order: &PaymentOrderId, reference: &str) -> NewPaymentEvent {
    NewPaymentEvent {
        provider: "alipay".to_owned(),
        event_ref: reference.to_owned(),
        order_id: Some(order.clone()),
        source: EventSource::Notify,
        at_ms: NOW_MS,
        verdict: Verdict::WrongAmount,
        detail: "too little".to_owned(),
        raw: "money=1.80\0".to_owned(),
    }
}

/// Credits an order as a server does; `false` if it was credited before.
async fn credit(db: &Db, id: &PaymentOrderId, payment: &str) -> Result<bool, StoreError> {
    let mut tx = db.begin().await?;
    let mut order = payments::lock(&mut tx, id).await?;
    if !order.status.is_open() {
        return Ok(false);
    }
    let entry = NewEntry {
        at_ms: NOW_MS,
        kind: EntryKind::Payment,
        account_id: order.account_id.clone(),
        amount_nanos: order.credits_nanos,
        reference: order.id.to_string(),
        note: "alipay wxpay".to_owned(),
    };
    ledger::post(&mut tx, &entry).await?;
    order.status = OrderStatus::Paid;
    order.payment_ref = Some(payment.to_owned());
    payments::write_order(&mut tx, &order).await?;
    tx.commit().await?;
    Ok(true)
}

#[tokio::test]
async fn servers_that_race_for_a_payment_credit_it_once() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "free").await;
        let order = an_order(&db, &account).await;
        let mut racers = tokio::task::JoinSet::new();
        for _ in 0..64 {
            let (db, order) = (db.clone(), order.clone());
            racers.spawn(async move { credit(&db, &order, "pay_1").await });
        }
        let mut credited = 0;
        while let Some(raced) = racers.join_next().await {
            credited += usize::from(raced.unwrap().unwrap_or(false));
        }
        assert_eq!(credited, 1);
        let balance = ledger::balance_of(&db, &account).await.unwrap();
        assert_eq!(balance.balance_nanos, 20_000);
        assert_eq!(check::run(&db, 0).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_payment_pays_one_order() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "free").await;
        let (first, second) = (an_order(&db, &account).await, an_order(&db, &account).await);
        assert!(credit(&db, &first, "pay_1").await.unwrap());
        let refused = credit(&db, &second, "pay_1").await;
        assert!(
            matches!(refused, Err(StoreError::Conflict { .. })),
            "{refused:?}"
        );
        let found = payments::find_by_payment(&db, "alipay", "pay_1").await;
        assert_eq!(found.unwrap(), Some(first));
        let found = payments::find_by_payment(&db, "stripe", "pay_1").await;
        assert_eq!(found.unwrap(), None);
        let balance = ledger::balance_of(&db, &account).await.unwrap();
        assert_eq!(balance.balance_nanos, 20_000, "nothing of the second holds");
    })
    .await;
}

#[tokio::test]
async fn what_an_order_is_bound_to_and_what_was_said_cannot_be_changed() {
    use sqlx::Executor;
    on_each_engine(|db| async move {
        let account = an_account(&db, "free").await;
        let order = an_order(&db, &account).await;
        let mut tx = db.begin().await.unwrap();
        let event = an_event(&order, "evt_1");
        assert!(payments::append_event(&mut tx, &event).await.unwrap());
        assert!(
            !payments::append_event(&mut tx, &event).await.unwrap(),
            "twice"
        );
        tx.commit().await.unwrap();
        for sql in [
            "UPDATE payment_orders SET amount_minor = 1",
            "UPDATE payment_orders SET credits_nanos = 1000000",
            "UPDATE payment_orders SET provider = 'stripe'",
            "UPDATE payment_events SET verdict = 'credited'",
            "DELETE FROM payment_events",
        ] {
            let changed = match &db {
                Db::Sqlite { writer, .. } => writer.execute(sql).await.map(drop),
                Db::Postgres { pool, .. } => pool.execute(sql).await.map(drop),
            };
            assert!(changed.is_err(), "{sql}");
        }
        let events = payments::list_events_of(&db, &order, 10).await.unwrap();
        assert_eq!(events[0].verdict, Verdict::WrongAmount);
        assert!(events[0].needs_attention);
        assert!(
            payments::is_known_event(&db, "alipay", "evt_1")
                .await
                .unwrap()
        );
        assert!(
            !payments::is_known_event(&db, "stripe", "evt_1")
                .await
                .unwrap()
        );
    })
    .await;
}

#[tokio::test]
async fn orders_are_found_whole_and_asked_about_in_time() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "free").await;
        let (first, second) = (an_order(&db, &account).await, an_order(&db, &account).await);
        assert_eq!(payments::list_due(&db, NOW_MS, 9).await.unwrap(), []);
        let due = payments::list_due(&db, NOW_MS + 10, 9).await.unwrap();
        assert_eq!(due.len(), 2);
        let mut tx = db.begin().await.unwrap();
        assert!(
            payments::claim(&mut tx, &due[0], NOW_MS + 99)
                .await
                .unwrap()
        );
        assert!(
            !payments::claim(&mut tx, &due[0], NOW_MS + 99)
                .await
                .unwrap()
        );
        let mut order = payments::lock(&mut tx, &first).await.unwrap();
        order.attention = Some(Verdict::Late);
        order.checkout_ref = Some("cs_1".to_owned());
        payments::write_order(&mut tx, &order).await.unwrap();
        assert_eq!(payments::count_open(&mut tx, &account).await.unwrap(), 2);
        tx.commit().await.unwrap();
        let all = OrderFilter::default();
        let listed = payments::list_orders(&db, &all, None, 9).await.unwrap();
        assert_eq!(listed[0].0.id, second, "the newest first");
        assert_eq!(listed[0].1, "dev@example.com");
        for filter in [
            OrderFilter {
                search: "cs_1".to_owned(),
                ..all.clone()
            },
            OrderFilter {
                search: first.to_string(),
                ..all.clone()
            },
            OrderFilter {
                needs_attention: true,
                ..all.clone()
            },
        ] {
            let found = payments::list_orders(&db, &filter, None, 9).await.unwrap();
            assert_eq!(found.len(), 1, "{filter:?}");
            assert_eq!(found[0].0.attention, Some(Verdict::Late));
        }
        let part = OrderFilter {
            search: "cs".to_owned(),
            ..all.clone()
        };
        assert_eq!(
            payments::list_orders(&db, &part, None, 9).await.unwrap(),
            []
        );
        let paid = OrderFilter {
            status: Some(OrderStatus::Paid),
            ..all
        };
        assert_eq!(
            payments::list_orders(&db, &paid, None, 9).await.unwrap(),
            []
        );
    })
    .await;
}

#[tokio::test]
async fn a_refund_ends_once_and_what_is_short_is_a_loss_of_the_platform() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "free").await;
        let order = an_order(&db, &account).await;
        credit(&db, &order, "pay_1").await.unwrap();
        let refund = PaymentRefund {
            id: PaymentRefundId::generate(),
            order_id: order.clone(),
            at_ms: NOW_MS,
            amount_minor: 1,
            credits_nanos: 1,
            status: RefundStatus::Pending,
            reason: "x".to_owned(),
            made_by: "x".to_owned(),
        };
        let mut tx = db.begin().await.unwrap();
        payments::insert_refund(&mut tx, &refund).await.unwrap();
        tx.commit().await.unwrap();
        let pending = payments::list_pending_refunds(&db, NOW_MS, NOW_MS + 1, 9)
            .await
            .unwrap();
        assert_eq!(pending, std::slice::from_ref(&refund));
        let mut tx = db.begin().await.unwrap();
        let done = RefundStatus::Done;
        assert!(
            payments::settle_refund(&mut tx, &refund.id, done)
                .await
                .unwrap()
        );
        assert!(
            !payments::settle_refund(&mut tx, &refund.id, RefundStatus::Failed)
                .await
                .unwrap()
        );
        let entry = NewEntry {
            at_ms: NOW_MS,
            kind: EntryKind::PaymentRefund,
            account_id: account.clone(),
            amount_nanos: -50_000,
            reference: "back".to_owned(),
            note: "x".to_owned(),
        };
        assert_eq!(ledger::take_back(&mut tx, &entry).await.unwrap(), 20_000);
        tx.commit().await.unwrap();
        let left = ledger::balance_of(&db, &account).await.unwrap();
        assert_eq!(left.balance_nanos, 0);
        assert_eq!(check::run(&db, 0).await.unwrap(), []);
        assert_eq!(
            payments::list_refunds_of(&db, &order).await.unwrap()[0].status,
            done
        );
    })
    .await;
}
