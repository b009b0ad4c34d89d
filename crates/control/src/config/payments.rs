use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use super::dollars::nanos_of;
use super::payment_provider::PaymentProviderConfig;

/// Minutes that Stripe lets a checkout be open, at least and at most.
const ORDER_MINUTES: std::ops::RangeInclusive<i64> = 31..=1_439;
const REFUND_DAYS_MAX: i64 = 180;
const MINUTE_MS: i64 = 60_000;

/// `[payments]`: what can be bought, and where it is paid.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentsConfig {
    pub order_minutes: i64,
    pub refund_days: i64,
    balance_max: String,
    pub allow_private_networks: bool,
    pub providers: Vec<PaymentProviderConfig>,
}

impl PaymentsConfig {
    pub fn read_files(&mut self) -> anyhow::Result<()> {
        let mut providers = self.providers.iter_mut();
        providers.try_for_each(PaymentProviderConfig::read_files)
    }

    pub fn validate(&self, public_url: Option<&str>) -> anyhow::Result<()> {
        if !ORDER_MINUTES.contains(&self.order_minutes) {
            bail!("payments.order_minutes must be between 31 and 1439 (a day)");
        }
        if !(0..=REFUND_DAYS_MAX).contains(&self.refund_days) {
            bail!("payments.refund_days must be between 0 and {REFUND_DAYS_MAX}");
        }
        self.balance_max_nanos()?;
        for provider in &self.providers {
            provider.validate()?;
            let of_name = |other: &&PaymentProviderConfig| other.name == provider.name;
            if self.providers.iter().filter(of_name).count() > 1 {
                bail!("there are two payment providers called {}", provider.name);
            }
        }
        if !self.providers.is_empty() && public_url.is_none() {
            bail!(
                "payment providers need accounts.public_url: they call it and send buyers back to it"
            );
        }
        Ok(())
    }

    /// The most that an order may lift a balance to, in nano-dollars.
    ///
    /// # Errors
    /// If the setting is no amount.
    pub(crate) fn balance_max_nanos(&self) -> anyhow::Result<i64> {
        let amount = nanos_of(&self.balance_max).filter(|nanos| *nanos > 0);
        amount.context("payments.balance_max must be an amount in dollars, such as 100000")
    }

    /// The time that a buyer has.
    pub(crate) fn order_ms(&self) -> i64 {
        self.order_minutes * MINUTE_MS
    }

    /// The time after a payment within which a refund can be asked for.
    pub(crate) fn refund_ms(&self) -> i64 {
        self.refund_days * 24 * 60 * MINUTE_MS
    }
}
