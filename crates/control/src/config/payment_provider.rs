use std::path::Path;

use anyhow::{Context, bail};
use gateway::config::{read_secret, trim_secret};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};
use url::Url;

use super::dollars::nanos_of;

/// Bytes of a secret at least: a shorter one can be guessed, and a forged payment is free credit.
pub const SECRET_BYTES_MIN: usize = 16;
const NAME_CHARS_MAX: usize = 32;
const METHODS_MAX: usize = 16;
const AMOUNTS_MAX: usize = 12;
/// The most that one order is worth: a hundred thousand dollars.
const CREDITS_NANOS_MAX: i64 = 100_000 * 1_000_000_000;

/// `[[payments.providers]]`: where credits are paid.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentProviderConfig {
    /// In addresses: `stripe`.
    pub name: String,
    /// On the button; the name when it is left out.
    #[serde(default)]
    pub display_name: String,
    pub kind: PaymentProviderKind,
    /// The address at which its API begins; of Stripe known.
    #[serde(default)]
    pub url: String,
    /// As the provider calls them: `card`, `alipay`, `wxpay`.
    pub methods: Vec<String>,
    /// Three letters of ISO 4217.
    pub currency: String,
    /// Units of the currency for a dollar of credits.
    #[serde(default = "one")]
    pub price_per_dollar: String,
    /// Dollars of credits on buttons, and the least and the most that can be typed.
    #[serde(default)]
    pub amounts: Vec<String>,
    #[serde(default = "least")]
    pub min_credits: String,
    #[serde(default = "most")]
    pub max_credits: String,
    /// Of Stripe: the key of its API.
    #[serde(default, serialize_with = "gateway::config::redacted")]
    pub secret_key: SecretString,
    #[serde(default)]
    secret_key_file: String,
    /// Of Stripe: the secrets of the webhook, two while they are rotated.
    #[serde(default, serialize_with = "redacted_each")]
    pub webhook_secrets: Vec<SecretString>,
    #[serde(default)]
    webhook_secrets_file: String,
    /// Of epay: the number of the merchant.
    #[serde(default)]
    pub merchant_id: String,
    /// Of epay v1: the key that both sides sign with.
    #[serde(default, serialize_with = "gateway::config::redacted")]
    pub merchant_key: SecretString,
    #[serde(default)]
    merchant_key_file: String,
    /// Of epay v1: its `api.php` can be asked how an order stands.
    #[serde(default = "yes")]
    pub can_query: bool,
    /// Of epay v2: our private key, and the platform's public key, as PEM or base64.
    #[serde(default, serialize_with = "gateway::config::redacted")]
    pub private_key: SecretString,
    #[serde(default)]
    private_key_file: String,
    #[serde(default)]
    pub public_key: String,
    #[serde(default)]
    public_key_file: String,
}

/// The protocol of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentProviderKind {
    Stripe,
    Epay,
    EpayV2,
}

impl PaymentProviderKind {
    /// The word in the configuration and in JSON.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Stripe => "stripe",
            Self::Epay => "epay",
            Self::EpayV2 => "epay_v2",
        }
    }
}

fn one() -> String {
    "1".to_owned()
}

fn least() -> String {
    "5".to_owned()
}

fn most() -> String {
    "1000".to_owned()
}

fn yes() -> bool {
    true
}

fn redacted_each<S: Serializer>(secrets: &[SecretString], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(secrets.iter().map(|_| "[redacted]"))
}

impl PaymentProviderConfig {
    pub(super) fn read_files(&mut self) -> anyhow::Result<()> {
        let name = &self.name;
        read(
            name,
            "secret_key",
            &mut self.secret_key,
            &self.secret_key_file,
        )?;
        read(
            name,
            "merchant_key",
            &mut self.merchant_key,
            &self.merchant_key_file,
        )?;
        read(
            name,
            "private_key",
            &mut self.private_key,
            &self.private_key_file,
        )?;
        let mut public = SecretString::from(self.public_key.clone());
        read(name, "public_key", &mut public, &self.public_key_file)?;
        public.expose_secret().clone_into(&mut self.public_key);
        if self.webhook_secrets_file.is_empty() {
            return Ok(());
        }
        if !self.webhook_secrets.is_empty() {
            bail!(
                "webhook_secrets and webhook_secrets_file of the payment provider {name} are both set; keep one"
            );
        }
        let setting = format!("webhook_secrets_file of the payment provider {name}");
        let all = read_secret(&setting, Path::new(&self.webhook_secrets_file))?;
        let lines = all.expose_secret().lines().map(trim_secret);
        let lines = lines.filter(|line| !line.is_empty());
        self.webhook_secrets = lines.map(SecretString::from).collect();
        Ok(())
    }

    pub(super) fn validate(&self) -> anyhow::Result<()> {
        let name = &self.name;
        let is_name = (1..=NAME_CHARS_MAX).contains(&name.len())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !is_name {
            bail!(
                "the name of a payment provider has 1 to {NAME_CHARS_MAX} small letters, digits and hyphens, not {name:?}"
            );
        }
        self.validate_offer()
            .with_context(|| format!("the payment provider {name}"))?;
        if self.kind != PaymentProviderKind::Stripe && self.url.is_empty() {
            bail!("the payment provider {name} needs a url");
        }
        if !self.url.is_empty() && !Url::parse(&self.url).is_ok_and(|url| url.has_host()) {
            bail!("url of the payment provider {name} must begin with https://");
        }
        for secret in self.secrets() {
            if (1..SECRET_BYTES_MIN).contains(&secret.len()) {
                bail!(
                    "a secret of the payment provider {name} has less than {SECRET_BYTES_MIN} characters: payments could be forged"
                );
            }
        }
        Ok(())
    }

    fn validate_offer(&self) -> anyhow::Result<()> {
        if self.currency.len() != 3 || !self.currency.bytes().all(|byte| byte.is_ascii_uppercase())
        {
            bail!("currency has three capital letters: USD");
        }
        let is_method = |method: &String| {
            (1..=NAME_CHARS_MAX).contains(&method.len())
                && method
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.')
        };
        if !(1..=METHODS_MAX).contains(&self.methods.len()) || !self.methods.iter().all(is_method) {
            bail!("methods has 1 to {METHODS_MAX} words such as card, alipay, wxpay");
        }
        if nanos_of(&self.price_per_dollar).is_none_or(|price| price == 0) {
            bail!("price_per_dollar is a decimal number above 0: 7.3");
        }
        let amount = |text: &str| {
            nanos_of(text)
                .filter(|nanos| (1..=CREDITS_NANOS_MAX).contains(nanos))
                .with_context(|| format!("{text:?} is no amount in dollars up to 100000"))
        };
        let (least, most) = (amount(&self.min_credits)?, amount(&self.max_credits)?);
        if least > most {
            bail!("min_credits is more than max_credits");
        }
        if self.amounts.len() > AMOUNTS_MAX {
            bail!("amounts has at most {AMOUNTS_MAX} entries");
        }
        for text in &self.amounts {
            if !(least..=most).contains(&amount(text)?) {
                bail!("{text:?} in amounts is not between min_credits and max_credits");
            }
        }
        Ok(())
    }

    /// The secrets by which payments are believed, and those by which the provider believes us.
    fn secrets(&self) -> Vec<&str> {
        match self.kind {
            PaymentProviderKind::Stripe => {
                let webhook = self.webhook_secrets.iter().map(ExposeSecret::expose_secret);
                std::iter::once(self.secret_key.expose_secret())
                    .chain(webhook)
                    .collect()
            }
            PaymentProviderKind::Epay => vec![self.merchant_key.expose_secret()],
            PaymentProviderKind::EpayV2 => {
                vec![self.private_key.expose_secret(), self.public_key.as_str()]
            }
        }
    }

    /// The setting for want of which nothing can be bought here.
    pub fn missing(&self) -> Option<&'static str> {
        let is_empty = |secret: &SecretString| secret.expose_secret().is_empty();
        match self.kind {
            PaymentProviderKind::Stripe if is_empty(&self.secret_key) => Some("secret_key"),
            PaymentProviderKind::Stripe
                if self.webhook_secrets.is_empty() || self.webhook_secrets.iter().any(is_empty) =>
            {
                Some("webhook_secrets")
            }
            PaymentProviderKind::Stripe => None,
            _ if self.merchant_id.is_empty() => Some("merchant_id"),
            PaymentProviderKind::Epay if is_empty(&self.merchant_key) => Some("merchant_key"),
            PaymentProviderKind::EpayV2 if is_empty(&self.private_key) => Some("private_key"),
            PaymentProviderKind::EpayV2 if self.public_key.is_empty() => Some("public_key"),
            PaymentProviderKind::Epay | PaymentProviderKind::EpayV2 => None,
        }
    }

    /// The label of the button.
    pub(crate) fn label(&self) -> &str {
        if self.display_name.is_empty() {
            &self.name
        } else {
            &self.display_name
        }
    }

    /// Units of the currency for a dollar, in billionths.
    pub(crate) fn price_nanos(&self) -> i64 {
        nanos_of(&self.price_per_dollar).unwrap_or_default()
    }

    /// The least and the most that an order may be worth, in nano-dollars.
    pub(crate) fn bounds_nanos(&self) -> (i64, i64) {
        let of = |text: &str| nanos_of(text).unwrap_or_default();
        (of(&self.min_credits), of(&self.max_credits))
    }

    /// Credits on buttons, in nano-dollars.
    pub(crate) fn amounts_nanos(&self) -> Vec<i64> {
        self.amounts
            .iter()
            .filter_map(|text| nanos_of(text))
            .collect()
    }
}

fn read(name: &str, setting: &str, secret: &mut SecretString, file: &str) -> anyhow::Result<()> {
    if file.is_empty() {
        *secret = trim_secret(secret.expose_secret()).into();
        return Ok(());
    }
    if !secret.expose_secret().is_empty() {
        bail!("{setting} and {setting}_file of the payment provider {name} are both set; keep one");
    }
    let place = format!("{setting}_file of the payment provider {name}");
    *secret = read_secret(&place, Path::new(file))?;
    Ok(())
}
