//! Which addresses are public. Everything is refused that is not plainly so: of IPv6 only what is given out to
//! networks, and of that nothing in which an IPv4 address hides.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// Special networks of IPv4 (IANA's registry), and the addresses of metadata that are public by their number.
const REFUSED_V4: [([u8; 4], u8); 18] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    // Between a provider and its customers.
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    // Link-local, and metadata of most clouds.
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 31, 196, 0], 24),
    ([192, 52, 193, 0], 24),
    // 6to4 relays.
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([192, 175, 48, 0], 24),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    // Multicast, reserved, broadcast.
    ([224, 0, 0, 0], 3),
    // Metadata of Azure.
    ([168, 63, 129, 16], 32),
];

/// The part of IPv6 that is given out.
const PUBLIC_V6: (u16, u8) = (0x2000, 3);
/// Special networks within that: Teredo and other protocols, documentation, 6to4.
const REFUSED_V6: [([u16; 2], u8); 4] = [
    ([0x2001, 0x0000], 23),
    ([0x2001, 0x0db8], 32),
    ([0x2002, 0x0000], 16),
    ([0x3fff, 0x0000], 20),
];

/// Returns whether an address is on the public network.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !REFUSED_V4.iter().any(|(base, length)| {
        let network = Ipv4Net::new(Ipv4Addr::from(*base), *length);
        // A list with a mistake refuses.
        network.map_or(true, |network| network.contains(&address))
    })
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let contains = |first: u16, second: u16, length: u8| {
        let base = Ipv6Addr::new(first, second, 0, 0, 0, 0, 0, 0);
        Ipv6Net::new(base, length).map(|network| network.contains(&address))
    };
    let (first, length) = PUBLIC_V6;
    contains(first, 0, length).unwrap_or(false)
        && !REFUSED_V6
            .iter()
            .any(|([first, second], length)| contains(*first, *second, *length).unwrap_or(true))
}
