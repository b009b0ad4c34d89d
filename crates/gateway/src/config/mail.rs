use anyhow::{Context, bail};
use lettre::message::Mailbox;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// `[mail]`: by which server mails are sent, and from whom they are.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    pub host: String,
    pub port: u16,
    pub tls: MailTls,
    pub username: String,
    #[serde(serialize_with = "super::redacted")]
    pub password: SecretString,
    password_file: String,
    from: String,
    pub timeout_ms: u64,
    pub queue_max: usize,
}

/// How the way to the server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// From the first byte.
    Tls,
    /// From a command on; without it nothing is sent.
    Starttls,
    /// Not at all: loopback only.
    None,
}

impl MailConfig {
    pub(super) fn read_files(&mut self) -> anyhow::Result<()> {
        if self.password_file.is_empty() {
            return Ok(());
        }
        if !self.password.expose_secret().is_empty() {
            bail!("mail.password and mail.password_file are both set; keep one");
        }
        let text = std::fs::read_to_string(&self.password_file)
            .with_context(|| format!("cannot read mail.password_file {}", self.password_file))?;
        self.password = text.trim().to_owned().into();
        Ok(())
    }

    pub(super) fn validate(&self, public_url: Option<&str>) -> anyhow::Result<()> {
        if !(1..=100_000).contains(&self.queue_max) {
            bail!("mail.queue_max must be between 1 and 100000");
        }
        if !(100..=120_000).contains(&self.timeout_ms) {
            bail!("mail.timeout_ms must be between 100 and 120000");
        }
        if !self.is_on() {
            return Ok(());
        }
        self.sender()?;
        if public_url.is_none() {
            bail!("mail.host is set, so accounts.public_url must be too: mails carry links to it");
        }
        let is_here = matches!(self.host.as_str(), "localhost" | "127.0.0.1" | "::1");
        if self.tls == MailTls::None && !is_here {
            bail!("mail.tls may be none only for a server on loopback");
        }
        if self.username.is_empty() != self.password.expose_secret().is_empty() {
            bail!("mail.username and mail.password go together");
        }
        Ok(())
    }

    /// Whether mails are sent at all.
    pub fn is_on(&self) -> bool {
        !self.host.is_empty()
    }

    /// Whom mails are from.
    ///
    /// # Errors
    /// When the setting is no address.
    pub fn sender(&self) -> anyhow::Result<Mailbox> {
        let parsed = self.from.parse();
        parsed.with_context(|| {
            format!(
                "mail.from is not an address such as Yunxin <yunxin@example.com>: {:?}",
                self.from
            )
        })
    }
}
