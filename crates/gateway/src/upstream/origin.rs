//! The origin of a provider, in the forms in which it is needed.

use std::sync::Arc;

use http::uri::{Authority, Scheme};
use http::{HeaderValue, Uri};

/// Scheme, host and port: what a connection is good for.
#[derive(Debug)]
pub struct UpstreamOrigin {
    /// By which connections are found again.
    pub(super) key: Arc<str>,
    /// By which connections are made.
    pub(super) uri: Uri,
    /// The `Host` header.
    pub(super) host: HeaderValue,
}

impl UpstreamOrigin {
    /// The origin of an absolute URL.
    pub fn of(uri: &Uri) -> Option<Self> {
        let (scheme, authority) = (uri.scheme()?, uri.authority()?);
        let root = Uri::builder()
            .scheme(scheme.clone())
            .authority(authority.clone())
            .path_and_query("/")
            .build()
            .ok()?;
        Some(Self {
            key: format!("{scheme}://{authority}")
                .to_ascii_lowercase()
                .into(),
            host: HeaderValue::try_from(without_default_port(scheme, authority)).ok()?,
            uri: root,
        })
    }

    /// The root of it.
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Host and port, as they are configured.
    pub fn address(&self) -> &str {
        self.uri.authority().map_or("", Authority::as_str)
    }
}

fn without_default_port(scheme: &Scheme, authority: &Authority) -> String {
    let default = if *scheme == Scheme::HTTPS { 443 } else { 80 };
    if authority.port_u16() == Some(default) {
        authority.host().to_owned()
    } else {
        authority.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_header_leaves_out_the_port_that_goes_without_saying() {
        for (url, host) in [
            ("https://api.example.com/v1", "api.example.com"),
            ("https://api.example.com:443/v1", "api.example.com"),
            ("https://api.example.com:80/v1", "api.example.com:80"),
            ("http://api.example.com:80/v1", "api.example.com"),
            ("http://127.0.0.1:8080", "127.0.0.1:8080"),
            ("http://[::1]:8080/v1", "[::1]:8080"),
        ] {
            let origin = UpstreamOrigin::of(&url.parse().unwrap()).unwrap();
            assert_eq!(origin.host, host, "{url}");
        }
    }

    #[test]
    fn the_same_place_is_the_same_origin_however_it_is_written() {
        let key = |url: &str| UpstreamOrigin::of(&url.parse().unwrap()).unwrap().key;
        assert_eq!(key("http://HOST:1/a"), key("http://host:1/b"));
        assert_ne!(key("http://host/a"), key("https://host/a"));
    }
}
