//! Stripe Checkout: a page of Stripe's for each order, events that it signs, and its API, which is asked for the truth.

mod objects;
mod signature;

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use store::payments::{PaymentOrder, PaymentRefund};
use url::form_urlencoded::Serializer;

use super::calls::{Calls, bearer, with};
use super::facts::Notification;
use super::provider::{
    Checkout, Created, Delivery, DeliveryFault, PaymentProvider, ProviderFault, Reply, Told,
};
use crate::config::PaymentProviderConfig;
use objects::{Event, Refund, Session};

const API: &str = "https://api.stripe.com";
/// The version of the API that the objects are read in.
const VERSION: &str = "2024-06-20";
const JSON: &str = "application/json";

/// Stripe, with an account's key.
#[derive(Debug)]
pub(super) struct Stripe {
    calls: Arc<Calls>,
    api: String,
    secret_key: SecretString,
    webhook_secrets: Vec<SecretString>,
}

impl Stripe {
    pub(super) fn new(config: &PaymentProviderConfig, calls: Arc<Calls>) -> Self {
        let api = if config.url.is_empty() {
            API
        } else {
            config.url.trim_end_matches('/')
        };
        Self {
            calls,
            api: api.to_owned(),
            secret_key: config.secret_key.clone(),
            webhook_secrets: config.webhook_secrets.clone(),
        }
    }

    async fn get(&self, path: &str) -> Result<String, ProviderFault> {
        let headers = with(
            bearer(self.secret_key.expose_secret()),
            "stripe-version",
            VERSION,
        );
        let url = format!("{}{path}", self.api);
        self.calls.get(&url, headers).await?.success()
    }

    async fn post(
        &self,
        path: &str,
        form: String,
        idempotency_key: &str,
    ) -> Result<String, ProviderFault> {
        let headers = bearer(self.secret_key.expose_secret());
        let headers = with(headers, "stripe-version", VERSION);
        let headers = with(headers, "idempotency-key", idempotency_key);
        let url = format!("{}{path}", self.api);
        self.calls.post_form(&url, headers, form).await?.success()
    }

    async fn open(&self, checkout: Checkout<'_>) -> Result<Created, ProviderFault> {
        let id = checkout.order.id.as_str();
        let text = self
            .post("/v1/checkout/sessions", session_form(checkout), id)
            .await?;
        let session: Session = read(&text)?;
        let url = session
            .url
            .ok_or_else(|| ProviderFault::Refused("the session has no url".to_owned()))?;
        Ok(Created {
            checkout_ref: Some(session.id),
            url,
        })
    }

    async fn ask(&self, order: &PaymentOrder) -> Result<Told, ProviderFault> {
        let session = checkout_of(order)?;
        let path =
            format!("/v1/checkout/sessions/{session}?expand%5B%5D=payment_intent.latest_charge");
        let raw = self.get(&path).await?;
        let session: Session = read(&raw)?;
        Ok(Told {
            facts: session.facts(),
            raw,
        })
    }

    async fn pay_back(
        &self,
        order: &PaymentOrder,
        refund: &PaymentRefund,
    ) -> Result<String, ProviderFault> {
        let payment = order
            .payment_ref
            .as_deref()
            .ok_or_else(|| ProviderFault::Refused("the order has no payment".to_owned()))?;
        let form = Serializer::new(String::new())
            .append_pair("payment_intent", payment)
            .append_pair("amount", &refund.amount_minor.to_string())
            .append_pair("metadata[refund_id]", refund.id.as_str())
            .append_pair("metadata[order_id]", order.id.as_str())
            .finish();
        let raw = self.post("/v1/refunds", form, refund.id.as_str()).await?;
        let made: Refund = read(&raw)?;
        if made.has_failed() {
            return Err(ProviderFault::Refused(format!(
                "the refund {} failed",
                made.id
            )));
        }
        Ok(raw)
    }
}

fn session_form(checkout: Checkout<'_>) -> String {
    let order = checkout.order;
    let (id, account) = (order.id.as_str(), order.account_id.as_str());
    let back = format!("{}/a/{account}/billing?order={id}", checkout.public_url);
    let currency = order.currency.to_ascii_lowercase();
    Serializer::new(String::new())
        .append_pair("mode", "payment")
        .append_pair("client_reference_id", id)
        .append_pair("payment_method_types[0]", &order.method)
        .append_pair("line_items[0][quantity]", "1")
        .append_pair("line_items[0][price_data][currency]", &currency)
        .append_pair(
            "line_items[0][price_data][unit_amount]",
            &order.amount_minor.to_string(),
        )
        .append_pair(
            "line_items[0][price_data][product_data][name]",
            checkout.title,
        )
        .append_pair("metadata[order_id]", id)
        .append_pair("metadata[account_id]", account)
        .append_pair("payment_intent_data[metadata][order_id]", id)
        // The amount is in the currency of the order, or it does not fit it.
        .append_pair("adaptive_pricing[enabled]", "false")
        .append_pair("expires_at", &(order.expires_at_ms / 1_000).to_string())
        .append_pair("success_url", &back)
        .append_pair("cancel_url", &back)
        .finish()
}

fn checkout_of(order: &PaymentOrder) -> Result<&str, ProviderFault> {
    let session = order.checkout_ref.as_deref();
    session.ok_or_else(|| ProviderFault::Refused("the order has no session".to_owned()))
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, ProviderFault> {
    serde_json::from_str(text)
        .map_err(|_| ProviderFault::Unavailable("its response cannot be read".to_owned()))
}

impl PaymentProvider for Stripe {
    fn create<'a>(
        &'a self,
        checkout: Checkout<'a>,
    ) -> BoxFuture<'a, Result<Created, ProviderFault>> {
        self.open(checkout).boxed()
    }

    fn verify(&self, delivery: Delivery<'_>) -> Result<Notification, DeliveryFault> {
        if delivery.method != Method::POST {
            return Err(DeliveryFault::WrongMethod);
        }
        signature::verify(&self.webhook_secrets, &delivery)?;
        let event: Event =
            serde_json::from_slice(delivery.body).map_err(|_| DeliveryFault::Unreadable)?;
        Ok(Notification {
            claims: event.claims(),
            event_ref: event.id,
            raw: String::from_utf8_lossy(delivery.body).into_owned(),
        })
    }

    fn query<'a>(
        &'a self,
        order: &'a PaymentOrder,
        _now_ms: i64,
    ) -> BoxFuture<'a, Result<Told, ProviderFault>> {
        self.ask(order).boxed()
    }

    fn close<'a>(
        &'a self,
        order: &'a PaymentOrder,
        _now_ms: i64,
    ) -> BoxFuture<'a, Result<(), ProviderFault>> {
        async move {
            let session = checkout_of(order)?;
            let path = format!("/v1/checkout/sessions/{session}/expire");
            let key = format!("{}-close", order.id);
            self.post(&path, String::new(), &key).await.map(drop)
        }
        .boxed()
    }

    fn refund<'a>(
        &'a self,
        order: &'a PaymentOrder,
        refund: &'a PaymentRefund,
        _now_ms: i64,
    ) -> BoxFuture<'a, Result<String, ProviderFault>> {
        self.pay_back(order, refund).boxed()
    }

    fn can_query(&self) -> bool {
        true
    }

    fn can_refund(&self) -> bool {
        true
    }

    fn taken(&self) -> Reply {
        Reply {
            status: StatusCode::OK,
            content_type: JSON,
            body: "{\"received\":true}",
        }
    }

    fn not_taken(&self, is_our_fault: bool) -> Reply {
        let (status, body) = if is_our_fault {
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "{\"error\":\"send it again\"}",
            )
        } else {
            (
                StatusCode::BAD_REQUEST,
                "{\"error\":\"the signature is not valid\"}",
            )
        };
        Reply {
            status,
            content_type: JSON,
            body,
        }
    }
}
