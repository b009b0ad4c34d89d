use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use gateway::config::{read_secret, trim_secret};
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
    #[serde(serialize_with = "gateway::config::redacted")]
    pub password: SecretString,
    password_file: String,
    from: String,
    pub timeout_ms: u64,
    pub queue_max: usize,
    pub connections_max: usize,
    pub give_up_after_minutes: u64,
}

/// The protection of the connection to the server.
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
    pub fn read_files(&mut self) -> anyhow::Result<()> {
        if self.password_file.is_empty() {
            self.password = trim_secret(self.password.expose_secret()).into();
            return Ok(());
        }
        if !self.password.expose_secret().is_empty() {
            bail!("mail.password and mail.password_file are both set; keep one");
        }
        self.password = read_secret("mail.password_file", Path::new(&self.password_file))?;
        Ok(())
    }

    pub fn validate(&self, public_url: Option<&str>) -> anyhow::Result<()> {
        if !(1..=100_000).contains(&self.queue_max) {
            bail!("mail.queue_max must be between 1 and 100000");
        }
        if !(1..=100).contains(&self.connections_max) {
            bail!("mail.connections_max must be between 1 and 100");
        }
        if !(1..=10_080).contains(&self.give_up_after_minutes) {
            bail!("mail.give_up_after_minutes must be between 1 and 10080 (a week)");
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

    /// The time after its first attempt at which a mail is given up.
    pub(crate) fn give_up_after(&self) -> Duration {
        Duration::from_secs(60 * self.give_up_after_minutes)
    }

    /// Returns whether mails are sent at all.
    pub fn is_on(&self) -> bool {
        !self.host.is_empty()
    }

    /// The sender of mails.
    ///
    /// # Errors
    /// If the setting is no address.
    pub(crate) fn sender(&self) -> anyhow::Result<Mailbox> {
        let parsed = self.from.parse();
        parsed.with_context(|| {
            format!(
                "mail.from is not an address such as Yunxin <yunxin@example.com>: {:?}",
                self.from
            )
        })
    }
}
