//! Invoices over both engines: numbers without gaps, each document once and never changed.

use futures_util::future::join_all;
use sqlx::{AssertSqlSafe, Executor};
use store::invoices::{self, Invoice, InvoiceFilter, InvoiceKind, NewInvoice, Particulars, Party};
use store::payments::{self, NewPaymentOrder};
use store::{AccountId, Db, PaymentOrderId};

use crate::support::{NOW_MS, an_account, on_each_engine};

async fn an_order(db: &Db, account: &AccountId) -> PaymentOrderId {
    let new = NewPaymentOrder {
        id: PaymentOrderId::generate(),
        account_id: account.clone(),
        provider: "stripe".to_owned(),
        method: "card".to_owned(),
        currency: "EUR".to_owned(),
        amount_minor: 2_000,
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

fn an_invoice(account: &AccountId, order: &PaymentOrderId, reference: &str) -> NewInvoice {
    NewInvoice {
        kind: InvoiceKind::Invoice,
        prefix: "INV-".to_owned(),
        account_id: account.clone(),
        order_id: order.clone(),
        reference: reference.to_owned(),
        corrects: None,
        issued_at_ms: NOW_MS,
        currency: "EUR".to_owned(),
        amount_minor: 2_000,
        credits_nanos: 20_000,
        particulars: Particulars {
            seller: Party {
                name: "Yunxin GmbH".to_owned(),
                ..Party::default()
            },
            ..Particulars::default()
        },
    }
}

/// Issues in a transaction of its own, which is given up where `is_kept` is false.
async fn issue(db: &Db, new: &NewInvoice, is_kept: bool) {
    let mut tx = db.begin().await.unwrap();
    invoices::issue(&mut tx, new).await.unwrap();
    if is_kept {
        tx.commit().await.unwrap();
    }
}

async fn numbers(db: &Db) -> Vec<String> {
    let mut all = invoices::list(db, &InvoiceFilter::default(), None, 100)
        .await
        .unwrap();
    all.sort_by(|one, other| one.number.cmp(&other.number));
    all.into_iter().map(|one: Invoice| one.number).collect()
}

#[tokio::test]
async fn numbers_have_no_gaps_though_some_are_given_up_and_some_are_asked_for_twice() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "free").await;
        let order = an_order(&db, &account).await;
        issue(&db, &an_invoice(&account, &order, "first"), true).await;
        issue(&db, &an_invoice(&account, &order, "given up"), false).await;
        issue(&db, &an_invoice(&account, &order, "second"), true).await;
        issue(&db, &an_invoice(&account, &order, "second"), true).await;
        let third = NewInvoice {
            prefix: "CN-".to_owned(),
            kind: InvoiceKind::CreditNote,
            corrects: Some("INV-000001".to_owned()),
            ..an_invoice(&account, &order, "third")
        };
        issue(&db, &third, true).await;
        assert_eq!(
            numbers(&db).await,
            ["CN-000001", "INV-000001", "INV-000002"]
        );
    })
    .await;
}

#[tokio::test]
async fn at_the_same_time_each_document_has_a_number_of_its_own() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "free").await;
        let order = an_order(&db, &account).await;
        let issued = (0..12).map(async |number| {
            let new = an_invoice(&account, &order, &format!("r{number}"));
            issue(&db, &new, true).await;
        });
        join_all(issued).await;
        let expected: Vec<String> = (1..=12).map(|number| format!("INV-{number:06}")).collect();
        assert_eq!(numbers(&db).await, expected);
    })
    .await;
}

#[tokio::test]
async fn what_was_issued_is_neither_changed_nor_removed() {
    on_each_engine(|db| async move {
        let account = an_account(&db, "free").await;
        let order = an_order(&db, &account).await;
        issue(&db, &an_invoice(&account, &order, "first"), true).await;
        for sql in [
            "UPDATE invoices SET amount_minor = 1",
            "DELETE FROM invoices",
        ] {
            let statement = AssertSqlSafe(sql.to_owned());
            let refused = match &db {
                Db::Sqlite { writer, .. } => writer.execute(statement).await.map(drop),
                Db::Postgres { pool, .. } => pool.execute(statement).await.map(drop),
            };
            let error = refused.unwrap_err().to_string();
            assert!(
                error.contains("an invoice stays as it was issued"),
                "{sql}: {error}"
            );
        }
        assert_eq!(numbers(&db).await, ["INV-000001"]);
    })
    .await;
}
