//! The way to the mail server.

use std::time::{Duration, SystemTime};

use anyhow::Context;
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::ExposeSecret;
use store::RequestId;

use super::letter::Letter;
use crate::config::{MailConfig, MailTls};

/// A server that takes our mails.
#[derive(Debug)]
pub struct Post {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    sender: Mailbox,
}

/// Why a mail was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// It may be taken later.
    #[error("the mail server does not take it now")]
    Later(#[source] lettre::transport::smtp::Error),
    #[error("the mail server refuses it")]
    Never(#[source] lettre::transport::smtp::Error),
    #[error("the mail cannot be written")]
    Unwritable(#[source] anyhow::Error),
}

impl PostError {
    /// What the server answered; its words are not for logs, they may name the recipient.
    pub fn smtp_code(&self) -> Option<String> {
        match self {
            Self::Later(error) | Self::Never(error) => error.status().map(|code| code.to_string()),
            Self::Unwritable(_) => None,
        }
    }
}

impl Post {
    /// The way that is configured; nothing is sent yet.
    ///
    /// # Errors
    /// When the sender is no address, or the trusted certificates cannot be read.
    pub fn new(config: &MailConfig) -> anyhow::Result<Self> {
        let tls = || TlsParameters::new(config.host.clone()).context("mail.tls");
        let tls = match config.tls {
            MailTls::Tls => Tls::Wrapper(tls()?),
            MailTls::Starttls => Tls::Required(tls()?),
            MailTls::None => Tls::None,
        };
        let sender = config.sender()?;
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

    /// Hands a letter over.
    ///
    /// # Errors
    /// When the server does not take it.
    pub async fn hand_over(&self, letter: &Letter, now_ms: i64) -> Result<(), PostError> {
        let message = self.write(letter, now_ms).map_err(PostError::Unwritable)?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(PostError::Never(error)),
            Err(error) => Err(PostError::Later(error)),
        }
    }

    fn write(&self, letter: &Letter, now_ms: i64) -> anyhow::Result<Message> {
        let to = letter.to.parse().context("the address")?;
        let now = Duration::from_millis(u64::try_from(now_ms).unwrap_or(0));
        let id = RequestId::generate().as_str().replace("req_", "");
        let message = Message::builder()
            .from(self.sender.clone())
            .to(Mailbox::new(None, to))
            .date(SystemTime::UNIX_EPOCH + now)
            .message_id(Some(format!("<{id}@{}>", self.sender.email.domain())))
            .subject(letter.subject())
            .multipart(MultiPart::alternative_plain_html(
                letter.text(),
                letter.html(),
            ))?;
        Ok(message)
    }
}
