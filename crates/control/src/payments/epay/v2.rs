//! epay v2: both sides sign with RSA and verify the other, responses included.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use http::HeaderMap;
use secrecy::ExposeSecret;
use serde_json::Value;
use store::payments::{PaymentOrder, PaymentRefund};

use super::super::calls::Calls;
use super::super::facts::{Facts, Notification, OrderName, PaymentState};
use super::super::money::{decimal, exponent_of, parse_minor};
use super::super::provider::{
    Checkout, Created, Delivery, DeliveryFault, PaymentProvider, ProviderFault, Reply, Told,
};
use super::pairs::Pairs;
use super::rsa::Keys;
use super::{TAKEN, facts_of, not_taken, page};
use crate::config::PaymentProviderConfig;

/// The age of a message at most: gateways repeat one for hours, and a replayed one credits nothing.
const AGE_MAX_S: u64 = 86_400;
/// `status` of an order of which all money went back.
const REFUNDED: &str = "2";

/// A gateway, with our key and its own.
#[derive(Debug)]
pub(in super::super) struct EpayV2 {
    calls: Arc<Calls>,
    url: String,
    merchant_id: String,
    currency: String,
    keys: Keys,
}

impl EpayV2 {
    pub(in super::super) fn new(
        config: &PaymentProviderConfig,
        calls: Arc<Calls>,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            calls,
            url: config.url.trim_end_matches('/').to_owned(),
            merchant_id: config.merchant_id.clone(),
            currency: config.currency.clone(),
            keys: Keys::read(config.private_key.expose_secret(), &config.public_key)?,
        })
    }

    /// Adds the time and our signature.
    fn signed(&self, mut pairs: Pairs, now_ms: i64) -> Result<Pairs, ProviderFault> {
        pairs.push("timestamp", &(now_ms / 1_000).to_string());
        let sign = self.keys.sign(&pairs.signed_text());
        let sign =
            sign.ok_or_else(|| ProviderFault::Refused("our key does not sign".to_owned()))?;
        pairs.push("sign", &sign);
        pairs.push("sign_type", "RSA");
        Ok(pairs)
    }

    fn page_url(&self, checkout: Checkout<'_>) -> Result<Created, ProviderFault> {
        let pairs = self.signed(page(&self.merchant_id, checkout), checkout.now_ms)?;
        Ok(Created {
            checkout_ref: None,
            url: format!("{}/api/pay/submit?{}", self.url, pairs.encoded()),
        })
    }

    fn believe(&self, pairs: &Pairs, now_ms: i64) -> Result<(), DeliveryFault> {
        let bad = |detail| DeliveryFault::BadSignature {
            detail,
            order_id: pairs.get("out_trade_no").map(str::to_owned),
        };
        if pairs.get("sign_type").is_some_and(|kind| kind != "RSA") {
            return Err(bad("The signature is of another kind."));
        }
        let sign = pairs
            .get("sign")
            .ok_or_else(|| bad("There is no signature."))?;
        if !self.keys.has_signed(&pairs.signed_text(), sign) {
            return Err(bad("The signature is not the gateway's."));
        }
        let at_s: Option<i64> = pairs.get("timestamp").and_then(|text| text.parse().ok());
        let at_s = at_s.ok_or_else(|| bad("The message has no time."))?;
        if (now_ms / 1_000).abs_diff(at_s) > AGE_MAX_S {
            return Err(bad("The message is too old."));
        }
        Ok(())
    }

    /// Asks something; the parameters of the response, once its signature is verified. `None` if it was refused.
    async fn ask(
        &self,
        action: &str,
        pairs: Pairs,
        now_ms: i64,
    ) -> Result<(String, Option<Pairs>), ProviderFault> {
        let form = self.signed(pairs, now_ms)?.encoded();
        let url = format!("{}/api/pay/{action}", self.url);
        let raw = self
            .calls
            .post_form(&url, HeaderMap::new(), form)
            .await?
            .success()?;
        let unreadable = || ProviderFault::Unavailable("its response cannot be read".to_owned());
        let value: Value = serde_json::from_str(&raw).map_err(|_| unreadable())?;
        let pairs = Pairs::of_json(value.as_object().ok_or_else(unreadable)?);
        if pairs.get("code") != Some("0") {
            return Ok((raw, None));
        }
        let sign = pairs.get("sign").unwrap_or_default();
        if !self.keys.has_signed(&pairs.signed_text(), sign) {
            let why = "its response is not signed by it".to_owned();
            return Err(ProviderFault::Unavailable(why));
        }
        Ok((raw, Some(pairs)))
    }

    fn naming(&self, order: &PaymentOrder) -> Pairs {
        let mut pairs = Pairs::default();
        pairs.push("pid", &self.merchant_id);
        pairs.push("out_trade_no", order.id.as_str());
        pairs
    }

    async fn query_order(&self, order: &PaymentOrder, now_ms: i64) -> Result<Told, ProviderFault> {
        let (raw, pairs) = self.ask("query", self.naming(order), now_ms).await?;
        let facts = match pairs {
            Some(pairs) => self.facts(pairs),
            // One that the gateway does not know was never paid.
            None => Facts::of(OrderName::Id(order.id.to_string()), PaymentState::NotPaid),
        };
        Ok(Told { facts, raw })
    }

    fn facts(&self, mut pairs: Pairs) -> Facts {
        let status = pairs.get("status").unwrap_or_default().to_owned();
        if matches!(status.as_str(), "1" | REFUNDED) {
            pairs.push("trade_status", super::PAID);
        }
        let mut facts = facts_of(&pairs, &self.merchant_id, &self.currency);
        let back = pairs.get("refundmoney");
        let back = back.and_then(|text| parse_minor(text, exponent_of(&self.currency)));
        facts.refunded_minor = match back {
            Some(minor) if minor > 0 => minor,
            _ if status == REFUNDED => facts.amount_minor.unwrap_or_default(),
            _ => 0,
        };
        facts
    }

    async fn pay_back(
        &self,
        order: &PaymentOrder,
        refund: &PaymentRefund,
        now_ms: i64,
    ) -> Result<String, ProviderFault> {
        let mut pairs = self.naming(order);
        let money = decimal(refund.amount_minor, exponent_of(&order.currency));
        pairs.push("money", &money);
        // A second request with the same number is the same refund.
        pairs.push("out_refund_no", refund.id.as_str());
        match self.ask("refund", pairs, now_ms).await? {
            (raw, Some(_)) => Ok(raw),
            (raw, None) => Err(ProviderFault::Refused(raw)),
        }
    }
}

impl PaymentProvider for EpayV2 {
    fn create<'a>(
        &'a self,
        checkout: Checkout<'a>,
    ) -> BoxFuture<'a, Result<Created, ProviderFault>> {
        ready(self.page_url(checkout)).boxed()
    }

    fn verify(&self, delivery: Delivery<'_>) -> Result<Notification, DeliveryFault> {
        let pairs = Pairs::of_delivery(&delivery)?;
        self.believe(&pairs, delivery.now_ms)?;
        Ok(Notification {
            event_ref: super::digest_of(&pairs),
            claims: Some(facts_of(&pairs, &self.merchant_id, &self.currency)),
            raw: pairs.encoded(),
        })
    }

    fn query<'a>(
        &'a self,
        order: &'a PaymentOrder,
        now_ms: i64,
    ) -> BoxFuture<'a, Result<Told, ProviderFault>> {
        self.query_order(order, now_ms).boxed()
    }

    fn close<'a>(
        &'a self,
        order: &'a PaymentOrder,
        now_ms: i64,
    ) -> BoxFuture<'a, Result<(), ProviderFault>> {
        async move {
            let asked = self.ask("close", self.naming(order), now_ms).await;
            asked.map(drop)
        }
        .boxed()
    }

    fn refund<'a>(
        &'a self,
        order: &'a PaymentOrder,
        refund: &'a PaymentRefund,
        now_ms: i64,
    ) -> BoxFuture<'a, Result<String, ProviderFault>> {
        self.pay_back(order, refund, now_ms).boxed()
    }

    fn can_query(&self) -> bool {
        true
    }

    fn can_refund(&self) -> bool {
        true
    }

    fn taken(&self) -> Reply {
        TAKEN
    }

    fn not_taken(&self, is_our_fault: bool) -> Reply {
        not_taken(is_our_fault)
    }
}
