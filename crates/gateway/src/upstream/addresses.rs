//! Which addresses a provider may have (SSRF, credentials in the clear).
//!
//! An operator who may name a provider could make this server call what only this server reaches: the metadata service
//! of its cloud hands out credentials to any caller. And `http://` to the public network shows credentials and
//! prompts on the way. Both need a setting. `http://` to loopback and private networks, where people
//! run vLLM and Ollama, does not. Names are looked at when they are resolved, for each connection, so that a name
//! that changes its address (DNS rebinding) gets no further than the address itself.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use http::uri::Scheme;
use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use tokio::net::lookup_host;
use tokio::time::timeout;
use tower::Service;
use url::Host;

use crate::config::UpstreamConfig;

/// Metadata services beside the link-local network: Alibaba, Azure, Oracle; AWS, Google, Scaleway.
const METADATA_V4: [Ipv4Addr; 3] = [
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(168, 63, 129, 16),
    Ipv4Addr::new(192, 0, 0, 192),
];
const METADATA_V6: [Ipv6Addr; 3] = [
    Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254),
    Ipv6Addr::new(0xfd20, 0x00ce, 0, 0, 0, 0, 0, 0x0254),
    Ipv6Addr::new(0xfd00, 0x0042, 0, 0, 0, 0, 0, 0x0042),
];
/// Names of metadata services, so that they are refused before they are resolved.
const METADATA_NAMES: [&str; 6] = [
    "metadata",
    "metadata.google.internal",
    "metadata.goog",
    "metadata.tencentyun.com",
    "instance-data",
    "instance-data.ec2.internal",
];
/// Ends of names that exist on private networks only.
const LOCAL_SUFFIXES: [&str; 9] = [
    ".localhost",
    ".local",
    ".internal",
    ".lan",
    ".home.arpa",
    ".intranet",
    ".corp",
    ".home",
    ".svc",
];
/// The timeout of looking up the name of a new provider.
const LOOKUP_WAIT: Duration = Duration::from_secs(2);

/// Which addresses the operator allows beyond those that go without saying.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AddressPolicy {
    allows_public_http: bool,
    allows_link_local: bool,
}

/// The reason why an address of a provider is refused, and the setting that allows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error(
        "link-local addresses and metadata services of clouds are not called, because they hand out credentials of this machine; upstream.allow_link_local = true allows it"
    )]
    LinkLocal,
    #[error(
        "http:// beyond loopback and private networks shows the credential and all requests to everybody on the way; use https://, or allow it with upstream.allow_public_http = true"
    )]
    PublicHttp,
}

impl AddressPolicy {
    pub fn new(config: &UpstreamConfig) -> Self {
        Self {
            allows_public_http: config.allow_public_http,
            allows_link_local: config.allow_link_local,
        }
    }

    /// The policy for addresses that the machine itself has, its metadata service among them.
    pub(super) fn of_machine() -> Self {
        Self {
            allows_public_http: false,
            allows_link_local: true,
        }
    }

    /// Checks an address before it is connected to.
    ///
    /// # Errors
    /// If a setting is needed that is off.
    pub fn check(self, address: IpAddr, is_plain: bool) -> Result<(), AddressError> {
        if !self.allows_link_local && is_link_local(address) {
            return Err(AddressError::LinkLocal);
        }
        if is_plain && !self.allows_public_http && !is_private(address) {
            return Err(AddressError::PublicHttp);
        }
        Ok(())
    }

    /// Checks the address of a provider as far as its text tells.
    ///
    /// # Errors
    /// If it is, or names, an address that needs a setting that is off.
    pub fn check_text(self, uri: &Uri) -> Result<(), AddressError> {
        match host(uri) {
            Some(Host::Ipv4(address)) => self.check(address.into(), is_plain(uri)),
            Some(Host::Ipv6(address)) => self.check(address.into(), is_plain(uri)),
            Some(Host::Domain(name)) if !self.allows_link_local => {
                let name = name.trim_end_matches('.');
                if METADATA_NAMES.contains(&name) {
                    return Err(AddressError::LinkLocal);
                }
                Ok(())
            }
            Some(Host::Domain(_)) | None => Ok(()),
        }
    }

    /// Checks the address of a provider that is being added: its name is resolved, so that the operator learns
    /// now what each connection would be refused for. A name that does not resolve passes, unless it is asked
    /// for by http:// and does not look like one of a private network.
    ///
    /// # Errors
    /// If no address of it may be called.
    pub async fn check_resolved(self, uri: &Uri) -> Result<(), AddressError> {
        self.check_text(uri)?;
        let Some(Host::Domain(name)) = host(uri) else {
            return Ok(());
        };
        let found = timeout(LOOKUP_WAIT, lookup_host((name.as_str(), 0))).await;
        let found: Vec<SocketAddr> = match found {
            Ok(Ok(found)) => found.collect(),
            Ok(Err(_)) | Err(_) => Vec::new(),
        };
        if found.is_empty() {
            let is_plain = is_plain(uri) && !self.allows_public_http && !is_local_name(&name);
            return if is_plain {
                Err(AddressError::PublicHttp)
            } else {
                Ok(())
            };
        }
        self.allowed(found, is_plain(uri)).map(drop)
    }

    /// Leaves out what may not be called: a name of a private network often has a link-local address beside
    /// the one that is meant.
    fn allowed(
        self,
        found: impl IntoIterator<Item = SocketAddr>,
        is_plain: bool,
    ) -> Result<Vec<SocketAddr>, AddressError> {
        let mut refusal = None;
        let mut allowed = Vec::new();
        for address in found {
            match self.check(address.ip(), is_plain) {
                Ok(()) => allowed.push(address),
                Err(error) => refusal = Some(error),
            }
        }
        match refusal {
            Some(error) if allowed.is_empty() => Err(error),
            _ => Ok(allowed),
        }
    }
}

/// Resolves names to those of their addresses that may be called.
#[derive(Debug, Clone)]
pub(super) struct CheckedResolver {
    pub(super) inner: GaiResolver,
    pub(super) policy: AddressPolicy,
    /// For connections without TLS.
    pub(super) is_plain: bool,
}

impl Service<Name> for CheckedResolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let (policy, is_plain) = (self.policy, self.is_plain);
        let found = self.inner.call(name);
        Box::pin(async move {
            let allowed = policy.allowed(found.await?, is_plain);
            let allowed = allowed.map_err(io::Error::other)?;
            Ok(allowed.into_iter())
        })
    }
}

fn is_plain(uri: &Uri) -> bool {
    uri.scheme() == Some(&Scheme::HTTP)
}

/// The host as the system would understand it: `0xa9fea9fe` and `2852039166` are addresses too.
fn host(uri: &Uri) -> Option<Host> {
    Host::parse(uri.host()?).ok()
}

fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    !name.contains('.') || LOCAL_SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
}

fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local() || METADATA_V4.contains(&address),
        IpAddr::V6(address) => {
            address.is_unicast_link_local()
                || METADATA_V6.contains(&address)
                || embedded_v4(address).is_some_and(|inner| is_link_local(inner.into()))
        }
    }
}

/// Loopback, and networks that the public one does not route: of companies, of homes, of carriers and VPNs.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            let is_shared = first == 100 && (64..128).contains(&second);
            address.is_loopback()
                || address.is_private()
                || address.is_link_local()
                || address.is_unspecified()
                || is_shared
        }
        IpAddr::V6(address) => {
            address.is_loopback()
                || address.is_unspecified()
                || address.is_unique_local()
                || address.is_unicast_link_local()
                || embedded_v4(address).is_some_and(|inner| is_private(inner.into()))
        }
    }
}

/// The IPv4 address that an IPv6 address stands for: mapped, compatible, behind NAT64 or 6to4.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let parts = address.segments();
    let (high, low) = match parts {
        [0, 0, 0, 0, 0, 0xffff, high, low] => (high, low),
        [0x0064, 0xff9b, 0, 0, 0, 0, high, low] => (high, low),
        [0x2002, high, low, ..] => (high, low),
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 => (high, low),
        _ => return None,
    };
    let bits = (u32::from(high) << 16) | u32::from(low);
    Some(Ipv4Addr::from_bits(bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(url: &str) -> Option<AddressError> {
        let uri = url.parse().unwrap();
        AddressPolicy::default().check_text(&uri).err()
    }

    #[test]
    fn link_local_and_metadata_addresses_are_refused_however_they_are_written() {
        for host in [
            "169.254.169.254",
            "169.254.0.1:8080",
            "2852039166",
            "0xa9fea9fe",
            "0251.0376.0251.0376",
            "[fe80::1]",
            "[febf::1]",
            "[::ffff:169.254.169.254]",
            "[::ffff:a9fe:a9fe]",
            "[::169.254.169.254]",
            "[64:ff9b::a9fe:a9fe]",
            "[2002:a9fe:a9fe::1]",
            "[fd00:ec2::254]",
            "100.100.100.200",
            "168.63.129.16",
            "metadata.google.internal",
            "METADATA.google.internal.",
        ] {
            for scheme in ["http", "https"] {
                let url = format!("{scheme}://{host}/v1");
                assert_eq!(refused(&url), Some(AddressError::LinkLocal), "{url}");
            }
        }
    }

    #[test]
    fn plain_http_is_for_loopback_and_private_networks() {
        for host in [
            "127.0.0.1:11434",
            "localhost",
            "[::1]:8000",
            "0.0.0.0",
            "10.1.2.3",
            "172.31.0.1",
            "192.168.1.7:8000",
            "100.64.0.9",
            "[fd12::1]",
            "[::ffff:10.0.0.1]",
            "vllm:8000",
            "gpu.example.com",
        ] {
            assert_eq!(refused(&format!("http://{host}/v1")), None, "{host}");
        }
        for host in [
            "8.8.8.8",
            "172.32.0.1",
            "100.128.0.1",
            "[2606:4700::1]",
            "[::ffff:8.8.8.8]",
            "134744072",
        ] {
            let url = format!("http://{host}/v1");
            assert_eq!(refused(&url), Some(AddressError::PublicHttp), "{url}");
            assert_eq!(refused(&format!("https://{host}/v1")), None, "{host}");
        }
    }

    #[test]
    fn a_name_is_good_for_those_of_its_addresses_that_may_be_called() {
        let policy = AddressPolicy::default();
        let resolved = |list: &[&str], is_plain| {
            let list = list.iter().map(|text| text.parse().unwrap());
            policy.allowed(list.collect::<Vec<_>>(), is_plain)
        };
        let both = resolved(&["[fe80::1]:80", "192.168.1.7:80"], true);
        assert_eq!(both, Ok(vec!["192.168.1.7:80".parse().unwrap()]));
        let rebound = resolved(&["169.254.169.254:80"], true);
        assert_eq!(rebound, Err(AddressError::LinkLocal));
        assert_eq!(
            resolved(&["8.8.8.8:80"], true),
            Err(AddressError::PublicHttp)
        );
        assert!(resolved(&["8.8.8.8:443"], false).is_ok());
    }

    #[test]
    fn a_setting_allows_what_is_refused_otherwise() {
        let policy = AddressPolicy {
            allows_public_http: true,
            allows_link_local: true,
        };
        for url in [
            "http://8.8.8.8/v1",
            "http://169.254.169.254/v1",
            "http://metadata/v1",
        ] {
            assert_eq!(policy.check_text(&url.parse().unwrap()), Ok(()), "{url}");
        }
    }

    #[tokio::test]
    async fn a_name_that_does_not_resolve_is_refused_by_plain_http_unless_it_is_a_private_one() {
        let policy = AddressPolicy::default();
        for (url, is_refused) in [
            ("http://gpu.invalid/v1", true),
            ("https://gpu.invalid/v1", false),
            ("http://no-such-host-here.internal/v1", false),
            ("http://localhost:1/v1", false),
        ] {
            let checked = policy.check_resolved(&url.parse().unwrap()).await;
            assert_eq!(checked.is_err(), is_refused, "{url}");
        }
    }
}
