//! The way to the mail server.

use std::error::Error as _;
use std::time::{Duration, SystemTime};

use anyhow::Context;
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::ExposeSecret;
use store::RequestId;

use super::address::{ascii_address, without_address};
use super::email::Email;
use crate::config::{MailConfig, MailTls};

/// A server that takes our mails.
#[derive(Debug)]
pub(crate) struct SmtpSender {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    sender: Mailbox,
}

/// Responds about us and not about the mail: authentication (RFC 4954) and the demand for it.
const ABOUT_US: [&str; 4] = ["530", "534", "535", "538"];

/// The reason why the SMTP server did not take a mail.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SmtpSendError {
    /// A temporary failure: it may be taken later.
    #[error("the mail server does not take it now")]
    Later(#[source] SmtpError),
    #[error("the mail server refuses it")]
    Never(#[source] SmtpError),
    #[error("the mail cannot be written")]
    Unwritable(#[source] anyhow::Error),
}

impl SmtpSendError {
    fn of(error: SmtpError, is_ascii: bool) -> Self {
        let code = error.status().map(|code| code.to_string());
        let is_about_us = code.is_some_and(|code| ABOUT_US.contains(&code.as_str()));
        // What cannot be said without SMTPUTF8 will not be said later either.
        if (error.is_permanent() && !is_about_us) || (error.is_client() && !is_ascii) {
            Self::Never(error)
        } else {
            Self::Later(error)
        }
    }

    /// The code that the server answered.
    pub(crate) fn smtp_code(&self) -> Option<String> {
        match self {
            Self::Later(error) | Self::Never(error) => error.status().map(|code| code.to_string()),
            Self::Unwritable(_) => None,
        }
    }

    /// The failure and its causes in one line, without what names the recipient.
    pub(crate) fn causes(&self, recipient: &str) -> String {
        let mut words = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            let text = error.to_string();
            // Some errors say their cause themselves.
            if !words.ends_with(&text) {
                words = format!("{words}: {text}");
            }
            cause = error.source();
        }
        without_address(&words, recipient)
    }
}

impl SmtpSender {
    /// The way that is configured; nothing is sent yet.
    ///
    /// # Errors
    /// If the sender is no address, or the trusted certificates cannot be read.
    pub(crate) fn new(config: &MailConfig) -> anyhow::Result<Self> {
        let tls = || TlsParameters::new(config.host.clone()).context("mail.tls");
        let tls = match config.tls {
            MailTls::Tls => Tls::Wrapper(tls()?),
            MailTls::Starttls => Tls::Required(tls()?),
            MailTls::None => Tls::None,
        };
        let sender = config.sender()?;
        let sender = Mailbox::new(sender.name, ascii_address(sender.email.as_ref())?);
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.host)
            .port(config.port)
            .tls(tls)
            .hello_name(ClientId::Domain(sender.email.domain().to_owned()))
            .timeout(Some(Duration::from_millis(config.timeout_ms)));
        if !config.username.is_empty() {
            let password = config.password.expose_secret().to_owned();
            builder = builder.credentials(Credentials::new(config.username.clone(), password));
        }
        Ok(Self {
            transport: builder.build(),
            sender,
        })
    }

    /// Hands a email over.
    ///
    /// # Errors
    /// If the server does not take it.
    pub(crate) async fn hand_over(&self, email: &Email, now_ms: i64) -> Result<(), SmtpSendError> {
        let message = self
            .write(email, now_ms)
            .map_err(SmtpSendError::Unwritable)?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) => Err(SmtpSendError::of(error, email.to.is_ascii())),
        }
    }

    fn write(&self, email: &Email, now_ms: i64) -> anyhow::Result<Message> {
        let to = ascii_address(&email.to).context("the address")?;
        let now = Duration::from_millis(u64::try_from(now_ms).unwrap_or(0));
        let id = RequestId::generate().as_str().replace("req_", "");
        let message = Message::builder()
            .from(self.sender.clone())
            .to(Mailbox::new(None, to))
            .date(SystemTime::UNIX_EPOCH + now)
            .message_id(Some(format!("<{id}@{}>", self.sender.email.domain())))
            .subject(email.subject())
            .multipart(MultiPart::alternative_plain_html(
                email.text(),
                email.html(),
            ))?;
        Ok(message)
    }
}
