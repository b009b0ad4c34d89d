//! The configuration of the control plane: a struct per section. The program composes, loads and dumps them.

mod accounts;
mod anomalies;
mod dollars;
mod invoices;
mod leak_reports;
mod mail;
mod payment_provider;
mod payments;
mod sign_in_providers;
mod webhooks;

pub use accounts::{AccountsConfig, SignUp};
pub use anomalies::AnomaliesConfig;
pub use invoices::InvoicesConfig;
pub use leak_reports::LeakReportsConfig;
pub use mail::{MailConfig, MailTls};
pub use payment_provider::{PaymentProviderConfig, PaymentProviderKind, SECRET_BYTES_MIN};
pub use payments::PaymentsConfig;
pub use sign_in_providers::{SignInProviderConfig, SignInProviderKind, safe_url};
pub use webhooks::WebhooksConfig;

/// The settings of the control plane.
#[derive(Debug, Clone)]
pub struct ControlConfig {
    pub accounts: AccountsConfig,
    pub leak_reports: LeakReportsConfig,
    pub mail: MailConfig,
    pub payments: PaymentsConfig,
    pub invoices: InvoicesConfig,
    pub anomalies: AnomaliesConfig,
    pub webhooks: WebhooksConfig,
}

/// A section of the reference, as it is when nothing is configured.
#[cfg(test)]
pub(crate) fn default_of<T: serde::de::DeserializeOwned>(section: &str) -> T {
    let table =
        gateway::config::layers::parse(include_str!("../../../config.default.toml")).unwrap();
    table[section].clone().try_into().unwrap()
}
