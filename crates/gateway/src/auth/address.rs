//! The address of a client, which proxies hide.

use std::net::IpAddr;
use std::sync::Arc;

use http::HeaderMap;
use ipnet::IpNet;

use super::context::RequestContext;
use crate::app::App;
use crate::ingress::Share;

/// The client's address: the peer's, unless the peer is a trusted proxy; then the last address of
/// `X-Forwarded-For` that no trusted proxy has. What a stranger writes there is never believed.
pub(super) fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    let mut client = peer.to_canonical();
    if !is_trusted(client) {
        return client;
    }
    let forwarded: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    for text in forwarded.iter().rev().flat_map(|line| line.rsplit(',')) {
        let Ok(address) = text.trim().parse::<IpAddr>() else {
            return client;
        };
        client = address.to_canonical();
        if !is_trusted(client) {
            return client;
        }
    }
    client
}

/// The share of body bytes of the client that a request is of; `None` where the address stands for many clients.
pub fn body_share(app: &App, context: &RequestContext, headers: &HeaderMap) -> Option<Arc<Share>> {
    let connection = context.connection();
    if !connection.is_proxied {
        return connection.share.clone();
    }
    let address = client_address(context.peer().ip(), headers, &app.trusted_proxies);
    let is_proxy = app
        .trusted_proxies
        .iter()
        .any(|network| network.contains(&address));
    // A proxy that does not say for whom it asks asks for many.
    if is_proxy {
        None
    } else {
        app.bodies.share_of(address)
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::client_address;

    fn address(peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        client_address(
            peer.parse().unwrap(),
            &headers,
            &["10.0.0.0/8".parse().unwrap()],
        )
        .to_string()
    }

    #[test]
    fn a_stranger_cannot_choose_their_address() {
        assert_eq!(address("203.0.113.9", &["127.0.0.1"]), "203.0.113.9");
        assert_eq!(
            address("10.0.0.1", &["127.0.0.1, 203.0.113.9"]),
            "203.0.113.9"
        );
        assert_eq!(
            address("10.0.0.1", &["127.0.0.1", "203.0.113.9, 10.0.0.2"]),
            "203.0.113.9"
        );
    }

    #[test]
    fn without_a_usable_header_the_nearest_known_address_counts() {
        assert_eq!(address("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(address("10.0.0.1", &["unknown, 10.0.0.3"]), "10.0.0.3");
        assert_eq!(address("::ffff:203.0.113.9", &[]), "203.0.113.9");
    }
}
