//! Hostile addresses: none of them may be called.

use std::net::IpAddr;
use std::sync::Arc;

use http::HeaderMap;
use rustls::{ClientConfig, RootCertStore};

use super::{CallError, EgressClient, is_public};

fn client(allows_private_networks: bool) -> EgressClient {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    EgressClient::new(config, allows_private_networks)
}

/// Hosts that are not public, in every spelling.
const HOSTS: &[&str] = &[
    "localhost",
    "LOCALHOST",
    "localhost.",
    "intranet",
    "metadata",
    "db",
    "kubernetes",
    "a..b",
    ".",
    "..",
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "0x7f.0x0.0x0.0x1",
    "127.0.0.1.",
    "127.255.255.254",
    "0",
    "0.0.0.0",
    "0.1.2.3",
    "00000.0",
    "0x0",
    "10.0.0.1",
    "10.255.255.255",
    "167772161",
    "0xa000001",
    "012.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "192.168.255.255",
    "3232235521",
    "0xc0a80001",
    "0300.0250.1",
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "169.254.170.2",
    "169.254.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.255",
    "168.63.129.16",
    "192.0.0.1",
    "192.0.0.170",
    "192.0.2.1",
    "198.51.100.7",
    "203.0.113.9",
    "192.88.99.1",
    "198.18.0.1",
    "198.19.255.255",
    "192.31.196.1",
    "192.52.193.1",
    "192.175.48.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "4294967295",
    "0xffffffff",
    "192.168.0.1.",
    "①②⑦.⓪.⓪.①",
    "１２７.０.０.１",
    "127。0。0。1",
    "127．0．0．1",
    "%31%32%37.0.0.1",
    "0x7F.0.0.0x1",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:8.8.8.8]",
    "[::ffff:169.254.169.254]",
    "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::169.254.169.254]",
    "[64:ff9b:1::1]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::1]",
    "[2002:808:808::1]",
    "[2001::1]",
    "[2001:0:7f00:1::]",
    "[2001:10::1]",
    "[2001:20::1]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[fe80::1]",
    "[fe80::a9fe:a9fe]",
    "[fec0::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fd12:3456::1]",
    "[ff02::1]",
    "[ff0e::1]",
    "[100::1]",
    "[5f00::1]",
    "[4000::1]",
    "[1::1]",
];

/// Whole addresses that are no good, whoever they lead to.
const URLS: &[&str] = &[
    "",
    "https://",
    "https:///",
    "https://?",
    "example.com",
    "//example.com",
    "/hooks",
    "http://example.com/",
    "HTTP://example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com:70/_x",
    "data:text/plain,x",
    "javascript:alert(1)",
    "unix:/run/x.sock",
    "ws://example.com/",
    "wss://example.com/",
    "jar:https://example.com!/",
    "blob:https://example.com/x",
    "https://user@example.com/",
    "https://user:pass@example.com/",
    "https://:pass@example.com/",
    "https://example.com@127.0.0.1/",
    "https://127.0.0.1@example.com/",
    "https://example.com#@127.0.0.1/",
    "https://example.com/#x",
    "https://example.com\\@127.0.0.1/",
    "https:\\\\127.0.0.1/",
    "https://127.0.0.1\\.example.com/",
    "https://example.com:0/",
    "https://example.com:65536/",
    "https://example.com:-1/",
    "https://example.com:x/",
    "https://exa mple.com/",
    "https://example.com/a b",
    " https://example.com/",
    "https://example.com/\r\nHost: x",
    "https://example.com/\tx",
    "https://example.com\u{0}/",
    "https://[::1",
    "https://::1/",
    "https://[fe80::1%25eth0]/",
    "https://[127.0.0.1]/",
    "https://[v1.x]/",
    "https://%00/",
    "https://exa%20mple.com/",
    "https://exam\u{7f}ple.com/",
    "https://<script>/",
    "https://a^b.com/",
    "https://a|b.com/",
    "https://256.1.1.1/",
    "https://1.2.3.4.5/",
    "https://0x100000000/",
    "https://xn--a-ecp.ru\u{fffd}/",
];

#[test]
fn no_hostile_address_is_taken() {
    let client = client(false);
    let urls = HOSTS.iter().map(|host| format!("https://{host}/hook"));
    let ports = HOSTS
        .iter()
        .map(|host| format!("https://{host}:8443/hook?x=1"));
    let whole = URLS.iter().map(|url| (*url).to_owned());
    let all: Vec<String> = urls.chain(ports).chain(whole).collect();
    assert!(all.len() >= 250, "{}", all.len());
    let taken: Vec<&String> = all
        .iter()
        .filter(|url| client.target(url).is_ok())
        .collect();
    assert!(taken.is_empty(), "{taken:#?}");
    let long = format!("https://example.com/{}", "x".repeat(2_000));
    assert!(client.target(&long).is_err());
}

#[test]
fn what_people_mean_is_taken() {
    let client = client(false);
    for (url, host, port, path) in [
        ("https://example.com", "example.com", 443, "/"),
        (
            "https://hooks.example.com:8443/a/b?c=d",
            "hooks.example.com",
            8443,
            "/a/b?c=d",
        ),
        ("HTTPS://EXAMPLE.com./x", "example.com", 443, "/x"),
        ("https://8.8.8.8/x", "8.8.8.8", 443, "/x"),
        ("https://[2606:4700::1111]/x", "2606:4700::1111", 443, "/x"),
        ("https://例子.中国/x", "xn--fsqu00a.xn--fiqs8s", 443, "/x"),
        (
            "https://1.1.1.1.example.com/",
            "1.1.1.1.example.com",
            443,
            "/",
        ),
    ] {
        let target = client.target(url).unwrap();
        assert_eq!(
            (target.host(), target.port(), target.path()),
            (host, port, path)
        );
    }
}

#[test]
fn addresses_at_the_edges_of_what_is_refused() {
    for (address, expected) in [
        ("9.255.255.255", true),
        ("11.0.0.0", true),
        ("100.63.255.255", true),
        ("100.128.0.0", true),
        ("126.255.255.255", true),
        ("128.0.0.1", true),
        ("169.253.255.255", true),
        ("172.15.255.255", true),
        ("172.32.0.0", true),
        ("192.0.1.1", true),
        ("198.17.255.255", true),
        ("198.20.0.0", true),
        ("223.255.255.255", true),
        ("224.0.0.0", false),
        ("168.63.129.15", true),
        ("2001:200::1", true),
        ("2001:1ff:ffff::", false),
        ("2001:db7:ffff::", true),
        ("2003::1", true),
        ("3ffe:ffff::", true),
        ("3fff:1000::", true),
        ("1fff:ffff::", false),
        ("::ffff:1.1.1.1", false),
    ] {
        let parsed: IpAddr = address.parse().unwrap();
        assert_eq!(is_public(parsed), expected, "{address}");
    }
}

#[tokio::test]
async fn a_name_that_stands_for_this_machine_is_refused_when_it_is_called() {
    // Public by its text, and resolved here without a network: the name that resolvers resolve themselves.
    let target = client(false).target("https://rebound.localhost/");
    let Ok(target) = target else { return };
    let called = client(false)
        .post(&target, HeaderMap::new(), "{}".into())
        .await;
    assert!(
        matches!(called, Err(CallError::NotAllowed | CallError::NoAddress)),
        "{called:?}"
    );
}

#[tokio::test]
async fn a_lab_reaches_what_listens_on_loopback() {
    let client = client(true);
    let target = client.target("http://127.0.0.1:9/").unwrap();
    let called = client.post(&target, HeaderMap::new(), "{}".into()).await;
    assert_eq!(called, Err(CallError::NoConnection));
}
