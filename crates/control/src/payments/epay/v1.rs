//! epay v1: MD5 over the parameters and a key that both sides have. Weak, and what most gateways speak; that is why an
//! order is bound to its amount and method, and the gateway is asked before anything is credited.

use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use http::HeaderMap;
use md5::{Digest, Md5};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use store::payments::{PaymentOrder, PaymentRefund};

use super::super::calls::Calls;
use super::super::facts::{Facts, Notification, PaymentState};
use super::super::provider::{
    Checkout, Created, Delivery, DeliveryFault, PaymentProvider, ProviderFault, Reply, Told,
};
use super::pairs::Pairs;
use super::{TAKEN, facts_of, not_taken, page};
use crate::config::PaymentProviderConfig;

/// A gateway, with a merchant's key.
#[derive(Debug)]
pub(in super::super) struct EpayV1 {
    calls: Arc<Calls>,
    url: String,
    merchant_id: String,
    key: SecretString,
    currency: String,
    can_query: bool,
}

impl EpayV1 {
    pub(in super::super) fn new(config: &PaymentProviderConfig, calls: Arc<Calls>) -> Self {
        Self {
            calls,
            url: config.url.trim_end_matches('/').to_owned(),
            merchant_id: config.merchant_id.clone(),
            key: config.merchant_key.clone(),
            currency: config.currency.clone(),
            can_query: config.can_query,
        }
    }

    fn sign(&self, pairs: &Pairs) -> String {
        let mut hash = Md5::new();
        hash.update(pairs.signed_text());
        hash.update(self.key.expose_secret());
        hex(&hash.finalize())
    }

    fn page_url(&self, checkout: Checkout<'_>) -> Created {
        let mut pairs = page(&self.merchant_id, checkout);
        let sign = self.sign(&pairs);
        pairs.push("sign", &sign);
        pairs.push("sign_type", "MD5");
        Created {
            checkout_ref: None,
            url: format!("{}/submit.php?{}", self.url, pairs.encoded()),
        }
    }

    fn believe(&self, pairs: &Pairs) -> Result<(), DeliveryFault> {
        let bad = |detail| DeliveryFault::BadSignature {
            detail,
            order_id: pairs.get("out_trade_no").map(str::to_owned),
        };
        if pairs.get("sign_type").is_some_and(|kind| kind != "MD5") {
            return Err(bad("The signature is of another kind."));
        }
        let given = pairs
            .get("sign")
            .ok_or_else(|| bad("There is no signature."))?;
        let expected = self.sign(pairs);
        verify_slices_are_equal(given.as_bytes(), expected.as_bytes())
            .map_err(|_| bad("The signature is not the gateway's."))
    }

    async fn ask(&self, order: &PaymentOrder) -> Result<Told, ProviderFault> {
        let mut pairs = Pairs::default();
        pairs.push("act", "order");
        pairs.push("pid", &self.merchant_id);
        pairs.push("key", self.key.expose_secret());
        pairs.push("out_trade_no", order.id.as_str());
        let url = format!("{}/api.php?{}", self.url, pairs.encoded());
        let raw = self.calls.get(&url, HeaderMap::new()).await?.success()?;
        let facts = self.read(&raw, order)?;
        Ok(Told { facts, raw })
    }

    /// Reads the response about an order. One that the gateway does not know was never paid.
    fn read(&self, raw: &str, order: &PaymentOrder) -> Result<Facts, ProviderFault> {
        let unreadable = || ProviderFault::Unavailable("its response cannot be read".to_owned());
        let value: Value = serde_json::from_str(raw).map_err(|_| unreadable())?;
        let object = value.as_object().ok_or_else(unreadable)?;
        let mut pairs = Pairs::of_json(object);
        let is_found = pairs.get("code") == Some("1");
        if !is_found && pairs.get("trade_no").is_none() {
            let name = super::OrderName::Id(order.id.to_string());
            return Ok(Facts::of(name, PaymentState::NotPaid));
        }
        if pairs.get("status") == Some("1") {
            pairs.push("trade_status", super::PAID);
        }
        // Some gateways leave out whose it is: it was asked for by our number and key.
        if pairs.get("pid").is_none() {
            pairs.push("pid", &self.merchant_id);
        }
        Ok(facts_of(&pairs, &self.merchant_id, &self.currency))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl PaymentProvider for EpayV1 {
    fn create<'a>(
        &'a self,
        checkout: Checkout<'a>,
    ) -> BoxFuture<'a, Result<Created, ProviderFault>> {
        ready(Ok(self.page_url(checkout))).boxed()
    }

    fn verify(&self, delivery: Delivery<'_>) -> Result<Notification, DeliveryFault> {
        let pairs = Pairs::of_delivery(&delivery)?;
        self.believe(&pairs)?;
        let text = pairs.encoded();
        Ok(Notification {
            event_ref: super::digest_of(&pairs),
            claims: Some(facts_of(&pairs, &self.merchant_id, &self.currency)),
            raw: text,
        })
    }

    fn query<'a>(
        &'a self,
        order: &'a PaymentOrder,
        _now_ms: i64,
    ) -> BoxFuture<'a, Result<Told, ProviderFault>> {
        if !self.can_query {
            return ready(Err(ProviderFault::Unsupported)).boxed();
        }
        self.ask(order).boxed()
    }

    fn close<'a>(
        &'a self,
        _order: &'a PaymentOrder,
        _now_ms: i64,
    ) -> BoxFuture<'a, Result<(), ProviderFault>> {
        ready(Err(ProviderFault::Unsupported)).boxed()
    }

    fn refund<'a>(
        &'a self,
        _order: &'a PaymentOrder,
        _refund: &'a PaymentRefund,
        _now_ms: i64,
    ) -> BoxFuture<'a, Result<String, ProviderFault>> {
        ready(Err(ProviderFault::Unsupported)).boxed()
    }

    fn can_query(&self) -> bool {
        self.can_query
    }

    fn can_refund(&self) -> bool {
        false
    }

    fn taken(&self) -> Reply {
        TAKEN
    }

    fn not_taken(&self, is_our_fault: bool) -> Reply {
        not_taken(is_our_fault)
    }
}
