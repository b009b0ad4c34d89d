//! `accounts.public_url`, taken apart: the path below which everything is served, and whether browsers keep a cookie
//! that is `Secure`.

use std::net::IpAddr;

use anyhow::{Context, bail};
use url::{Host, Url};

/// First parts of paths that are ours already: below them a request that keeps the path of `public_url` could not be
/// told from one whose proxy has taken it off.
const TAKEN: [&str; 9] = [
    "v1",
    "api",
    "docs",
    "assets",
    ".well-known",
    "healthz",
    "readyz",
    "openapi.json",
    "llms.txt",
];
/// Endings of names that only a private network resolves (RFC 6762, RFC 8375, and what routers use).
const PRIVATE_NAMES: [&str; 6] = [
    ".local",
    ".lan",
    ".home",
    ".home.arpa",
    ".internal",
    ".intranet",
];

/// The public address of this server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublicUrl {
    /// Without a slash at the end; empty when it is not configured.
    text: String,
    /// The index at which the path begins.
    path_at: usize,
    transport: BrowserTransport,
}

/// The transport between browsers and the server, or the proxy before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BrowserTransport {
    /// By `https`, by `http` on loopback, or in a way that is not configured: cookies are `Secure`.
    #[default]
    Protected,
    /// By `http` on a private network, where browsers drop `Secure` cookies: ours are not.
    PrivateHttp,
    /// By `http` on a public network: cookies stay `Secure`, and nobody can sign in.
    PublicHttp,
}

impl PublicUrl {
    /// Takes the setting apart.
    ///
    /// # Errors
    /// If it is no address of a web server, or its path cannot be served below.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let text = text.trim().trim_end_matches('/');
        if text.is_empty() {
            return Ok(Self::default());
        }
        let url = Url::parse(text).ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let url = url.with_context(|| {
            format!("accounts.public_url must be https://HOST[:PORT][/PATH] (or http:// on a private network), not {text:?}")
        })?;
        let has_user = !url.username().is_empty() || url.password().is_some();
        if has_user || url.query().is_some() || url.fragment().is_some() {
            bail!(
                "accounts.public_url has a host, a port and a path, and nothing more: no user, no `?`, no `#`"
            );
        }
        let host_at = text.find("://").map_or(0, |at| at + 3);
        let path_at = text
            .get(host_at..)
            .and_then(|rest| rest.find('/'))
            .map_or(text.len(), |at| host_at + at);
        check_path(text.get(path_at..).unwrap_or_default())?;
        Ok(Self {
            text: text.to_owned(),
            path_at,
            transport: transport_of(&url),
        })
    }

    /// The path below which everything is served: empty, or `/llm`.
    pub fn base_path(&self) -> &str {
        self.text.get(self.path_at..).unwrap_or_default()
    }

    /// The whole address without a slash at the end; `None` when it is not configured.
    pub fn as_str(&self) -> Option<&str> {
        (!self.text.is_empty()).then_some(&self.text)
    }

    pub fn transport(&self) -> BrowserTransport {
        self.transport
    }
}

fn check_path(path: &str) -> anyhow::Result<()> {
    let Some(path) = path.strip_prefix('/') else {
        return Ok(());
    };
    let is_letter =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    let is_part = |part: &str| !matches!(part, "" | "." | "..") && part.bytes().all(is_letter);
    if !path.split('/').all(is_part) {
        bail!(
            "the path of accounts.public_url has letters, digits and -._~ only, and no part that is empty, . or .., not {path:?}"
        );
    }
    let first = path.split('/').next().unwrap_or_default();
    if TAKEN.contains(&first) {
        bail!(
            "the path of accounts.public_url may not begin with /{first}, which has a meaning of its own here: choose another, such as /llm"
        );
    }
    if path.ends_with("/v1") {
        bail!(
            "accounts.public_url ends in /v1: leave that out, it is the address of the Dashboard and all"
        );
    }
    Ok(())
}

fn transport_of(url: &Url) -> BrowserTransport {
    if url.scheme() == "https" {
        return BrowserTransport::Protected;
    }
    let (is_here, is_private) = match url.host() {
        Some(Host::Domain(name)) => (
            name == "localhost" || name.ends_with(".localhost"),
            !name.contains('.') || PRIVATE_NAMES.iter().any(|end| name.ends_with(end)),
        ),
        Some(Host::Ipv4(address)) => (address.is_loopback(), is_private(address.into())),
        Some(Host::Ipv6(address)) => (address.is_loopback(), is_private(address.into())),
        None => (false, false),
    };
    match (is_here, is_private) {
        (true, _) => BrowserTransport::Protected,
        (false, true) => BrowserTransport::PrivateHttp,
        (false, false) => BrowserTransport::PublicHttp,
    }
}

/// Private (RFC 1918, RFC 4193), link-local, or shared by the users of a carrier or of an overlay (RFC 6598).
fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            let is_shared = first == 100 && (64..128).contains(&second);
            address.is_private() || address.is_link_local() || is_shared
        }
        IpAddr::V6(address) => address.is_unique_local() || address.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::{BrowserTransport, PublicUrl};

    #[test]
    fn an_address_has_a_path_or_none() {
        for (text, whole, path) in [
            ("https://llm.example.com", "https://llm.example.com", ""),
            ("https://llm.example.com/", "https://llm.example.com", ""),
            ("https://example.com/llm", "https://example.com/llm", "/llm"),
            (
                " https://example.com:8443/a/b-c/ ",
                "https://example.com:8443/a/b-c",
                "/a/b-c",
            ),
            (
                "http://[::1]:8080/v1beta",
                "http://[::1]:8080/v1beta",
                "/v1beta",
            ),
        ] {
            let url = PublicUrl::parse(text).unwrap();
            assert_eq!((url.as_str(), url.base_path()), (Some(whole), path));
        }
        assert_eq!(PublicUrl::parse("").unwrap().as_str(), None);
    }

    #[test]
    fn what_could_not_be_served_is_refused() {
        for text in [
            "example.com",
            "ftp://example.com",
            "https://",
            "\"https://example.com\"",
            "https://ann:secret@example.com",
            "https://example.com/llm?x=1",
            "https://example.com/#llm",
            "https://example.com/a//b",
            "https://example.com/a/../b",
            "https://example.com/a%20b",
            "https://example.com/\u{e9}",
            "https://example.com/v1",
            "https://example.com/api/llm",
            "https://example.com/llm/v1",
        ] {
            assert!(PublicUrl::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn http_is_told_apart_by_its_network() {
        for (text, transport) in [
            ("https://203.0.113.1", BrowserTransport::Protected),
            ("http://127.0.0.1:8080", BrowserTransport::Protected),
            ("http://localhost/llm", BrowserTransport::Protected),
            ("http://192.168.1.10:8080", BrowserTransport::PrivateHttp),
            ("http://100.100.1.2", BrowserTransport::PrivateHttp),
            ("http://[fd00::1]:8080", BrowserTransport::PrivateHttp),
            ("http://gpu-server:8080", BrowserTransport::PrivateHttp),
            ("http://llm.local", BrowserTransport::PrivateHttp),
            ("http://203.0.113.1", BrowserTransport::PublicHttp),
            ("http://[2001:db8::1]", BrowserTransport::PublicHttp),
            ("http://llm.example.com", BrowserTransport::PublicHttp),
        ] {
            assert_eq!(
                PublicUrl::parse(text).unwrap().transport(),
                transport,
                "{text}"
            );
        }
    }
}
