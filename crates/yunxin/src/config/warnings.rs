//! Warnings about settings that are sound and yet will not work as intended: said by `config check` and at the start.

use control::config::{MailConfig, MailTls, PaymentProviderConfig, SignInProviderConfig};
use gateway::config::{BrowserTransport, PublicUrl};

use super::Config;

/// A setting that should be looked at.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Warning {
    pub setting: &'static str,
    /// The consequence, and what to do.
    pub message: String,
}

/// Tenants of Microsoft Entra ID that stand for many: the issuer in their tokens is another one each time.
const SHARED_TENANTS: [&str; 2] = [
    "https://login.microsoftonline.com/common",
    "https://login.microsoftonline.com/organizations",
];
const SUBMISSIONS_PORT: u16 = 465;
const SUBMISSION_PORTS: [u16; 2] = [25, 587];

impl Config {
    /// Settings that will not work as they are.
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = vec![];
        let public_url = self.accounts.parsed_public_url().unwrap_or_default();
        warnings.extend(of_public_url(&public_url));
        if public_url.as_str().is_none() && !self.server.listen.ip().is_loopback() {
            warnings.push(warning(
                "accounts.public_url",
                "is empty, and server.listen is open to other machines: browsers keep the session cookie over https \
                 only, so that nobody can sign in over plain http. Set it to the address that people type",
            ));
        }
        if self
            .server
            .proxies()
            .is_ok_and(|all| all.iter().any(|network| network.prefix_len() == 0))
        {
            warnings.push(warning(
                "server.trusted_proxies",
                "trusts every address: anybody can choose theirs by X-Forwarded-For. List the proxies alone",
            ));
        }
        warnings.extend(of_mail(&self.mail));
        warnings.extend(
            self.accounts
                .sign_in_providers
                .iter()
                .filter_map(of_provider),
        );
        warnings.extend(self.payments.providers.iter().filter_map(of_payments));
        warnings
    }
}

fn warning(setting: &'static str, message: impl Into<String>) -> Warning {
    Warning {
        setting,
        message: message.into(),
    }
}

fn of_public_url(url: &PublicUrl) -> Option<Warning> {
    let message = match url.transport() {
        BrowserTransport::Protected => return None,
        BrowserTransport::PrivateHttp => {
            "is http:// on a private network: session cookies are sent without Secure, and passwords, keys and prompts \
             can be read by anybody on that network. Put TLS in front, and set it to https://"
        }
        BrowserTransport::PublicHttp => {
            "is http:// off loopback: browsers drop the session cookie, which is Secure, so that nobody can sign in. \
             Put TLS in front, and set it to https://"
        }
    };
    Some(warning("accounts.public_url", message))
}

fn of_mail(mail: &MailConfig) -> Option<Warning> {
    let message = match (mail.is_on(), mail.tls, mail.port) {
        (true, MailTls::Starttls, SUBMISSIONS_PORT) => {
            "is starttls, but servers on port 465 speak TLS from the first byte: mails will not be sent. Set it to tls"
        }
        (true, MailTls::Tls, port) if SUBMISSION_PORTS.contains(&port) => {
            "is tls, but servers on ports 25 and 587 begin in the clear: mails will not be sent. Set it to starttls"
        }
        _ => return None,
    };
    Some(warning("mail.tls", message))
}

fn of_provider(provider: &SignInProviderConfig) -> Option<Warning> {
    let is_shared = SHARED_TENANTS
        .iter()
        .any(|tenant| provider.issuer.starts_with(tenant));
    is_shared.then(|| {
        warning(
            "accounts.sign_in_providers",
            format!(
                "{}: this issuer stands for every tenant, and no token is issued by it. Name your tenant: \
                 https://login.microsoftonline.com/TENANT_ID/v2.0",
                provider.name
            ),
        )
    })
}

fn of_payments(provider: &PaymentProviderConfig) -> Option<Warning> {
    let missing = provider.missing()?;
    let name = &provider.name;
    let message = format!(
        "{name}: has no {missing}, so that nothing can be bought there and /payments/{name}/notify responds with 404"
    );
    Some(warning("payments.providers", message))
}
