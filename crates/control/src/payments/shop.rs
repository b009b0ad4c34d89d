//! Shops: the configured providers with what is sold there.

use std::sync::Arc;

use rustls::ClientConfig;
use store::payments::PaymentOrder;

use super::calls::Calls;
use super::epay::{EpayV1, EpayV2};
use super::money::{exponent_of, price_minor};
use super::provider::PaymentProvider;
use super::stripe::Stripe;
use crate::config::{PaymentProviderConfig, PaymentProviderKind, PaymentsConfig};
use gateway::egress_client::EgressClient;

/// The providers at which credits can be bought.
#[derive(Debug)]
pub struct PaymentProviders {
    shops: Vec<Shop>,
    pub balance_max_nanos: i64,
    pub order_ms: i64,
    pub refund_days: i64,
    pub refund_ms: i64,
}

/// A provider with what is sold there.
#[derive(Debug)]
pub(crate) struct Shop {
    pub config: PaymentProviderConfig,
    pub provider: Box<dyn PaymentProvider>,
}

impl PaymentProviders {
    /// The providers of the configuration that have their secrets.
    ///
    /// # Errors
    /// If a key cannot be read.
    pub(crate) fn new(config: &PaymentsConfig, tls: ClientConfig) -> anyhow::Result<Self> {
        let client = EgressClient::new(tls, config.allow_private_networks);
        let calls = Arc::new(Calls::new(client));
        let complete = config
            .providers
            .iter()
            .filter(|one| one.missing().is_none());
        let shops = complete.map(|one| Shop::new(one, &calls));
        Ok(Self {
            shops: shops.collect::<anyhow::Result<_>>()?,
            balance_max_nanos: config.balance_max_nanos()?,
            order_ms: config.order_ms(),
            refund_days: config.refund_days,
            refund_ms: config.refund_ms(),
        })
    }

    /// The shops, in the order of the configuration.
    pub(crate) fn shops(&self) -> &[Shop] {
        &self.shops
    }

    /// The shop of that name.
    pub(crate) fn find(&self, name: &str) -> Option<&Shop> {
        self.shops.iter().find(|shop| shop.config.name == name)
    }

    /// The label of a provider, or its name if it is gone.
    pub(crate) fn label_of<'a>(&'a self, order: &'a PaymentOrder) -> &'a str {
        self.find(&order.provider)
            .map_or(&order.provider, |shop| shop.config.label())
    }
}

impl Shop {
    fn new(config: &PaymentProviderConfig, calls: &Arc<Calls>) -> anyhow::Result<Self> {
        let calls = Arc::clone(calls);
        let provider: Box<dyn PaymentProvider> = match config.kind {
            PaymentProviderKind::Stripe => Box::new(Stripe::new(config, calls)),
            PaymentProviderKind::Epay => Box::new(EpayV1::new(config, calls)),
            PaymentProviderKind::EpayV2 => Box::new(EpayV2::new(config, calls)?),
        };
        Ok(Self {
            config: config.clone(),
            provider,
        })
    }

    /// The price of credits here, in the minor unit of its currency.
    pub(crate) fn price_minor(&self, credits_nanos: i64) -> Option<i64> {
        let exponent = exponent_of(&self.config.currency);
        price_minor(credits_nanos, self.config.price_nanos(), exponent)
    }
}
