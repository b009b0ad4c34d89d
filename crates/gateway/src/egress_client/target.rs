//! An address of a customer's, taken apart.

use std::net::IpAddr;

use url::{Host, Url};

use super::networks::is_public;

/// Longest address, in bytes.
const URL_BYTES_MAX: usize = 2_000;

/// An address that may be called, as far as its text tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EgressTarget {
    url: Url,
    host: String,
    port: u16,
}

/// The fault of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    #[error("The address is longer than 2,000 bytes.")]
    TooLong,
    #[error("That is no address such as https://example.com/hooks.")]
    NoUrl,
    #[error("The address must begin with https://.")]
    NotHttps,
    #[error("The address must not contain a user name or a password.")]
    HasUser,
    #[error("The address must not have a part behind #.")]
    HasFragment,
    #[error("The address must be on the public network.")]
    NotPublic,
}

impl EgressTarget {
    pub(super) fn parse(text: &str, allows_private_networks: bool) -> Result<Self, TargetError> {
        if text.len() > URL_BYTES_MAX {
            return Err(TargetError::TooLong);
        }
        Self::of_any_length(text, allows_private_networks)
    }

    /// An address whose length others have looked at: that of a download may be signed.
    pub(super) fn of_any_length(
        text: &str,
        allows_private_networks: bool,
    ) -> Result<Self, TargetError> {
        // The parser drops these; what is not seen should not be there.
        if text
            .chars()
            .any(|letter| letter.is_control() || letter == ' ' || letter == '\\')
        {
            return Err(TargetError::NoUrl);
        }
        let url = Url::parse(text).map_err(|_| TargetError::NoUrl)?;
        match url.scheme() {
            "https" => {}
            "http" if allows_private_networks => {}
            _ => return Err(TargetError::NotHttps),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(TargetError::HasUser);
        }
        if url.fragment().is_some() {
            return Err(TargetError::HasFragment);
        }
        let host = host_of(&url, allows_private_networks)?;
        let port = url.port_or_known_default().filter(|port| *port != 0);
        Ok(Self {
            port: port.ok_or(TargetError::NoUrl)?,
            host,
            url,
        })
    }

    pub(super) fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The name or address, IPv6 without brackets.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// With a dot at the end of a name, so that no domain of ours is tried behind it.
    pub(super) fn host_to_look_up(&self) -> String {
        if self.host.parse::<IpAddr>().is_ok() {
            return self.host.clone();
        }
        format!("{}.", self.host)
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// For the header `Host`.
    pub(super) fn authority(&self) -> &str {
        self.url.authority()
    }

    /// Path and query.
    pub(super) fn path(&self) -> &str {
        let text = self.url.as_str();
        let from = self.url[..url::Position::BeforePath].len();
        text.get(from..).unwrap_or("/")
    }

    /// The address that a redirect from here names, which may be a part of one.
    pub(super) fn join(&self, location: &str) -> Option<String> {
        self.url.join(location).ok().map(String::from)
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }
}

fn host_of(url: &Url, allows_private_networks: bool) -> Result<String, TargetError> {
    match url.host().ok_or(TargetError::NoUrl)? {
        Host::Ipv4(address) if allows_private_networks || is_public(address.into()) => {
            Ok(address.to_string())
        }
        Host::Ipv6(address) if allows_private_networks || is_public(address.into()) => {
            Ok(address.to_string())
        }
        Host::Ipv4(_) | Host::Ipv6(_) => Err(TargetError::NotPublic),
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            // A name of one part is one of our own network.
            let is_public = name.contains('.') && !name.split('.').any(str::is_empty);
            if allows_private_networks || is_public {
                Ok(name.to_owned())
            } else {
                Err(TargetError::NotPublic)
            }
        }
    }
}
