//! The address of a client, which proxies hide.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use http::HeaderMap;
use ipnet::IpNet;

use super::context::RequestContext;
use crate::ingress::Share;
use crate::state::Gateway;

/// The client's address: the peer's, unless the peer is a trusted proxy; then the rightmost address of
/// `X-Forwarded-For` that no trusted proxy has. A member that is no address ends the walk, because what
/// stands left of it could be forged.
pub fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    let mut client = peer.to_canonical();
    if !is_trusted(client) {
        return client;
    }
    let lines = headers.get_all("x-forwarded-for").iter().rev();
    let members = lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
    for member in members.map(<[u8]>::trim_ascii) {
        // An empty member of a list counts for nothing (RFC 9110, section 5.6.1).
        if member.is_empty() {
            continue;
        }
        let Some(address) = std::str::from_utf8(member).ok().and_then(parse_member) else {
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
pub fn body_share(
    app: &Gateway,
    context: &RequestContext,
    headers: &HeaderMap,
) -> Option<Arc<Share>> {
    let connection = context.connection();
    if !connection.is_proxied {
        return connection.share.clone();
    }
    let address = client_address(context.peer().ip(), headers, &app.ingress.trusted_proxies);
    let is_proxy = app
        .ingress
        .trusted_proxies
        .iter()
        .any(|network| network.contains(&address));
    // A proxy that does not say for whom it asks asks for many.
    if is_proxy {
        None
    } else {
        app.ingress.bodies.share_of(address)
    }
}

/// An address as proxies write it: alone, in brackets, with a port (`203.0.113.5:4711`, `[2001:db8::1]:443`), or as
/// an element of `Forwarded` (RFC 7239: `for="[2001:db8::1]:443";proto=https`).
fn parse_member(text: &str) -> Option<IpAddr> {
    let value = text.split(';').find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        name.eq_ignore_ascii_case("for").then_some(value.trim())
    });
    let text = value.unwrap_or(text);
    let quoted = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    let text = quoted.unwrap_or(text);
    if let Some(text) = text.strip_prefix('[') {
        let (address, port) = text.split_once(']')?;
        return parse_v6(address).filter(|_| is_port_or_none(port));
    }
    let end = text.find(':').unwrap_or(text.len());
    let (address, port) = text.split_at(end);
    match address.parse::<Ipv4Addr>() {
        Ok(address) => is_port_or_none(port).then_some(address.into()),
        Err(_) => parse_v6(text),
    }
}

/// An IPv6 address, with or without the zone of an interface (`fe80::1%eth0`).
fn parse_v6(text: &str) -> Option<IpAddr> {
    let address = text.split('%').next()?;
    address.parse::<Ipv6Addr>().ok().map(IpAddr::from)
}

/// `:443`, or nothing. A proxy may hide a port behind a name of its own (RFC 7239, section 6.2: `:_x1`).
fn is_port_or_none(text: &str) -> bool {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    match text.strip_prefix(':') {
        None => text.is_empty(),
        Some(port) => match port.strip_prefix('_') {
            Some(name) => !name.is_empty() && name.bytes().all(is_name),
            None => port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok(),
        },
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::client_address;

    fn address(peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            let line = HeaderValue::from_bytes(line.as_bytes()).unwrap();
            headers.append("x-forwarded-for", line);
        }
        client_address(
            peer.parse().unwrap(),
            &headers,
            &[
                "10.0.0.0/8".parse().unwrap(),
                "2001:db8:ffff::/48".parse().unwrap(),
            ],
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
        assert_eq!(
            address("10.0.0.1", &["198.51.100.7, 203.0.113.9:1, 10.0.0.2:80"]),
            "203.0.113.9"
        );
    }

    #[test]
    fn an_address_is_found_in_every_form_that_proxies_write() {
        for (member, found) in [
            ("203.0.113.5", "203.0.113.5"),
            (" 203.0.113.5:4711\t", "203.0.113.5"),
            ("203.0.113.5:4711, 10.0.0.2:80", "203.0.113.5"),
            ("203.0.113.5, , 10.0.0.2,", "203.0.113.5"),
            ("\"203.0.113.5:4711\"", "203.0.113.5"),
            ("203.0.113.5:_hidden", "203.0.113.5"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("\"[2001:DB8::1]:443\"", "2001:db8::1"),
            ("2001:db8::1%eth0", "2001:db8::1"),
            ("[2001:db8::1], [2001:db8:ffff::2]:8443", "2001:db8::1"),
            ("::ffff:203.0.113.5", "203.0.113.5"),
            ("[::ffff:203.0.113.5]:443", "203.0.113.5"),
            ("for=203.0.113.5;proto=https;by=10.0.0.2", "203.0.113.5"),
            ("proto=https; For=\"[2001:db8::1]:443\"", "2001:db8::1"),
        ] {
            assert_eq!(address("10.0.0.1", &[member]), found, "{member}");
        }
    }

    #[test]
    fn what_is_no_address_ends_the_walk_and_nothing_left_of_it_is_believed() {
        for member in [
            "unknown",
            "203.0.113.5:",
            "203.0.113.5:port",
            "203.0.113.5:70000",
            "203.0.113.5:+80",
            "203.0.113.5:80:80",
            "203.0.113",
            "[203.0.113.5]:80",
            "[2001:db8::1",
            "2001:db8::1]:443",
            "[2001:db8::1]443",
            "2001:db8:::1",
            "\"203.0.113.5",
            "for=_hidden",
            "203.0.113.5 198.51.100.7",
            "203.0.113.5\u{e9}",
        ] {
            let line = format!("198.51.100.7, {member}, 10.0.0.3");
            assert_eq!(address("10.0.0.1", &[&line]), "10.0.0.3", "{member}");
            let lines = ["198.51.100.7", member];
            assert_eq!(address("10.0.0.1", &lines), "10.0.0.1", "{member}");
        }
    }

    #[test]
    fn without_a_usable_header_the_nearest_known_address_counts() {
        assert_eq!(address("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(address("10.0.0.1", &["", ","]), "10.0.0.1");
        assert_eq!(address("10.0.0.1", &["unknown, 10.0.0.3"]), "10.0.0.3");
        assert_eq!(address("::ffff:203.0.113.9", &[]), "203.0.113.9");
    }
}
